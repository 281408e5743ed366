// What a start loads: packages that it does not need are loaded when they are needed, and each of those is in the bundle.
import { expect, test } from 'vitest';
import { codeOf, importsOf, readSources, type SourceFile } from './source-tree.ts';

/** Of packages and of Node's modules: each takes from 2 to 100 ms. */
const NOT_AT_START = [
  ...['express', 'jose', 'mp4box', 'mux.js', 'pino', 'prom-client', 'qrcode-generator', 'ws', 'yaml', 'zod'],
  ...['node:crypto', 'node:http', 'node:zlib'],
];
const STATIC_DYNAMIC = /\bimport\(\s*(['"])([^'"\n]+)\1\s*\)/g;

const server = readSources('server').filter(({ path }) => path.endsWith('.ts'));

test('a start loads nothing that is not needed until the ports are open', () => {
  expect(loadedAtStart(server)).toEqual([]);
  expect(
    loadedAtStart([
      { path: 'server/main.ts', text: "import { a } from './a.ts';\nimport type { Pino } from 'pino';" },
      { path: 'server/a.ts', text: "import ws from 'ws';\nconst yaml = await import('yaml');" },
    ]),
  ).toEqual(['server/a.ts imports ws']);
});

test('every package that is loaded later is in the bundle', () => {
  const calls = server.flatMap((file) => [...codeOf(file).matchAll(/loadPackage(?:<.*>)?\('([^']+)'\)/g)]);
  const [bundler] = readSources('scripts/bundle.mjs');
  const [, table = ''] = /LAZY_PACKAGES = \{([^}]*)\}/.exec(bundler?.text ?? '') ?? [];
  const bundled = [...table.matchAll(/^ {2}'?([\w.-]+)'?:/gm)].map(([, name]) => name);
  expect([...new Set(calls.map(([, name]) => name))].sort()).toEqual(bundled.sort());
});

/** Packages that the command's file imports, itself or through others, without `import()`. */
function loadedAtStart(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const seen = new Set(['server/main.ts']);
  const found: string[] = [];
  for (const path of seen) {
    const file = byPath.get(path);
    if (file === undefined) continue;
    const text = codeOf(file).replace(STATIC_DYNAMIC, 'loaded()');
    for (const { specifier, target, isTypeOnly } of importsOf({ path, text })) {
      if (isTypeOnly) continue;
      if (target !== undefined) seen.add(target);
      else if (NOT_AT_START.includes(specifier)) found.push(`${path} imports ${specifier}`);
    }
  }
  return found;
}
