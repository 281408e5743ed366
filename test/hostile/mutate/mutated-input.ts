// One damaged session: its pieces and its end. It can be stored in a file and replayed.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export type Protocol = 'rtmp' | 'rtmps' | 'http' | 'https' | 'h2' | 'h2c';

export type MutatedInput = {
  /** Seed of the run and number in it: the same two make the same bytes. */
  readonly id: string;
  /** Its recording and mutations. */
  readonly what: string;
  readonly protocol: Protocol;
  readonly writes: readonly Buffer[];
  /** How it ends: half-close, reset, or after waiting for the gateway. */
  readonly leaves: 'end' | 'reset' | 'wait';
};

const FOLDER = path.resolve(import.meta.dirname, 'found');

/** @returns the path of the file */
export function keepInputs(inputs: readonly MutatedInput[]): string {
  mkdirSync(FOLDER, { recursive: true });
  const file = path.join(FOLDER, `${inputs[0]?.id ?? 'none'}${inputs.length > 1 ? '-batch' : ''}.json`);
  const kept = inputs.map((input) => ({
    ...input,
    writes: input.writes.map((bytes) => bytes.toString('base64')),
  }));
  writeFileSync(file, `${JSON.stringify(kept, null, 1)}\n`);
  return file;
}

export function readInputs(file: string): MutatedInput[] {
  const kept: readonly (Omit<MutatedInput, 'writes'> & { readonly writes: readonly string[] })[] = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  return kept.map((input) => ({
    ...input,
    writes: input.writes.map((text) => Buffer.from(text, 'base64')),
  }));
}
