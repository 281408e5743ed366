// No file or function is too long to read at once, and no folder or file has a meaningless name.
import path from 'node:path';
import { expect, test } from 'vitest';
import { functionSizes } from './function-sizes.ts';
import { readSources, type SourceFile } from './source-tree.ts';

/** About 120 lines is natural; a file longer than this holds more than one thing. */
const MAX_LINES = 360;
const MAX_FUNCTION_LINES = 60;
const EMPTY_NAMES = /(?:^|[-_.])(?:utils?|helpers?|misc|common|shared|managers?)(?:[-_.]|$)/i;
const PROGRAM_TEXT = /\.(?:ts|mjs)$/;

const own = readSources('server', 'web', 'scripts', 'test', 'bench');
const judged = own.filter((file) => !file.path.startsWith('test/'));

test('files are short enough', () => {
  expect(judged.length).toBeGreaterThan(0);
  expect(tooLong(judged)).toEqual([]);
  expect(tooLong([{ path: 'server/x.ts', text: 'a\n'.repeat(MAX_LINES) }])).toEqual([]);
  expect(tooLong([{ path: 'server/x.ts', text: 'a\n'.repeat(MAX_LINES + 1) }])).toHaveLength(1);
});

test('functions are short enough', () => {
  const programs = judged.filter((file) => PROGRAM_TEXT.test(file.path));
  expect(programs.flatMap(functionSizes).length).toBeGreaterThan(1_000);
  expect(programs.flatMap(tooLongFunctions)).toEqual([]);
});

test.each([
  ['a function', (body: string) => `export function long() {${body}}\n`, 'long'],
  ['an arrow', (body: string) => `const long = () => {${body}};\n`, 'long'],
  ['a method', (body: string) => `class A {\n  #long() {${body}}\n}\n`, '#long'],
  ['a constructor', (body: string) => `class A {\n  constructor() {${body}}\n}\n`, 'constructor'],
  ['a getter', (body: string) => `class A {\n  get long() {${body}}\n}\n`, 'long'],
  ['a member of an object', (body: string) => `const a = {\n  long: async () => {${body}},\n};\n`, 'long'],
  ['a callback', (body: string) => `run(() => {${body}});\n`, 'line 1'],
])('%s that is too long is found', (_what, write, name) => {
  const lines = (count: number): SourceFile => ({
    path: 'server/x.ts',
    text: write(`\n${'a;\n'.repeat(count - 2)}`),
  });
  expect(tooLongFunctions(lines(MAX_FUNCTION_LINES))).toEqual([]);
  expect(tooLongFunctions(lines(MAX_FUNCTION_LINES + 1))).toEqual([
    `server/x.ts: ${name} has ${MAX_FUNCTION_LINES + 1} lines, at most ${MAX_FUNCTION_LINES}`,
  ]);
});

test('a long class of short methods is no long function', () => {
  const methods = Array.from({ length: MAX_FUNCTION_LINES }, (_, at) => `  m${at}(): void {}\n`).join('');
  expect(tooLongFunctions({ path: 'server/x.ts', text: `class A {\n${methods}}\n` })).toEqual([]);
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

function tooLongFunctions(file: SourceFile): string[] {
  return functionSizes(file)
    .filter(({ lines }) => lines > MAX_FUNCTION_LINES)
    .map(({ name, lines }) => `${file.path}: ${name} has ${lines} lines, at most ${MAX_FUNCTION_LINES}`);
}

function emptyNames(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => file.path.split('/').some((name) => EMPTY_NAMES.test(path.parse(name).name)))
    .map((file) => `${file.path}: name it after what it does`);
}
