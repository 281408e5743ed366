// Files of the package besides code: its version, the built pages, the demo clip.

import { readFileSync } from 'node:fs';

/** The package's folder: one level above server/, two above dist/server/. */
const isBuilt = import.meta.url.endsWith('.js');
const packageRoot = new URL(isBuilt ? '../../' : '../', import.meta.url);

const manifest: unknown = JSON.parse(readFileSync(new URL('package.json', packageRoot), 'utf8'));

export const packageVersion: string =
  typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '0.0.0';

/** Where `npm run build` puts the pages. */
export const webRoot = new URL('dist/web/', packageRoot);

/** H.264 and AAC in FLV: what `--demo` publishes. */
export const demoClip = new URL('assets/demo.flv', packageRoot);
