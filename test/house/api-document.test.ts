// The API is what its document says: the document is valid, docs/api.md is made from it, and no route is beside it.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { openApiDocument } from '../../server/api/openapi.ts';
import { OPERATIONS } from '../../server/api/operations.ts';
import { referenceOf } from '../../server/api/reference.ts';
import { renderApiPage } from '../../server/api/reference-markdown.ts';
import { codeOf, readSources, type SourceFile } from './source-tree.ts';

const document = openApiDocument('1.2.3');

/** The document and its page, which describe the operations. */
const DESCRIPTIONS = ['/api/v1/openapi.json', '/api/v1'];
const ROUTER = 'server/http/operation-router.ts';
/** Checks the playback token of a stream before the operation. */
const CHECKS = 'server/http/playback-router.ts';

test('the document is valid OpenAPI 3.1', async () => {
  const plain = JSON.parse(JSON.stringify(document)) as { paths: object };
  expect(await new Validator().validate(plain)).toEqual({ valid: true });
  expect((await new Validator().validate({ ...plain, paths: { 'no-slash': 7 } })).valid).toBe(false);
});

test('every reference in the document leads to a schema, and every schema is used', () => {
  const text = JSON.stringify(document);
  const used = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
  const named = Object.keys(document.components['schemas'] as object);
  expect([...new Set(used)].sort()).toEqual([...named].sort());
  expect(named.length).toBeGreaterThan(10);
});

test('every operation has a name of its own and is documented with the parameters of its path', () => {
  const ids = OPERATIONS.map(({ id }) => id);
  expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  for (const { id, path: template, method, params } of OPERATIONS) {
    const inPath = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(Object.keys(params?.shape ?? {}), id).toEqual(inPath);
    expect(document.paths[template]?.[method]).toMatchObject({ operationId: id });
  }
});

test('an operation that changes something is for operators with the scope write, and the others change nothing', () => {
  for (const { id, method, access } of OPERATIONS)
    expect([id, access === 'write']).toEqual([id, method !== 'get']);
});

test('no route of the API is beside the table of operations', () => {
  const files = readSources('server').filter(({ path: file }) => file.startsWith('server/http/'));
  expect(routesBeside(files)).toEqual([]);
  const planted = { path: 'server/http/x.ts', text: "router.post('/api/v1/secret', () => {});" };
  expect(routesBeside([planted])).toEqual(['server/http/x.ts: /api/v1/secret']);
});

test('docs/api.md shows every operation (`npm run docs` writes it)', () => {
  const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/api.md'), 'utf8');
  expect(page).toBe(renderApiPage(referenceOf(openApiDocument(''))));
});

/** Paths of the API in files other than the router of operations. */
function routesBeside(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path: file }) => file !== ROUTER && file !== CHECKS)
    .flatMap((file) =>
      [...codeOf(file).matchAll(/\.(?:get|post|put|patch|delete|all|route)\(\s*(['"`])([^'"`]*)\1/g)]
        .map(([, , route = '']) => route.replace(/^\$\{API_PATH\}/, '/api/v1'))
        .filter((route) => route.startsWith('/api') && !DESCRIPTIONS.includes(route))
        .map((route) => `${file.path}: ${route}`),
    );
}
