// Only server/clock.ts reads the time: all other code gets a Clock, or asks the system's clock by name.
import { expect, test } from 'vitest';
import { codeOf, readSources, type SourceFile } from './source-tree.ts';

const CLOCK = 'server/clock.ts';
const READS =
  /\bDate\s*\.\s*now\b|\bperformance\s*\.\s*now\b|\bnew Date\(\s*\)|\bprocess\s*\.\s*(?:hrtime|uptime)\b/;
/** A function `now` says neither which clock it is nor its unit. */
const NAMELESS = /\bnow\??: \(\) => number|\bwallClock\b|\bmonotonicNow\b/;

const server = readSources('server').filter((file) => file.path.endsWith('.ts'));
const at = (path: string, text: string): SourceFile => ({ path, text });

test('the time is read in one file', () => {
  expect(strayReads(server)).toEqual([]);
  const planted = [
    at('server/live/x.ts', 'const now = Date.now();'),
    at('server/live/x.ts', 'new Registry({ now: Date.now });'),
    at('server/http/x.ts', 'this.#since = performance.now();'),
    at('server/log.ts', 'new Date().toISOString()'),
    at('server/main.ts', 'process.hrtime.bigint()'),
  ];
  expect(strayReads(planted)).toHaveLength(planted.length);
  expect(strayReads([at('server/x.ts', '// like Date.now()\nnew Date(since).toISOString();')])).toEqual([]);
});

test('a clock is passed as a Clock', () => {
  expect(namelessClocks(server)).toEqual([]);
  expect(namelessClocks([at('server/x.ts', 'constructor(now: () => number) {}')])).toHaveLength(1);
  expect(namelessClocks([at('server/x.ts', 'readonly wallClock: Wall;')])).toHaveLength(1);
});

function strayReads(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => file.path !== CLOCK && READS.test(codeOf(file)))
    .map((file) => `${file.path}: only ${CLOCK} reads the time`);
}

function namelessClocks(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => NAMELESS.test(codeOf(file)))
    .map((file) => `${file.path}: take a Clock of ${CLOCK}`);
}
