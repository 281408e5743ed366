// The clips of the encoders in these tests: short, encoded once, and small, so that the browsers have the processor.
import { readFile } from 'node:fs/promises';
import { parseFlvFile } from '../../server/flv/flv-file.ts';
import { type Clip, clipFrom } from '../../server/relay/clip-loop.ts';
import { makeSource, type SourceOptions } from '../support/ffmpeg.ts';

/** A minute contains it a whole number of times, and it contains whole groups of pictures. */
const CLIP_S = 12;
const VIDEO = { size: '426x240', rate: 30, gop: 60, bframes: 0, bitrateKbps: 400 } as const;
const AUDIO = { rate: 48_000, channels: 2 } as const;

const SOURCES = {
  plain: { video: VIDEO, audio: AUDIO },
  'other resolution': { video: { ...VIDEO, size: '640x360' }, audio: AUDIO },
  'other frame rate': { video: { ...VIDEO, rate: 25, gop: 50 }, audio: AUDIO },
  'other sample rate': { video: VIDEO, audio: { ...AUDIO, rate: 44_100 } },
  // The same picture size with other parameter sets: only the avcC differs.
  'other configuration': { video: { ...VIDEO, profile: 'baseline' }, audio: AUDIO },
} as const satisfies Readonly<Record<string, SourceOptions>>;

export type ClipName = keyof typeof SOURCES;

const loaded = new Map<ClipName, Promise<Clip>>();

/** The clip, from the temporary folder or newly made. */
export function loadClip(name: ClipName): Promise<Clip> {
  const clip = loaded.get(name) ?? makeClip(name);
  loaded.set(name, clip);
  return clip;
}

/** Makes missing clips one at a time, so that nothing is encoded while pages are watched. */
export async function prepareClips(): Promise<void> {
  for (const name of Object.keys(SOURCES) as ClipName[]) await loadClip(name);
}

/** Width of the pictures in a clip. */
export function clipWidth(name: ClipName): number {
  return Number(SOURCES[name].video.size.split('x')[0]);
}

async function makeClip(name: ClipName): Promise<Clip> {
  const file = await makeSource('flv', { ...SOURCES[name], durationS: CLIP_S });
  return clipFrom(parseFlvFile(await readFile(file)));
}
