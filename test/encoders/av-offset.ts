// Sound against picture in the served media: decodes the parts of a live playlist, and times flashes and beeps.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { followMedia } from '../support/hls-client.ts';
import { runProcess } from '../support/running-process.ts';
import { FFMPEG } from '../support/test-tools.ts';
import { AUDIO_RATE } from './encoder.ts';

export type AvOffset = {
  /** Milliseconds from flash to beep, the median of all pairs; positive when the sound is late. */
  readonly offsetMs: number;
  readonly pairs: number;
  /** First and last picture, by the file's own clock. */
  readonly fromMs: number;
  readonly toMs: number;
};

/** One value of a track and when it is presented, in milliseconds. */
type Level = { readonly atMs: number; readonly value: number };

/** 200 ms each: nine seconds, in which the slowest source (GStreamer) flashes five times. */
const PARTS = 45;
const MIN_PAIRS = 3;
/** A beep further from its flash than this belongs to another one. */
const MAX_DISTANCE_MS = 500;
/**
 * Before a beep it is quiet for at least this long; during a beep its own waves fall below the threshold 2000 times a
 * second. The end of a flash, 100 ms after its start, is not another flash.
 */
const MIN_PAUSE_MS = 300;
/** Difference of mean brightness between light and dark, out of 255; mere movement in the picture stays below. */
const MIN_CONTRAST = 60;
/** Relative to the loudest sample; the pre-echo of AAC stays below. */
const BEEP_THRESHOLD = 0.25;
const DECODE_TIMEOUT_MS = 60_000;
const QUIET = ['-hide_banner', '-nostdin', '-v', 'error', '-copyts'];
const FROM_DECIBELS = 20;

/** Follows a playlist from its live edge for nine seconds and measures. Throws when flashes or beeps are missing. */
export async function measureServedOffset(mediaUrl: string): Promise<AvOffset> {
  const { bytes } = await followMedia(mediaUrl, { parts: PARTS });
  return measureBytes(bytes, 'mp4');
}

/** Measures a media file's bytes. Throws when flashes or beeps are missing. */
export async function measureBytes(bytes: Buffer, format: 'mp4' | 'flv'): Promise<AvOffset> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-offset-'));
  try {
    const file = path.join(folder, `media.${format}`);
    await writeFile(file, bytes);
    return await measureOffset(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Measures a media file. Throws when flashes or beeps are missing. */
export async function measureOffset(file: string): Promise<AvOffset> {
  const pictures = await pictureLevels(file);
  const flashes = flashTimes(pictures);
  const beeps = beepTimes(await soundLevels(file));
  const offsets = flashes
    .map((flash) => nearest(beeps, flash) - flash)
    .filter((offset) => Math.abs(offset) <= MAX_DISTANCE_MS)
    .sort((left, right) => left - right);
  const median = offsets[Math.floor(offsets.length / 2)];
  if (median === undefined || offsets.length < MIN_PAIRS) {
    throw new Error(`flashes at ${flashes.join(', ')} ms, beeps at ${beeps.join(', ')} ms: too few pairs`);
  }
  const [fromMs = 0, toMs = 0] = [pictures[0]?.atMs, pictures.at(-1)?.atMs];
  return { offsetMs: median, pairs: offsets.length, fromMs, toMs };
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

/** When the picture changes between dark and bright, after a time without a change. */
function flashTimes(pictures: readonly Level[]): number[] {
  const values = pictures.map(({ value }) => value);
  const [darkest, brightest] = [Math.min(...values), Math.max(...values)];
  if (brightest - darkest < MIN_CONTRAST) return [];
  const threshold = (darkest + brightest) / 2;
  const changes = pictures.filter(
    ({ value }, at) => value > threshold !== (pictures[at - 1]?.value ?? value) > threshold,
  );
  return onsets(changes, pictures[0]?.atMs ?? 0);
}

/** When sound starts after silence. */
function beepTimes(sound: readonly Level[]): number[] {
  const threshold = Math.max(...sound.map(({ value }) => value)) * BEEP_THRESHOLD;
  return onsets(
    sound.filter(({ value }) => value > threshold),
    sound[0]?.atMs ?? 0,
  );
}

/** Events after a pause; an event at the start of a file has none before it. */
function onsets(events: readonly Level[], beginMs: number): number[] {
  return events
    .filter(({ atMs }, at) => atMs - (events[at - 1]?.atMs ?? beginMs) > MIN_PAUSE_MS)
    .map(({ atMs }) => atMs);
}

function nearest(times: readonly number[], to: number): number {
  return times.reduce(
    (best, time) => (Math.abs(time - to) < Math.abs(best - to) ? time : best),
    Number.POSITIVE_INFINITY,
  );
}
