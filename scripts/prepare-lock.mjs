// One preparation at a time in a checkout: two `npm start` side by side must not install or build over each other.
// The lock is a file whose mtime its holder renews. So a killed holder blocks others only for a short time, and process ids,
// which differ between containers, are not needed.
import fs from 'node:fs';
import path from 'node:path';

const HEARTBEAT_MS = 1_000;
/** A lock that was not renewed for this long (ten heartbeats) is stale. */
const STALE_AFTER_MS = 10 * HEARTBEAT_MS;
const POLL_MS = 200;

/**
 * Runs `work` while holding the lock file. Waits for another holder first and calls `onWait` once. The lock is also released
 * if the process exits inside `work`.
 * @template T
 * @param {string} lockFile absolute path; its folder is made when missing
 * @param {() => void} onWait
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withPrepareLock(lockFile, onWait, work) {
  fs.mkdirSync(path.dirname(lockFile), { recursive: true });
  let hasWaited = false;
  while (!tryLock(lockFile)) {
    if (!hasWaited) onWait();
    hasWaited = true;
    removeWhenStale(lockFile);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  const release = () => fs.rmSync(lockFile, { force: true });
  const heartbeat = setInterval(() => renew(lockFile), HEARTBEAT_MS);
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    process.off('exit', release);
    release();
  }
}

/** @param {string} lockFile */
function tryLock(lockFile) {
  try {
    fs.closeSync(fs.openSync(lockFile, 'wx'));
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** @param {string} lockFile */
function renew(lockFile) {
  try {
    const now = new Date();
    fs.utimesSync(lockFile, now, now);
  } catch (error) {
    // dist/ was removed by hand; finish the work.
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

/**
 * Removes a stale lock by renaming it; only one of several waiters succeeds.
 * @param {string} lockFile
 */
function removeWhenStale(lockFile) {
  const grave = `${lockFile}.${process.pid}`;
  try {
    if (Date.now() - fs.statSync(lockFile).mtimeMs < STALE_AFTER_MS) return;
    fs.renameSync(lockFile, grave);
    fs.rmSync(grave, { force: true });
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

/**
 * @param {unknown} error
 * @param {string} code
 */
function hasCode(error, code) {
  return error instanceof Error && 'code' in error && error.code === code;
}
