// The package as users install it: nothing runs at install, every version is exact, types come first.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CHECKOUT } from './source-tree.ts';

type Manifest = {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly engines?: { readonly node?: string };
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
};

type LockEntry = {
  readonly resolved?: string;
  readonly version?: string;
  readonly integrity?: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly hasInstallScript?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

const INSTALL_SCRIPTS = [
  'preinstall',
  'install',
  'postinstall',
  'prepublish',
  'preprepare',
  'prepare',
  'postprepare',
];
const EXACT = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;

const manifest = JSON.parse(read('package.json')) as Manifest;
const lock = JSON.parse(read('package-lock.json')) as {
  readonly packages: Readonly<Record<string, LockEntry>>;
};

test('nothing runs when the package is installed', () => {
  expect(installScripts(manifest)).toEqual([]);
  expect(installScripts({ scripts: { postinstall: 'x', start: 'y' } })).toEqual(['postinstall']);
});

test('it says which Node, which command and which modules', () => {
  expect(manifest.engines?.node).toMatch(/^>=\d+\.\d+$/);
  expect(manifest.bin).toEqual({
    sluice: 'dist/server/main.js',
    'sluice-check': 'dist/server/check/main.js',
  });
  expect(lock.packages['']?.bin).toEqual(manifest.bin);
  expect(typesNotFirst(manifest)).toEqual([]);
  expect(manifest.exports?.['.']).toBeDefined();
  expect(typesNotFirst({ exports: { '.': { import: './a.js', types: './a.d.ts' } } })).toEqual(['.']);
});

test('every command is a script that Node runs', () => {
  const sources = Object.values(manifest.bin ?? {}).map((file) => file.replace(/^dist\/(.*)\.js$/, '$1.ts'));
  expect(sources.filter((file) => !read(file).startsWith('#!/usr/bin/env node\n'))).toEqual([]);
});

test('every version is exact', () => {
  expect(loose(manifest)).toEqual([]);
  expect(loose({ dependencies: { a: '^1.0.0', b: '1.0.0' }, devDependencies: { c: 'latest' } })).toEqual([
    'a',
    'c',
  ]);
});

test('the lock names no registry, and holds what npm ci asks for', () => {
  expect(bound(lock.packages)).toEqual([]);
  expect(bound({ 'node_modules/a': { resolved: 'https://x/a.tgz' }, 'node_modules/b': {} })).toEqual([
    'node_modules/a',
  ]);
  expect(incomplete(lock.packages)).toEqual([]);
  expect(incomplete({ 'node_modules/a': { optionalDependencies: { 'a-linux': '1.0.0' } } })).toEqual([
    'a-linux',
  ]);
  expect(unsealed(lock.packages)).toEqual([]);
  expect(unsealed({ '': {}, 'node_modules/a': { version: '1.0.0' } })).toEqual(['node_modules/a']);
});

test('the lock and the manifest agree', () => {
  const { dependencies, devDependencies } = (lock.packages[''] ?? {}) as Manifest;
  expect(dependencies).toEqual(manifest.dependencies);
  expect(devDependencies).toEqual(manifest.devDependencies);
});

function read(file: string): string {
  return readFileSync(path.join(CHECKOUT, file), 'utf8');
}

function installScripts({ scripts = {} }: Manifest): string[] {
  return INSTALL_SCRIPTS.filter((name) => name in scripts);
}

/** Conditions are tried in order: a compiler must find `types` before any other. */
function typesNotFirst({ exports = {} }: Manifest): string[] {
  return Object.entries(exports)
    .filter(([, target]) => typeof target === 'object' && Object.keys(target)[0] !== 'types')
    .map(([name]) => name);
}

function loose({ dependencies = {}, devDependencies = {} }: Manifest): string[] {
  return Object.entries({ ...dependencies, ...devDependencies })
    .filter(([, version]) => !EXACT.test(version))
    .map(([name]) => name);
}

/** A registry's address in the lock file would bind every user to it. */
function bound(packages: Readonly<Record<string, LockEntry>>): string[] {
  return Object.entries(packages)
    .filter(([, { resolved }]) => resolved?.startsWith('http') === true)
    .map(([where]) => where);
}

/** npm ci refuses a lock file without an entry for each optional dependency, even one for another system. */
function incomplete(packages: Readonly<Record<string, LockEntry>>): string[] {
  return Object.entries(packages).flatMap(([where, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`node_modules/${name}` in packages) && !(`${where}/node_modules/${name}` in packages),
    ),
  );
}

function unsealed(packages: Readonly<Record<string, LockEntry>>): string[] {
  return Object.entries(packages)
    .filter(([where, { integrity }]) => where !== '' && integrity === undefined)
    .map(([where]) => where);
}
