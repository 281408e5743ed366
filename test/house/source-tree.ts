// The project's files as data, so that each rule is a plain function that can be tested with a fault.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

export const CHECKOUT = path.resolve(import.meta.dirname, '../..');

/** One file; `path` is relative to the checkout, with forward slashes. */
export type SourceFile = { readonly path: string; readonly text: string };

/** One import or re-export. */
export type Import = {
  /** As written. */
  readonly specifier: string;
  /** For a relative import, the file it names, relative to the checkout. */
  readonly target: string | undefined;
  /** `import type`: gone when compiled. */
  readonly isTypeOnly: boolean;
};

const TEXT_FILE = /\.(?:ts|tsx|mjs|css|html|md|yml|yaml|json|svg)$/;
const COMMENT = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/g;
const STATEMENT = /\b(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?(['"])([^'"\n]+)\2/g;
const DYNAMIC = /\bimport\(\s*(['"])([^'"\n]+)\1/g;

/** Text files at or below paths of the checkout, sorted; a path that does not exist holds none. */
export function readSources(...roots: readonly string[]): SourceFile[] {
  return roots
    .flatMap((root) => listFiles(root))
    .map((file) => ({
      path: file,
      text: readFileSync(path.join(CHECKOUT, file), 'utf8'),
    }));
}

/** Everything a file imports, statically or not. */
export function importsOf(file: SourceFile): Import[] {
  const code = file.text.replace(COMMENT, '');
  const statements = [...code.matchAll(STATEMENT)].map(([, type, , specifier = '']) => ({
    specifier,
    isTypeOnly: type !== undefined,
  }));
  const dynamic = [...code.matchAll(DYNAMIC)].map(([, , specifier = '']) => ({
    specifier,
    isTypeOnly: false,
  }));
  return [...statements, ...dynamic].map((found) => ({
    ...found,
    target: found.specifier.startsWith('.')
      ? path.posix.join(path.posix.dirname(file.path), found.specifier)
      : undefined,
  }));
}

/** A file's code without its comments. */
export function codeOf(file: SourceFile): string {
  return file.text.replace(COMMENT, '');
}

function listFiles(at: string): string[] {
  const full = path.join(CHECKOUT, at);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return TEXT_FILE.test(at) ? [at] : [];
  const names = readdirSync(full).sort();
  return names
    .filter((name) => name !== 'node_modules')
    .flatMap((name) => listFiles(path.posix.join(at, name)));
}
