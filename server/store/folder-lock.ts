// A lock on a folder that is free when its holder was killed. Each process that wants it creates a file of its own (decision 14).

import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../clock.ts';
import { everySeconds } from '../every-seconds.ts';
import type { FaultLog } from '../guard.ts';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.ts';

/** `.lock-writing-1234-567890-0123456789ab-c0ffee`: purpose, process id, its start, its scope, and a random number. */
const LOCK_FILE = /^\.lock-([a-z]+)-(\d+)-(\d+)-([0-9a-f]+)-[0-9a-f]+$/;
const OWNER_ONLY = 0o600;
/** While a lock is held, its file is touched this often, so that processes of another scope see that the holder is alive. */
const TOUCH_SECONDS = 1;
/** A lock of another scope is stale if it is not touched for this long. */
const UNTOUCHED_MS = 5_000;
/** Two processes that see each other's file both remove theirs, and try again after different times. */
const RETRY_MS = 20;
const SIMULTANEOUS_TRIES = 5;

export type LockHolder = {
  readonly pid: number;
  /** Whether `pid` is a process id of this system, and not of another container or machine. */
  readonly isLocal: boolean;
};

export type LockOutcome =
  | { readonly kind: 'held'; readonly release: () => void }
  | { readonly kind: 'taken'; readonly holder: LockHolder };

export type LockOptions = {
  readonly folder: string;
  /** What is locked, in lower-case letters. */
  readonly purpose: string;
  /** How long to wait for a holder to release it. */
  readonly waitMs: number;
  /** Gets the faults of touching the file; optional. */
  readonly log?: FaultLog;
};

type Claim = { readonly file: string; readonly identity: ProcessIdentity };

/**
 * A process has the lock if it finds no file of another live process after it created its own: of two processes, the later one
 * sees the file of the other. Any process may remove the file of a dead one, because its name is never used again.
 */
export async function takeLock(options: LockOptions): Promise<LockOutcome> {
  const { folder, purpose, waitMs } = options;
  const self = ownIdentity();
  const name = `.lock-${purpose}-${self.pid}-${self.startTicks}-${self.scope}-${randomBytes(4).toString('hex')}`;
  const own = path.join(folder, name);
  const until = systemClock.monotonicMs() + waitMs;
  for (let tries = 1; ; tries += 1) {
    closeSync(openSync(own, 'wx', OWNER_ONLY));
    const rival = await liveRival(folder, purpose, own, self.scope);
    if (rival === undefined) return { kind: 'held', release: holding(own, options.log) };
    rmSync(own, { force: true });
    if (tries >= SIMULTANEOUS_TRIES && systemClock.monotonicMs() >= until)
      return { kind: 'taken', holder: { pid: rival.pid, isLocal: rival.scope === self.scope } };
    await delay(RETRY_MS * (1 + Math.random()));
  }
}

function holding(file: string, log: FaultLog = { error: () => {} }): () => void {
  // Stops after the first fault: a file that was removed cannot be touched again.
  const stop = everySeconds(TOUCH_SECONDS, { log, close: () => stop() }, () => touch(file));
  return () => {
    stop();
    rmSync(file, { force: true });
  };
}

function touch(file: string): void {
  const at = new Date(systemClock.epochMs());
  utimesSync(file, at, at);
}

/** Another live process that wants or has the lock. Files of dead processes are removed. */
async function liveRival(
  folder: string,
  purpose: string,
  own: string,
  scope: string,
): Promise<ProcessIdentity | undefined> {
  const claims = claimsIn(folder, purpose).filter(({ file }) => file !== own);
  for (const { file, identity } of claims) {
    if (identity.scope !== scope) continue;
    if (isAlive(identity)) return identity;
    rmSync(file, { force: true });
  }
  for (const { file, identity } of claims) {
    if (identity.scope === scope) continue;
    if (await isTouched(file, own)) return identity;
    rmSync(file, { force: true });
  }
  return undefined;
}

/**
 * Whether the file is touched while we watch it; clocks of two machines are not compared. Our own file is touched meanwhile,
 * because the other process may be watching it.
 */
async function isTouched(file: string, own: string): Promise<boolean> {
  const before = touchedAt(file);
  const until = systemClock.monotonicMs() + UNTOUCHED_MS;
  while (before !== undefined && systemClock.monotonicMs() < until) {
    touch(own);
    await delay(RETRY_MS);
    const present = touchedAt(file);
    if (present === undefined) return false;
    if (present !== before) return true;
  }
  return false;
}

function touchedAt(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

function claimsIn(folder: string, purpose: string): Claim[] {
  return readdirSync(folder).flatMap((name) => {
    const [, what, pid, startTicks, scope = ''] = LOCK_FILE.exec(name) ?? [];
    if (what !== purpose) return [];
    const identity = { pid: Number(pid), startTicks: Number(startTicks), scope };
    return [{ file: path.join(folder, name), identity }];
  });
}
