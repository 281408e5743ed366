// Sound against picture in what is served: the parts of a live playlist are decoded, flashes and beeps are timed.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { whenDone } from '../support/cleanup.ts';
import { followMedia } from '../support/hls-client.ts';
import { runProcess } from '../support/running-process.ts';
import { FFMPEG } from '../support/test-tools.ts';
import { AUDIO_RATE } from './encoder.ts';

export type AvOffset = {
  /** Milliseconds from flash to beep, the median of all pairs; positive when the sound is late. */
  readonly offsetMs: number;
  /** Between the smallest and the largest offset of a pair. */
  readonly spreadMs: number;
  readonly pairs: number;
};

/** One value of a track and when it is presented, in milliseconds. */
type Level = { readonly atMs: number; readonly value: number };

/** 200 ms each: nine seconds, so that a source that flashes every other second shows at least three flashes. */
const PARTS = 45;
const MIN_PAIRS = 3;
/** A beep further from its flash than this belongs to another one. */
const MAX_DISTANCE_MS = 500;
/** A beep begins after at least this much quiet: its own waves fall below the threshold 2000 times a second. */
const MIN_QUIET_MS = 300;
/** Of the loudest; the echo that AAC sends ahead of a beep stays below. */
const BEEP_THRESHOLD = 0.25;
const DECODE_TIMEOUT_MS = 60_000;
const QUIET = ['-hide_banner', '-nostdin', '-v', 'error', '-copyts'];
const FROM_DECIBELS = 20;

/** Follows a playlist from its live edge for nine seconds and measures. Throws when flashes or beeps are missing. */
export async function measureServedOffset(mediaUrl: string): Promise<AvOffset> {
  const { bytes } = await followMedia(mediaUrl, { parts: PARTS });
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-offset-'));
  whenDone(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'served.mp4');
  await writeFile(file, bytes);
  try {
    return await measureOffset(file);
  } finally {
    await rm(file);
  }
}

/** Measures a media file. Throws when flashes or beeps are missing. */
export async function measureOffset(file: string): Promise<AvOffset> {
  const flashes = flashTimes(await pictureLevels(file));
  const beeps = beepTimes(await soundLevels(file));
  const offsets = flashes
    .map((flash) => nearest(beeps, flash) - flash)
    .filter((offset) => Math.abs(offset) <= MAX_DISTANCE_MS)
    .sort((left, right) => left - right);
  const median = offsets[Math.floor(offsets.length / 2)];
  if (median === undefined || offsets.length < MIN_PAIRS) {
    throw new Error(`flashes at ${flashes.join(', ')} ms, beeps at ${beeps.join(', ')} ms: too few pairs`);
  }
  const spreadMs = (offsets.at(-1) ?? median) - (offsets[0] ?? median);
  return { offsetMs: median, spreadMs, pairs: offsets.length };
}

/** Mean brightness of each picture. */
function pictureLevels(file: string): Promise<Level[]> {
  const filters = 'scale=64:36,signalstats,settb=AVTB,metadata=mode=print:key=lavfi.signalstats.YAVG:file=-';
  return readLevels(['-i', file, '-map', '0:v', '-vf', filters, '-f', 'null', '/dev/null']);
}

/** Highest sample of each millisecond, 1 being full scale. */
async function soundLevels(file: string): Promise<Level[]> {
  const filters = [
    `aresample=${AUDIO_RATE}`,
    `asetnsamples=n=${AUDIO_RATE / 1000}:p=0`,
    'astats=metadata=1:reset=1:measure_perchannel=none:measure_overall=Peak_level',
    'asettb=AVTB',
    'ametadata=mode=print:key=lavfi.astats.Overall.Peak_level:file=-',
  ];
  const levels = await readLevels([
    ...['-i', file, '-map', '0:a', '-af', filters.join(','), '-f', 'null', '/dev/null'],
  ]);
  return levels.map(({ atMs, value }) => ({ atMs, value: 10 ** (value / FROM_DECIBELS) }));
}

/** Pairs of lines, `frame:N pts:MICROSECONDS …` and `KEY=VALUE`; silence is `-inf`. */
async function readLevels(args: readonly string[]): Promise<Level[]> {
  const { stdout } = await runProcess(FFMPEG, [...QUIET, ...args], { timeoutMs: DECODE_TIMEOUT_MS });
  return [...stdout.matchAll(/pts:(-?\d+).*\n[^=\n]+=(\S+)/g)].map(([, pts, value]) => ({
    atMs: Number(pts) / 1000,
    value: value === '-inf' ? Number.NEGATIVE_INFINITY : Number(value),
  }));
}

/** When the picture turns from dark to bright. */
function flashTimes(pictures: readonly Level[]): number[] {
  const values = pictures.map(({ value }) => value);
  const threshold = (Math.min(...values) + Math.max(...values)) / 2;
  return pictures
    .filter(({ value }, at) => value > threshold && (pictures[at - 1]?.value ?? value) <= threshold)
    .map(({ atMs }) => atMs);
}

/** When sound begins after quiet. */
function beepTimes(sound: readonly Level[]): number[] {
  const threshold = Math.max(...sound.map(({ value }) => value)) * BEEP_THRESHOLD;
  const loud = sound.filter(({ value }) => value > threshold);
  return loud
    .filter(({ atMs }, at) => atMs - (loud[at - 1]?.atMs ?? sound[0]?.atMs ?? 0) > MIN_QUIET_MS)
    .map(({ atMs }) => atMs);
}

function nearest(times: readonly number[], to: number): number {
  return times.reduce(
    (best, time) => (Math.abs(time - to) < Math.abs(best - to) ? time : best),
    Number.POSITIVE_INFINITY,
  );
}
