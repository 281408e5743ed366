// The build of the pages: small HTML entries into dist/web, and embed.js for other sites. All addresses are relative, so that the gateway can be
// mounted under any prefix.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const page = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** `sluice/embed` as one file of the gateway. */
const HOST_SCRIPT = 'host';

export default defineConfig({
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
