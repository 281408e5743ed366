// Tests the measurement: it must find the offset that a file was made with.
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { whenDone } from '../support/cleanup.ts';
import { runProcess } from '../support/running-process.ts';
import { FFMPEG } from '../support/test-tools.ts';
import { measureOffset } from './av-offset.ts';
import { AAC_ARGS, BEEP_SOURCE, flvFlashClip, X264_ARGS } from './flash-clip.ts';

/** The resolution: sound is read by the millisecond, and RTMP and FLV count in milliseconds. */
const TOLERANCE_MS = 3;

test.each([0, 100, -60])('finds sound that is moved by %i ms', async (movedMs) => {
  const file = path.join(tmpdir(), `sluice-moved-${process.pid}-${movedMs}.mp4`);
  whenDone(() => rm(file, { force: true }));
  const clip = await flvFlashClip();
  const moved = ['-itsoffset', String(movedMs / 1000), '-i', clip];
  const args = ['-v', 'error', '-i', clip, ...moved, '-map', '0:v', '-map', '1:a', '-c', 'copy', '-t', '9'];
  await runProcess(FFMPEG, [...args, '-y', file], { timeoutMs: 30_000 });
  const { offsetMs, pairs } = await measureOffset(file);
  expect(Math.abs(offsetMs - movedMs)).toBeLessThanOrEqual(TOLERANCE_MS);
  expect(pairs).toBeGreaterThanOrEqual(7);
});

test('a picture that only moves has no flashes', async () => {
  const file = path.join(tmpdir(), `sluice-unflashed-${process.pid}.mp4`);
  whenDone(() => rm(file, { force: true }));
  const inputs = ['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=30', '-f', 'lavfi', '-i', BEEP_SOURCE];
  const args = ['-v', 'error', ...inputs, '-t', '9', ...X264_ARGS, ...AAC_ARGS, '-y', file];
  await runProcess(FFMPEG, args, { timeoutMs: 30_000 });
  await expect(measureOffset(file)).rejects.toThrow('flashes at  ms');
});
