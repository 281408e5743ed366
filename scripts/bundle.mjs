// Bundles the server with its packages into few files, because Node needs most of a start to find, read and compile 700 modules
// (docs/decisions/0020-one-bundle.md). The code is not minified and has source maps, so that stack traces are readable.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Packages that server/packages.ts loads at first use: CommonJS, because only that can be loaded within one turn. */
export const LAZY_PACKAGES = {
  mp4box: 'mp4box',
  'mux.js': 'mux.js/cjs/m2ts/caption-stream.js',
  pino: 'pino',
  ws: 'ws',
  yaml: 'yaml',
};

/** Oldest Node that is supported. */
const TARGET = 'node20';
/** The file of what is loaded until the ports are open, and that of the rest of the gateway. */
const START = 'start';
const GATEWAY = 'gateway';
/** What the command and the library have in common with it. */
const GATEWAY_MODULES = ['server/index.ts', 'server/command/run-gateway.ts'];

/**
 * Writes the server's bundles, their maps and the licenses of what they contain.
 * @param {string} folder
 */
export async function bundleServer(folder) {
  const gateway = { main: 'server/main.ts', index: 'server/index.ts' };
  await bundle(gateway, { folder, format: 'es', extension: 'js' });
  await bundle(
    { main: 'server/check/main.ts' },
    { folder: path.join(folder, 'check'), format: 'es', extension: 'js' },
  );
  await bundle(LAZY_PACKAGES, { folder: path.join(folder, 'packages'), format: 'cjs', extension: 'cjs' });
  for (const command of ['main.js', 'check/main.js']) fs.chmodSync(path.join(folder, command), 0o755);
}

/**
 * @param {Record<string, string>} input
 * @param {{folder: string, format: 'es' | 'cjs', extension: string}} output
 */
async function bundle(input, { folder, format, extension }) {
  // Entries that share nothing have no groups.
  const hasGroups = 'index' in input;
  /** @type {{ start: Set<string>, gateway: Set<string> }} */
  const loaded = { start: new Set(), gateway: new Set() };
  await build({
    root: ROOT,
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    plugins: [...(hasGroups ? [collectLoaded(loaded)] : []), asciiOnly()],
    ssr: { noExternal: true, target: 'node' },
    // `import` and `require` of one package may be two copies of it.
    resolve: { conditions: format === 'cjs' ? ['node', 'require'] : ['node'] },
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      target: TARGET,
      sourcemap: true,
      minify: false,
      license: { fileName: 'licenses.md' },
      rolldownOptions: {
        input,
        output: {
          format,
          exports: 'named',
          comments: false,
          entryFileNames: `[name].${extension}`,
          chunkFileNames: `[name]-[hash].${extension}`,
          codeSplitting: {
            groups: [
              { name: START, test: (id) => loaded.start.has(id), priority: 1 },
              { name: GATEWAY, test: (id) => loaded.gateway.has(id) },
            ],
          },
        },
      },
    },
  });
}

/**
 * Collects the modules that are imported without `import()`: by the command's file, and by the gateway. One file is faster to load
 * than several.
 * @param {{ start: Set<string>, gateway: Set<string> }} loaded
 * @returns {import('vite').Plugin}
 */
function collectLoaded({ start, gateway }) {
  return {
    name: 'collect-loaded',
    buildEnd() {
      const entries = new Set([...this.getModuleIds()].filter((id) => this.getModuleInfo(id)?.isEntry));
      /** @type {(roots: string[], into: Set<string>) => void} */
      const collect = (roots, into) => {
        const ids = [...roots];
        for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
          for (const imported of this.getModuleInfo(id)?.importedIds ?? []) {
            if (into.has(imported) || entries.has(imported)) continue;
            into.add(imported);
            ids.push(imported);
          }
        }
      };
      collect([path.join(ROOT, 'server/main.ts')], start);
      const roots = GATEWAY_MODULES.map((file) => path.join(ROOT, file));
      collect(roots, gateway);
      gateway.add(path.join(ROOT, 'server/command/run-gateway.ts'));
    },
  };
}

/**
 * Writes other characters as escapes. One of them would make V8 keep the whole file in two bytes a character. There are no
 * comments, so they stand in texts and patterns only. Lines stay, so the maps are still right.
 * @returns {import('vite').Plugin}
 */
function asciiOnly() {
  return {
    name: 'ascii-only',
    generateBundle(_options, files) {
      for (const file of Object.values(files)) {
        if (file.type === 'chunk') file.code = file.code.replaceAll(/[^\0-\x7f]/g, escaped);
      }
    },
  };
}

/** @param {string} unit a UTF-16 code unit */
function escaped(unit) {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const [folder] = process.argv.slice(2);
if (process.argv[1] === fileURLToPath(import.meta.url) && folder !== undefined) await bundleServer(folder);
