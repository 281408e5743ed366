// What the documents name exists: files, headings that links lead to, paths of the tree written as code, and scripts of npm.
import { existsSync, readFileSync } from 'node:fs';
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

const documents = readSources(
  'README.md',
  'CONTRIBUTING.md',
  'PRIVACY.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'docs',
).filter((file) => file.path.endsWith('.md'));

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

test('every heading that a link leads to exists', () => {
  const texts = new Map(documents.map((file) => [file.path, file.text]));
  expect(missingHeadings(texts)).toEqual([]);
});

test('a heading that does not exist is found', () => {
  const texts = new Map([
    [
      'README.md',
      '# Top\n## Publish over `RTMPS`, now\n[a](#publish-over-rtmps-now) [b](#gone)\n```\n# code\n```\n[c](#code)',
    ],
    [
      'docs/a.md',
      '## Same\n## Same\n[d](#same-1) [e](../README.md#top) [f](../README.md#lost) [g](b.md#x) [h](https://x.org/#y)',
    ],
  ]);
  expect(missingHeadings(texts)).toEqual([
    'README.md: #gone',
    'README.md: #code',
    'docs/a.md: ../README.md#lost',
  ]);
});

test('every script of npm that a document names exists', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(CHECKOUT, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const named = documents.flatMap(({ path: file, text }) => scriptsIn(text).map((script) => [file, script]));
  expect(named.filter(([, script = '']) => !Object.hasOwn(scripts, script))).toEqual([]);
  expect(scriptsIn('`npm run test:long -- name`, npm run docs.')).toEqual(['test:long', 'docs']);
});

function scriptsIn(text: string): string[] {
  return [...text.matchAll(/\bnpm run ([a-z]+(?::[a-z]+)*)/g)].map(([, script = '']) => script);
}

/** Links with a fragment, within the document or into another one, whose heading is not there. */
function missingHeadings(texts: ReadonlyMap<string, string>): string[] {
  const headings = new Map([...texts].map(([file, text]) => [file, headingsOf(text)]));
  return [...texts].flatMap(([file, text]) =>
    [...text.matchAll(LINK)]
      .map(([, markdown, html]) => markdown ?? html ?? '')
      .filter((link) => link.includes('#') && !/^(?:[a-z][a-z0-9+.-]*:|\/)/i.test(link))
      .filter((link) => {
        const [target = '', heading = ''] = link.split('#');
        const there = target === '' ? file : path.posix.join(path.posix.dirname(file), target);
        return headings.get(there)?.has(heading) === false;
      })
      .map((link) => `${file}: ${link}`),
  );
}

/** The fragments of the headings, as GitHub makes them. */
function headingsOf(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [, heading = ''] of text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6} (.*)$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = plain.replace(/[^\p{L}\p{N}_ -]/gu, '').replaceAll(' ', '-');
    let fragment = slug;
    for (let count = 1; found.has(fragment); count += 1) fragment = `${slug}-${count}`;
    found.add(fragment);
  }
  return found;
}

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
