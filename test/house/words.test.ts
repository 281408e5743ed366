// Every server file starts with a comment, nothing is left for later, no path of a private machine, and plain English.
import { expect, test } from 'vitest';
import { readSources, type SourceFile } from './source-tree.ts';

const SELF = 'test/house/words.test.ts';
const LEFT_FOR_LATER = /\b(?:TODO|FIXME|XXX|HACK)\b/;
/** Home folders and work folders; system paths such as /usr/bin are the same everywhere. */
const MACHINE_PATH = /(?:^|[\s'"`(=:])(?:\/(?:home|Users|root|work)\/\w|[A-Z]:\\Users\\)/m;

/**
 * Words and turns that make a sentence hard to read: archaic words, metaphors, "who" as a noun, and nominal relative clauses
 * such as "what is left of it". Each line names the plain words.
 */
const HARD_TURNS: readonly RegExp[] = [
  /\banew\b/i, // again
  /\bwhoever\b|\b(?:for|of) who\b|\bwho (?:comes|watches|asks|waits) /i, // clients that ...
  /\b(?:in the midst|for want of|by custom|by turns|in vain)\b/i, // in the middle, without, usually, in groups, without effect
  /\b(?:hot|media|slow) road\b|\bfull house\b|\bmonsters?\b/i, // path, many viewers, large messages
  /\bfor ever\b/i, // forever
  /\bafresh\b|\bleaps?\b|\bseldom\b/i, // again, jump, rarely
  /\bin hand\b|\bto be (?:told|called|asked)\b/i, // buffered, call this
  /\b(?:gives?|gave) way\b|\bgive(?:s|n)? (?:back|away)\b/i, // is replaced, is released, is passed on
  /\bmend(?:s|ed|ing)?\b/i, // repair
  /\b(?:tells?|told) of\b/i, // report, say
  /\bas (?:it|they) (?:came|comes?)\b/i, // unchanged
  /\b(?:looked at|under way|at worst)\b/i, // checked, in progress, at most
  /\bto be had\b|\bhad against\b|\bits kin\b/i, // available, similar
  /\b(?:borne|bears) (?!to\b)/i, // tolerate
  /\bof such,|\bbe it\b|\bnobody's\b|\banybody's\b/i,
  /\bsays? of (?:it|them|itself)\b|\bcomes? to it\b/i,
  /\b(?:the house|this house) (?:has|needs|holds)\b/i, // the gateway
];
/** Where the rule holds. Tables of results and the names of tests in docs/trust.md are exempt. */
const PLAIN =
  /^(?:server|web|scripts|bench|test\/support|test\/hostile|docs|\.github)\/|^[A-Z]+\.md$|^docker-compose\.yml$/;
/** Tests where the rule holds for comments. Their names stay, because documents quote them. */
const PLAIN_COMMENTS = /^test\//;
const EXEMPT = /^docs\/(?:trust\.md|measured\/players\.md)$/;

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

test('sentences use plain words', () => {
  const files = [
    ...everything.filter(({ path }) => PLAIN.test(path) && !EXEMPT.test(path)),
    ...everything.filter(({ path }) => PLAIN_COMMENTS.test(path)).map(commentsOf),
  ];
  expect(HARD_TURNS.flatMap((turn) => matching(files, turn))).toEqual([]);
  for (const text of [
    '// Made anew for who watches.',
    '// On the hot road nobody waits for ever.',
    '/** What is damaged is mended, or kept as it came. */',
    '// A gateway which returns to a full house.',
    '// To be called for every leap.',
  ]) {
    const found = HARD_TURNS.flatMap((turn) => matching([{ path: 'server/x.ts', text }], turn));
    expect(found.length, text).toBeGreaterThan(0);
  }
  const { text } = commentsOf({
    path: 'test/x.ts',
    text: "it('begins anew', go); // Twice.\n  /** Once. */",
  });
  expect(text).toBe(' // Twice.\n  /** Once. */');
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

/** The file with its code removed. A comment stands on its own lines, or after code. */
function commentsOf({ path, text }: SourceFile): SourceFile {
  const lines = text.split('\n').map((line) => /^\s*(?:\/?\*|\/\/).*|\s\/\/ .*/.exec(line)?.[0] ?? '');
  return { path, text: lines.join('\n') };
}

function matching(files: readonly SourceFile[], pattern: RegExp): string[] {
  return files.flatMap((file) =>
    file.text
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file.path}:${index + 1}: ${line.trim()}`] : [])),
  );
}
