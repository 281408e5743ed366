// One name, one thing: an exported name of server/ has only one declaration.
import { expect, test } from 'vitest';
import { codeOf, readSources, type SourceFile } from './source-tree.ts';

const DECLARATION = /^export (?:async )?(?:type|interface|class|function|const|enum) ([A-Za-z_$][\w$]*)/gm;
/** The checker is a separate tool: it reads playlists and media that the gateway writes, and uses the same names for them. */
const CHECKER = 'server/check/';

const server = readSources('server').filter((file) => file.path.endsWith('.ts'));
const at = (path: string, text: string): SourceFile => ({ path, text });

test('an exported name is declared in one file', () => {
  expect(doubles(server)).toEqual([]);
  const planted = [
    at('server/rtmp/limits.ts', 'export const MAX_BYTES = 1;'),
    at('server/mp4/fragment.ts', 'export const MAX_BYTES = 2;\nexport type Part = object;'),
    at('server/hls/segment.ts', 'type MAX_BYTES = 3;\nexport type Part = string;'),
    at('server/check/rules.ts', 'export type Part = string;'),
  ];
  expect(doubles(planted)).toEqual([
    'MAX_BYTES: server/rtmp/limits.ts, server/mp4/fragment.ts',
    'Part: server/mp4/fragment.ts, server/hls/segment.ts',
  ]);
});

function doubles(files: readonly SourceFile[]): string[] {
  const places = new Map<string, string[]>();
  for (const file of files) {
    if (file.path.startsWith(CHECKER)) continue;
    for (const [, name = ''] of codeOf(file).matchAll(DECLARATION))
      places.set(name, [...(places.get(name) ?? []), file.path]);
  }
  return [...places]
    .filter(([, paths]) => paths.length > 1)
    .map(([name, paths]) => `${name}: ${paths.join(', ')}`);
}
