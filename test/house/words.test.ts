// Files say at the top what they are for; nothing is left for later, and nothing tells of the machine it was written on.
import { expect, test } from 'vitest';
import { readSources, type SourceFile } from './source-tree.ts';

const SELF = 'test/house/words.test.ts';
const LEFT_FOR_LATER = /\b(?:TODO|FIXME|XXX|HACK)\b/;
/** Home folders and work folders; system paths such as /usr/bin are the same everywhere. */
const MACHINE_PATH = /(?:^|[\s'"`(=:])(?:\/(?:home|Users|root|work)\/\w|[A-Z]:\\Users\\)/m;

const everything = readSources(
  ...[
    'server',
    'web',
    'test',
    'scripts',
    'bench',
    'docs',
    '.ci',
    '.github',
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'CHANGELOG.md',
    'package.json',
  ],
  ...['tsconfig.json', 'vitest.config.ts', 'biome.json', 'docker-compose.yml'],
).filter((file) => file.path !== SELF);

test('server files open with a comment', () => {
  expect(withoutOpening(everything.filter((file) => /^server\/.*\.ts$/.test(file.path)))).toEqual([]);
  expect(withoutOpening([{ path: 'server/x.ts', text: "import x from 'y';\n// late" }])).toHaveLength(1);
  expect(withoutOpening([{ path: 'server/main.ts', text: '#!/usr/bin/env node\n// The entry.\n' }])).toEqual(
    [],
  );
});

test('nothing is left for later', () => {
  expect(matching(everything, LEFT_FOR_LATER)).toEqual([]);
  expect(matching([{ path: 'server/x.ts', text: 'a\n// TODO: b\n' }], LEFT_FOR_LATER)).toEqual([
    'server/x.ts:2: // TODO: b',
  ]);
});

test('no path of somebody’s machine', () => {
  expect(matching(everything, MACHINE_PATH)).toEqual([]);
  for (const text of ["'/home/ann/x'", '(/Users/ann)', '=/root/x', 'C:\\Users\\ann']) {
    expect(matching([{ path: 'docs/x.md', text }], MACHINE_PATH), text).toHaveLength(1);
  }
  expect(
    matching(
      [{ path: 'docs/x.md', text: 'GET /live/home/x, server/root/x, /usr/bin/chromium' }],
      MACHINE_PATH,
    ),
  ).toEqual([]);
});

function withoutOpening(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => !/^(?:#![^\n]*\n)?\s*\/[/*]/.test(file.text))
    .map((file) => `${file.path}: say in 1-3 lines what this room does`);
}

function matching(files: readonly SourceFile[], pattern: RegExp): string[] {
  return files.flatMap((file) =>
    file.text
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file.path}:${index + 1}: ${line.trim()}`] : [])),
  );
}
