// How the pages are built: three small HTML entries into dist/web, every address relative so that the
// gateway can be mounted under any prefix.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const page = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: page('.'),
  base: './',
  build: {
    outDir: page('../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    // The pages' Content-Security-Policy has no place for code or fonts in data: addresses.
    assetsInlineLimit: 0,
    // Every browser that can play the stream preloads modules by itself.
    modulePreload: { polyfill: false },
    // hls.js full build is 600 kB (190 kB compressed) and is loaded only by pages that play.
    chunkSizeWarningLimit: 700,
    license: { fileName: 'licenses.md' },
    rolldownOptions: {
      input: { setup: page('index.html'), watch: page('watch/index.html'), embed: page('embed/index.html') },
    },
  },
});
