// No file too long to read at once, no folder or file named for nothing in particular.
import path from 'node:path';
import { expect, test } from 'vitest';
import { readSources, type SourceFile } from './source-tree.ts';

/** About 120 lines is natural; past this a file holds more than one thing. */
const MAX_LINES = 400;
const EMPTY_NAMES = /(?:^|[-_.])(?:utils?|helpers?|misc|common|shared|managers?)(?:[-_.]|$)/i;

const own = readSources('server', 'web', 'scripts', 'test', 'bench');

test('server and web files are short enough', () => {
  const files = own.filter(({ path: file }) => /^(?:server|web|scripts)\//.test(file));
  expect(tooLong(files)).toEqual([]);
  expect(tooLong([{ path: 'server/x.ts', text: 'a\n'.repeat(MAX_LINES) }])).toEqual([]);
  expect(tooLong([{ path: 'server/x.ts', text: 'a\n'.repeat(MAX_LINES + 1) }])).toHaveLength(1);
});

test('every name says what is inside', () => {
  expect(emptyNames(own)).toEqual([]);
  const planted = [
    'server/utils/x.ts',
    'web/dom-helpers.ts',
    'server/hls/misc.ts',
    'test/common/x.ts',
    'server/stream-manager.ts',
  ];
  expect(emptyNames(planted.map((file) => ({ path: file, text: '' })))).toHaveLength(planted.length);
  expect(emptyNames([{ path: 'server/http/commonest.ts', text: '' }])).toEqual([]);
});

function tooLong(files: readonly SourceFile[]): string[] {
  return files
    .map((file) => ({ path: file.path, lines: file.text.split('\n').length - 1 }))
    .filter(({ lines }) => lines > MAX_LINES)
    .map((file) => `${file.path}: ${file.lines} lines, at most ${MAX_LINES}`);
}

function emptyNames(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => file.path.split('/').some((name) => EMPTY_NAMES.test(path.parse(name).name)))
    .map((file) => `${file.path}: name it after what it does`);
}
