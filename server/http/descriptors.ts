// File descriptors of the process: how many HTTP may use so that encoders are never kept out, and a word when none is left.

import { closeSync, openSync, readFileSync } from 'node:fs';
import { guarded } from '../guard.ts';
import type { Logger } from '../log.ts';

/** Log, event loop, listeners, certificate and statistics files; a small process has about 25 open. */
const OWN_DESCRIPTORS = 64;
/** HTTP keeps at least this share of the table, however many encoders are allowed. */
const LEAST_HTTP_SHARE = 0.5;
const WATCH_INTERVAL_MS = 1_000;

/** The soft limit of open files, from Linux's /proc; undefined where it has none or cannot be read. */
export function descriptorLimit(): number | undefined {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}

/** How many connections HTTP may have, out of `wanted`, so that `kept` descriptors are left for encoders. */
export function connectionsWithin(limit: number | undefined, wanted: number, kept: number): number {
  if (limit === undefined) return wanted;
  const usable = Math.max(1, limit - OWN_DESCRIPTORS);
  return Math.max(1, Math.min(wanted, Math.max(usable - kept, Math.floor(usable * LEAST_HTTP_SHARE))));
}

/**
 * Says once when the table is full, and once when it is no longer. The kernel's refusal is not seen otherwise: libuv closes
 * the connections that it cannot accept without telling Node. @returns how to stop
 */
export function watchDescriptors(log: Pick<Logger, 'error' | 'info'>): () => void {
  // Read now: with a full table it could not be.
  const limit = descriptorLimit();
  let isFull = false;
  const look = guarded({ log }, () => {
    const code = openingFault();
    const wasFull = isFull;
    isFull = code === 'EMFILE' || code === 'ENFILE';
    if (isFull && !wasFull) {
      log.error(
        { code, limit },
        'no file descriptor is left: new connections are closed; raise the limit (ulimit -n, LimitNOFILE)',
      );
    } else if (wasFull && !isFull) log.info('file descriptors are free again');
  });
  const timer = setInterval(look, WATCH_INTERVAL_MS).unref();
  return () => clearInterval(timer);
}

function openingFault(): string | undefined {
  try {
    closeSync(openSync('/dev/null', 'r'));
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : undefined;
  }
}
