// One preparation at a time in a checkout: two `npm start` side by side must not install or build over each other.
// The lock is a file whose mtime its holder renews. So a killed holder blocks others only for a short time, and process ids,
// which differ between containers, are not needed.
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const HEARTBEAT_MS = 1_000;
/** A lock that was not renewed for this long (ten heartbeats) is stale. */
const STALE_AFTER_MS = 10 * HEARTBEAT_MS;
const POLL_MS = 200;

/**
 * Runs `work` while holding the lock file. Waits for another holder first and calls `onWait` once. The lock is also released
 * if the process exits inside `work`. A process that was stopped for long, such as by a suspended machine, loses the lock without a
 * notice: `isHeld` tells `work` before it does what others may do too.
 * @template T
 * @param {string} lockFile absolute path; its folder is made when missing
 * @param {() => void} onWait
 * @param {(isHeld: () => boolean) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withPrepareLock(lockFile, onWait, work) {
  const holder = randomUUID();
  fs.mkdirSync(path.dirname(lockFile), { recursive: true });
  let hasWaited = false;
  while (!tryLock(lockFile, holder)) {
    if (!hasWaited) onWait();
    hasWaited = true;
    removeWhenStale(lockFile);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  const isHeld = () => holderOf(lockFile) === holder;
  const release = () => {
    if (isHeld()) fs.rmSync(lockFile, { force: true });
  };
  const heartbeat = setInterval(() => {
    if (isHeld()) renew(lockFile);
  }, HEARTBEAT_MS);
  process.once('exit', release);
  try {
    return await work(isHeld);
  } finally {
    clearInterval(heartbeat);
    process.off('exit', release);
    release();
  }
}

/**
 * @param {string} lockFile
 * @param {string} holder
 */
function tryLock(lockFile, holder) {
  try {
    fs.writeFileSync(lockFile, holder, { flag: 'wx' });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/**
 * Undefined if nobody has the lock.
 * @param {string} lockFile
 */
function holderOf(lockFile) {
  try {
    return fs.readFileSync(lockFile, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** @param {string} lockFile */
function renew(lockFile) {
  try {
    const now = new Date();
    fs.utimesSync(lockFile, now, now);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

/**
 * Removes a stale lock by renaming it; only one of several waiters succeeds. One that was renamed after another had replaced it is put
 * back.
 * @param {string} lockFile
 */
function removeWhenStale(lockFile) {
  const grave = `${lockFile}.${randomUUID()}`;
  try {
    const holder = holderOf(lockFile);
    if (Date.now() - fs.statSync(lockFile).mtimeMs < STALE_AFTER_MS) return;
    fs.renameSync(lockFile, grave);
    if (holderOf(grave) !== holder) fs.linkSync(grave, lockFile);
  } catch (error) {
    if (!hasCode(error, 'ENOENT') && !hasCode(error, 'EEXIST')) throw error;
  } finally {
    fs.rmSync(grave, { force: true });
  }
}

/**
 * @param {unknown} error
 * @param {string} code
 */
function hasCode(error, code) {
  return error instanceof Error && 'code' in error && error.code === code;
}
