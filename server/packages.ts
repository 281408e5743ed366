// CommonJS packages that are loaded when they are first needed, not at start. The build puts a bundle of each into
// dist/server/packages; from source they come from node_modules.

import { createRequire } from 'node:module';

/** Each has its line in scripts/bundle.mjs. */
export type LazyPackage = 'mp4box' | 'mux.js' | 'pino' | 'ws' | 'yaml';

/** The file of a package that is used, where that is not its main file. */
const FILES: Partial<Readonly<Record<LazyPackage, string>>> = {
  'mux.js': 'mux.js/cjs/m2ts/caption-stream.js',
};
const isBundled = import.meta.url.endsWith('.js');
const load = createRequire(import.meta.url);

/** The exports of a package. Synchronous: the first call reads and runs it, which takes 2 to 20 ms. */
export function loadPackage<Exports>(name: LazyPackage): Exports {
  return load(isBundled ? `./packages/${name}.cjs` : (FILES[name] ?? name)) as Exports;
}
