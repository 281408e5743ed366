// Reads `keys.file`: a YAML or JSON file with publish keys, in the form of `keys.list`.

import { readFileSync } from 'node:fs';
import { GatewayError } from '../errors.ts';
import { fileFault } from '../file-fault.ts';
import { loadPackage } from '../packages.ts';
import { type KeyRecord, publishKeys } from '../settings/publish-key.ts';

const KEYS = publishKeys('Publish keys.');

/**
 * The records of the file: a list, or a mapping with the list as `keys`. Throws GatewayError `bad_keys_file`. Messages do not
 * quote the file, because the text may be a key.
 */
export function readKeysFile(file: string): readonly KeyRecord[] {
  const document = parsed(textOf(file), file);
  const isMapping = typeof document === 'object' && document !== null && !Array.isArray(document);
  const reading = KEYS.read(isMapping && 'keys' in document ? document.keys : document, 'file');
  if (reading.kind === 'value') return reading.value;
  throw fault(file, reading.fault);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw fault(file, `it cannot be read: ${fileFault(error)}`);
  }
}

/** JSON is YAML (YAML 1.2.2 clause 1.2). */
function parsed(text: string, file: string): unknown {
  const { parse, YAMLParseError } = loadPackage<typeof import('yaml')>('yaml');
  try {
    return parse(text, { logLevel: 'error' });
  } catch (error) {
    const line = error instanceof YAMLParseError ? error.linePos?.[0].line : undefined;
    throw fault(file, `it is not YAML${line === undefined ? '' : ` (line ${line})`}`);
  }
}

function fault(file: string, what: string): GatewayError {
  return new GatewayError('config', 'bad_keys_file', `keys.file ${file}: ${what}`);
}
