// Paths of the test programs: from the environment (set by scripts/test.mjs), else from the PATH.
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Absolute paths, or names for the PATH. */
export const FFMPEG = process.env['SLUICE_TEST_FFMPEG'] ?? 'ffmpeg';
export const FFPROBE = process.env['SLUICE_TEST_FFPROBE'] ?? besideFfmpeg(FFMPEG);

const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** Absolute path of Chromium. Throws when there is none. */
export function findChromium(): string {
  const named = process.env['SLUICE_TEST_CHROMIUM'];
  if (named !== undefined) return named;
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const found = CHROMIUM_NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(
    isProgram,
  );
  if (found !== undefined) return found;
  throw new Error('no Chromium on the PATH: install it, or name one with SLUICE_TEST_CHROMIUM');
}

function besideFfmpeg(ffmpeg: string): string {
  return path.join(path.dirname(ffmpeg), path.basename(ffmpeg).replace('ffmpeg', 'ffprobe'));
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
