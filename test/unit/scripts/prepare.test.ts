// Several builds of one checkout at once. The scripts are the real ones; the compilers are programs that write one file.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CHECKOUT } from '../../support/gateway-process.ts';
import { startProcess } from '../../support/running-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const OUTPUT = ['embed', 'live', 'server', 'web'];
/** As long as there are fewer, a bundler waits. */
const BUNDLER = `
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
const [folder] = process.argv.slice(2);
const begun = path.join(import.meta.dirname, '../begun');
fs.appendFileSync(begun, 'x');
while (fs.readFileSync(begun, 'utf8').length < Number(fs.readFileSync(path.join(import.meta.dirname, '../wanted'), 'utf8'))) await delay(10);
fs.mkdirSync(folder, { recursive: true });
fs.writeFileSync(path.join(folder, 'main.js'), '');
`;
const COMPILER = `
const fs = require('node:fs');
const path = require('node:path');
const folder = process.argv[process.argv.indexOf('--outDir') + 1];
fs.mkdirSync(path.join(folder, 'assets'), { recursive: true });
fs.writeFileSync(path.join(folder, 'assets/a.js'), '');
`;

/** A checkout whose dependencies are installed and which is not built. */
function checkout(wantedBuilders: number): string {
  const root = temporaryFolder('checkout');
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };
  cpSync(path.join(CHECKOUT, 'scripts'), path.join(root, 'scripts'), { recursive: true });
  write('scripts/bundle.mjs', BUNDLER);
  write('node_modules/typescript/bin/tsc', COMPILER);
  write('node_modules/vite/bin/vite.js', COMPILER);
  write('package.json', JSON.stringify({ engines: { node: '>=20' } }));
  write('package-lock.json', JSON.stringify({ packages: {} }));
  write('node_modules/.package-lock.json', JSON.stringify({ packages: {} }));
  write('server/main.ts', '');
  write('wanted', String(wantedBuilders));
  write('begun', '');
  return root;
}

const begunIn = (root: string): number => readFileSync(path.join(root, 'begun'), 'utf8').length;

function startBuild(root: string) {
  return startProcess(process.execPath, ['scripts/build.mjs', '--if-stale'], { cwd: root });
}

/** All output is there, and nothing else. */
function expectBuilt(root: string): void {
  expect(readdirSync(path.join(root, 'dist')).sort()).toEqual(['.build-stamp', ...OUTPUT]);
  for (const folder of OUTPUT) expect(readdirSync(path.join(root, 'dist', folder))).not.toEqual([]);
}

test('two builds at once: one builds, and the other uses its output', async () => {
  const root = checkout(1);
  const builds = [startBuild(root), startBuild(root)];
  for (const build of builds) expect(await build.exited).toMatchObject({ code: 0 });
  expect(begunIn(root)).toBe(1);
  expectBuilt(root);
});

test('two builds that both believe to be the only one do not disturb each other', async () => {
  const root = checkout(2);
  const first = startBuild(root);
  await expect.poll(() => begunIn(root), { timeout: 30_000 }).toBe(1);
  const second = startBuild(root);
  const lock = path.join(root, 'dist/.prepare.lock');
  const holder = (): string => (existsSync(lock) ? readFileSync(lock, 'utf8') : '');
  const before = holder();
  // As if the first process had been stopped for a minute.
  const long = new Date(Date.now() - 60_000);
  const age = (): string => {
    if (holder() === before) utimesSync(lock, long, long);
    return holder();
  };
  await expect.poll(age, { timeout: 30_000, interval: 20 }).not.toBe(before);
  for (const build of [first, second]) expect(await build.exited).toMatchObject({ code: 0 });
  expect(begunIn(root)).toBe(2);
  expectBuilt(root);
});
