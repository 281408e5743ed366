// Scripts and styles of the pages, in memory, in each content coding of the build (RFC 9110 clause 8.4.1).

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import type { Guard } from '../guard.ts';
import type { ContentCoding } from '../hls/hls-origin.ts';
import { chooseCoding } from './content-coding.ts';
import { endPaced, isEncrypted } from './paced-write.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};
/** Suffixes of compressed files. */
const SUFFIXES = { br: '.br', gzip: '.gz' } as const;
const ETAG_BYTES = 12;
/** For names that contain a hash of the content. */
const IMMUTABLE = 'public, max-age=31536000, immutable';
/** For other names: a new version of the gateway may have another content. */
const REVALIDATED = 'public, max-age=300';

type Variant = { readonly bytes: Buffer; readonly headers: Readonly<Record<string, string | number>> };

/** One file, with its variants by coding; identity always exists. */
export type Asset = { readonly [Coding in ContentCoding]?: Variant } & { readonly identity: Variant };

/** Reads all files of a folder once, some megabytes, so that no request needs a file descriptor. */
export function readAssets(folder: URL): ReadonlyMap<string, Asset> {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const plain = names.filter((name) => !Object.values(SUFFIXES).some((suffix) => name.endsWith(suffix)));
  const read = (name: string): Buffer | undefined =>
    names.includes(name) ? readFileSync(new URL(encodeURIComponent(name), folder)) : undefined;
  return new Map(
    plain.map((name) => {
      const [br, gzip] = [read(name + SUFFIXES.br), read(name + SUFFIXES.gzip)];
      const asset: Asset = {
        identity: variantOf(name, read(name) ?? Buffer.of(), 'identity', IMMUTABLE),
        ...(br === undefined ? {} : { br: variantOf(name, br, 'br', IMMUTABLE) }),
        ...(gzip === undefined ? {} : { gzip: variantOf(name, gzip, 'gzip', IMMUTABLE) }),
      };
      return [name, asset];
    }),
  );
}

/** A file that is not from the build, or whose name never changes: browsers ask for a new version after minutes. */
export function assetOf(name: string, bytes: Buffer, isImmutable = true): Asset {
  return { identity: variantOf(name, bytes, 'identity', isImmutable ? IMMUTABLE : REVALIDATED) };
}

/** Sends the smallest variant that the client takes. */
export function sendAsset(
  request: IncomingMessage,
  response: ServerResponse,
  asset: Asset,
  guard: Guard,
): void {
  const accepted = request.headers['accept-encoding'];
  const variant = asset[chooseCoding(typeof accepted === 'string' ? accepted : undefined)] ?? asset.identity;
  const { bytes, headers } = variant;
  if (matches(request.headers['if-none-match'], String(headers['etag']))) {
    const { 'content-length': _, ...without } = headers;
    response.writeHead(304, without).end();
    return;
  }
  response.writeHead(200, headers);
  if (request.method === 'HEAD') response.end();
  else if (isEncrypted(response)) endPaced(response, [bytes], guard);
  else response.end(bytes);
}

/** RFC 9110 clause 13.1.2: weak comparison. */
function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}

function variantOf(name: string, bytes: Buffer, coding: ContentCoding, caching: string): Variant {
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, ETAG_BYTES);
  const headers = {
    'content-type': TYPES[path.extname(name)] ?? 'application/octet-stream',
    'content-length': bytes.length,
    ...(coding === 'identity' ? {} : { 'content-encoding': coding }),
    'cache-control': caching,
    etag: `"${hash}"`,
    vary: 'Accept-Encoding',
    'x-content-type-options': 'nosniff',
    // A sandboxed frame has the origin "null", so its scripts and styles need CORS.
    'access-control-allow-origin': '*',
    // Opened by itself, a picture is a document that could run scripts.
    ...(name.endsWith('.svg') ? { 'content-security-policy': "default-src 'none'; sandbox" } : {}),
  };
  return { bytes, headers };
}
