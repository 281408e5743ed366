// Inputs that were findings, kept as hexadecimal text: every run repeats them first, and so does a test.

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('./regressions/', import.meta.url));
const NAME_PATTERN = /^(.+)-[0-9a-f]{12}\.hex$/;
const LINE_DIGITS = 100;

export type Regression = { readonly file: string; readonly target: string; readonly input: Buffer };

/** All kept inputs, or those of one target. */
export function readRegressions(target?: string): Regression[] {
  mkdirSync(FOLDER, { recursive: true });
  return readdirSync(FOLDER)
    .sort()
    .flatMap((file) => {
      const name = NAME_PATTERN.exec(file)?.[1];
      if (name === undefined || (target !== undefined && name !== target)) return [];
      const hex = readFileSync(path.join(FOLDER, file), 'utf8').replaceAll(/\s/g, '');
      return [{ file, target: name, input: Buffer.from(hex, 'hex') }];
    });
}

/** @returns the file's path */
export function keepRegression(target: string, input: Buffer): string {
  const hash = createHash('sha1').update(input).digest('hex').slice(0, 12);
  const file = path.join(FOLDER, `${target}-${hash}.hex`);
  const lines = input.toString('hex').match(new RegExp(`.{1,${LINE_DIGITS}}`, 'g')) ?? [];
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}
