// File descriptors: how many HTTP may use, so that some are left for encoders, and a log line when none is left.

import { closeSync, openSync, readFileSync } from 'node:fs';
import { everySeconds } from '../every-seconds.ts';
import type { Logger } from '../log.ts';

/** Log, event loop, listeners, certificate and statistics files; a small process has about 25 open. */
const OWN_DESCRIPTORS = 64;
/** HTTP gets at least this share, even if many encoders are allowed. */
const LEAST_HTTP_SHARE = 0.5;
const WATCH_SECONDS = 1;

/** The soft limit of open files from /proc; undefined if there is none or it cannot be read. */
export function descriptorLimit(): number | undefined {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}

/** How many of the `wanted` connections HTTP may have, so that `kept` descriptors are left for encoders. */
export function connectionsWithin(limit: number | undefined, wanted: number, kept: number): number {
  if (limit === undefined) return wanted;
  const usable = Math.max(1, limit - OWN_DESCRIPTORS);
  return Math.max(1, Math.min(wanted, Math.max(usable - kept, Math.floor(usable * LEAST_HTTP_SHARE))));
}

/**
 * Logs once when no descriptor is left, and once when there are some again. libuv closes connections that it cannot accept
 * without telling Node. @returns a function that stops
 */
export function watchDescriptors(log: Pick<Logger, 'error' | 'info'>): () => void {
  // Read now, because without descriptors it cannot be read.
  const limit = descriptorLimit();
  let isFull = false;
  return everySeconds(WATCH_SECONDS, { log }, () => {
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
}

function openingFault(): string | undefined {
  try {
    closeSync(openSync('/dev/null', 'r'));
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : undefined;
  }
}
