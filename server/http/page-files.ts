// The built pages as files.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { GatewayError } from '../errors.ts';

/** The pages, and the script for other sites. */
export const PAGE_FILES = {
  setup: 'index.html',
  watch: 'watch/index.html',
  embed: 'embed/index.html',
  playground: 'embed/test/index.html',
  hostScript: 'embed.js',
  dashboard: 'dashboard/index.html',
  report: 'report/index.html',
} as const;

/** Throws GatewayError if a page is missing. They are read later, with the first request for something other than media. */
export function requirePages(webRoot: URL): void {
  for (const name of Object.values(PAGE_FILES)) {
    const file = new URL(name, webRoot);
    if (!existsSync(file)) throw missing(file);
  }
}

/** Throws GatewayError if the page is missing. */
export function readPage(name: string, webRoot: URL): Buffer {
  const file = new URL(name, webRoot);
  try {
    return readFileSync(file);
  } catch {
    throw missing(file);
  }
}

function missing(file: URL): GatewayError {
  return new GatewayError(
    'config',
    'pages_missing',
    `the page ${fileURLToPath(file)} cannot be read; build it with npm run build`,
  );
}
