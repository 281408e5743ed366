// Every code that the server throws or reports is a row of a table in server/errors/, and every row is used.
import { expect, test } from 'vitest';
import { renderErrorsPage } from '../../server/errors/markdown-table.ts';
import { ERROR_TABLES } from '../../server/errors.ts';
import { settingPaths } from '../../server/settings/table.ts';
import { codeOf, readSources, type SourceFile } from './source-tree.ts';

/** The tables themselves; and the checker and the doctor, whose codes are their rules. */
const ELSEWHERE = /^server\/(?:errors[./]|check\/|doctor\/[a-z]+-rules)/;
/** Other names; `custom` is zod's, the last ones are actions of callbacks. */
const NOT_CODES: ReadonlySet<string> = new Set([
  ...['in_all', 'per_address', 'npm_lifecycle_event', 'custom'],
  ...['publish_done', 'on_publish', 'on_unpublish', 'on_play'],
]);

/** Names of metrics. */
const METRIC = /^(?:sluice|nodejs)_/;
/** A quoted word with an underscore is a code. */
const SNAKE_CASE = /'([a-z][a-z0-9]*(?:_[a-z0-9]+)+)'/g;
/** A code of one word is recognised by its position. */
const POSITIONS: readonly RegExp[] = [
  /new GatewayError\(\s*'[a-z-]+',\s*'([a-z]\w*)'/g,
  /\bcode: '([a-z]\w*)'/g,
  /(?:#close|#end|#refuse|#closePublication|onReplaced)\(\s*'([a-z]\w*)'/g,
];

const tables: readonly Readonly<Record<string, { readonly what: string; readonly remedy: string }>>[] =
  Object.values(ERROR_TABLES);
const listed = tables.flatMap((table) => Object.keys(table));
const server = readSources('server').filter((file) => file.path.endsWith('.ts'));
const at = (path: string, text: string): SourceFile => ({ path, text });

test('every code that is used is listed', () => {
  expect(unlisted(server, listed)).toEqual([]);
  const planted = [
    at('server/rtmp/x.ts', "throw new GatewayError('limit', 'planted', message);"),
    at('server/ingest/x.ts', "this.#end('planted', status);"),
    at('server/ingest/y.ts', "this.#events.write('warn', { code: 'planted', remote }, 'x');"),
    at('server/http/x.ts', "admission.refused('planted_code', address);"),
  ];
  expect(unlisted(planted, listed)).toHaveLength(planted.length);
  expect(unlisted([at('server/check/x.ts', "tell('planted_code')")], listed)).toEqual([]);
});

test('every code that is listed is used', () => {
  expect(unused(server, listed)).toEqual([]);
  expect(unused(server, [...listed, 'planted_code'])).toEqual(['planted_code']);
  expect(unused([at('server/x.ts', "// throws 'planted_code'")], ['planted_code'])).toEqual(['planted_code']);
});

test('a code is listed once, and is safe as a label', () => {
  expect(listed.filter((code, index) => listed.indexOf(code) !== index)).toEqual([]);
  expect(listed.filter((code) => !/^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/.test(code))).toEqual([]);
});

test('sentences are parts of one, and name only settings that there are', () => {
  const texts = tables.flatMap((table) => Object.values(table).flatMap(({ what, remedy }) => [what, remedy]));
  expect(texts.filter((text) => text === '' || /\.$/.test(text))).toEqual([]);
  const named = texts.flatMap(
    (text) => text.match(/\b(?:rtmp|http|tls|hls|media|stream|keys|data|admin)\.[a-z-]+[a-z]/g) ?? [],
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !settingPaths().some((path) => path === name))).toEqual([]);
});

test('docs/errors.md shows every error as it is (`npm run docs` writes it)', () => {
  const [page] = readSources('docs/errors.md');
  expect(page?.text).toBe(renderErrorsPage());
  for (const code of listed) expect(page?.text).toContain(`| \`${code}\` |`);
});

function codesIn(file: SourceFile): string[] {
  if (ELSEWHERE.test(file.path)) return [];
  const text = codeOf(file);
  const found = [SNAKE_CASE, ...POSITIONS].flatMap((pattern) =>
    [...text.matchAll(pattern)].map(([, code = '']) => code),
  );
  return [...new Set(found)].filter((code) => !NOT_CODES.has(code) && !METRIC.test(code));
}

function unlisted(files: readonly SourceFile[], codes: readonly string[]): string[] {
  return files.flatMap((file) =>
    codesIn(file)
      .filter((code) => !codes.includes(code))
      .map((code) => `${file.path}: ${code} has no row in server/errors/`),
  );
}

function unused(files: readonly SourceFile[], codes: readonly string[]): string[] {
  const used = new Set(files.flatMap((file) => codesIn(file)));
  return codes.filter((code) => !used.has(code));
}
