// The build of the pages: small HTML entries into dist/web, and embed.js for other sites. All addresses are relative, so that the gateway can be
// mounted under any prefix.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const page = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** `sluice/embed` as one file of the gateway. */
const HOST_SCRIPT = 'host';

/** `<!-- page/head.html -->`: what the heads of several pages have in common, in a file whose addresses begin at web/. */
const SHARED_HEAD = /<!-- (\w+\/head\.html) -->/g;

function sharedHeads(): Plugin {
  return {
    name: 'shared-heads',
    transformIndexHtml: {
      order: 'pre',
      handler: (html, { filename }) => {
        const toRoot = path.relative(path.dirname(filename), page('.')) || '.';
        return html.replace(SHARED_HEAD, (_mark, file: string) =>
          readFileSync(page(file), 'utf8').trim().replaceAll('"./', `"${toRoot}/`),
        );
      },
    },
  };
}

export default defineConfig({
  plugins: [sharedHeads()],
  root: page('.'),
  base: './',
  build: {
    outDir: page('../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    // The pages' Content-Security-Policy does not allow code or fonts in data: addresses.
    assetsInlineLimit: 0,
    // Every browser that can play the stream can preload modules.
    modulePreload: { polyfill: false },
    // The full build of hls.js is 600 kB (190 kB compressed). Only pages that play load it.
    chunkSizeWarningLimit: 700,
    license: { fileName: 'licenses.md' },
    rolldownOptions: {
      input: {
        setup: page('index.html'),
        watch: page('watch/index.html'),
        embed: page('embed/index.html'),
        dashboard: page('dashboard/index.html'),
        report: page('report/index.html'),
        playground: page('embed/test/index.html'),
        [HOST_SCRIPT]: page('host/index.ts'),
      },
      // Other sites import it by its address, which must not change with its content.
      preserveEntrySignatures: 'exports-only',
      output: {
        entryFileNames: ({ name }) => (name === HOST_SCRIPT ? 'embed.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
});
