// How much a viewer loads: the built watch page before and with the code that plays, compressed with gzip as over plain HTTP.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const WEB = path.resolve(import.meta.dirname, '../../../dist/web');
const ASSETS = path.join(WEB, 'assets');
/** One second on a line of 500 kbit/s, and five seconds with hls.js. */
const BEFORE_PLAYER_BYTES = 60_000;
const WITH_PLAYER_BYTES = 260_000;

/** The page's own files: what its HTML names, and what those files import in turn. */
function loadedBy(page: string): ReadonlySet<string> {
  const html = readFileSync(path.join(WEB, page), 'utf8');
  return withImports([...html.matchAll(/assets\/([^"]+\.(?:js|css))"/g)].map(([, name = '']) => name));
}

/** Static imports only: `import()` is loaded later. */
function withImports(names: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    if (!name.endsWith('.js')) return;
    const text = readFileSync(path.join(ASSETS, name), 'utf8');
    for (const [, imported = ''] of text.matchAll(/(?:from|import)\s*["']\.\/([^"']+)["']/g)) add(imported);
  };
  for (const name of names) add(name);
  return found;
}

function bytesOf(names: ReadonlySet<string>): number {
  return [...names].reduce((sum, name) => {
    const file = path.join(ASSETS, name);
    return sum + statSync(existsSync(`${file}.gz`) ? `${file}.gz` : file).size;
  }, 0);
}

it('the watch page is small before the player, and with it', () => {
  const page = loadedBy('watch/index.html');
  expect([...page].some((name) => /^hls/.test(name))).toBe(false);
  expect(page.size).toBeGreaterThan(3);
  expect(bytesOf(page)).toBeLessThan(BEFORE_PLAYER_BYTES);
  const engine = readdirSync(ASSETS).filter((name) => /^hls-engine-.*\.js$/.test(name));
  expect(engine).toHaveLength(1);
  const all = new Set([...page, ...withImports(engine)]);
  expect(bytesOf(all)).toBeGreaterThan(150_000);
  expect(bytesOf(all)).toBeLessThan(WITH_PLAYER_BYTES);
});
