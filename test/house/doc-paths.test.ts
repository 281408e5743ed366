// Files named in the documents exist: links, and paths of the tree written as code.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CHECKOUT, readSources, type SourceFile } from './source-tree.ts';

const LINK = /\]\(([^)\s]+)(?:\s+"[^"]*")?\)|<(?:img|source|a)\b[^>]*?\b(?:src|href)="([^"]+)"/g;
/**
 * A path below one of the tree's folders, in backticks. A path with wildcards or braces names no single file. `media/` is
 * also a folder of server/, which documents call by its short name.
 */
const CODE_PATH = /`((?:server|web|test|scripts|bench|docs|assets|media|examples|\.ci)\/[^`\s]*)`/g;
const ELSEWHERE = /^(?:[a-z][a-z0-9+.-]*:|#|\/)/i;
const PATTERN = /[*{}<>…]|\.\.\.|NNNN/;

const documents = readSources('README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'docs').filter(
  (file) => file.path.endsWith('.md'),
);

test('every path named in README.md and docs/ exists', () => {
  expect(missingPaths(documents, (file) => existsSync(path.join(CHECKOUT, file)))).toEqual([]);
});

test('a path that does not exist is found', () => {
  const text = [
    '[a](b.md) and [c](../README.md#top) and [d](https://example.org/x) and [e](#here)',
    '`server/gone.ts`, `server/here.ts`, `server/hls/*.ts`, `GET /live/x`, `docs/`, `media/track.ts`',
    '<img src="gone.png" alt="">',
  ].join('\n');
  const present = ['README.md', 'server/here.ts', 'server/media/track.ts', 'docs'];
  expect(missingPaths([{ path: 'docs/a.md', text }], (file) => present.includes(file))).toEqual([
    'docs/a.md: docs/b.md',
    'docs/a.md: docs/gone.png',
    'docs/a.md: server/gone.ts',
  ]);
});

function missingPaths(files: readonly SourceFile[], exists: (file: string) => boolean): string[] {
  return files.flatMap((file) => {
    const links = [...file.text.matchAll(LINK)]
      .map(([, markdown, html]) => markdown ?? html ?? '')
      .filter((link) => !ELSEWHERE.test(link))
      .map((link) => path.posix.join(path.posix.dirname(file.path), link.replace(/[?#].*$/, '')));
    const code = [...file.text.matchAll(CODE_PATH)].map(([, named = '']) =>
      named.replace(/(?::\d+.*|[#(].*)$/, ''),
    );
    return [...links, ...code]
      .filter((named) => !PATTERN.test(named))
      .map((named) => named.replace(/\/$/, ''))
      .filter((named) => !exists(named) && !exists(`server/${named}`))
      .map((named) => `${file.path}: ${named}`);
  });
}
