// Makes tracks and samples like those of an encoder (frame rate, key frames, RTMP's milliseconds, jitter, B-frames, audio
// frames) from numbers, so that property tests can generate them.
import type { AacConfig } from '../../server/codec/aac.ts';
import type { AvcConfig } from '../../server/codec/avc.ts';
import type { Sample } from '../../server/media/sample.ts';
import {
  type AudioTrack,
  audioTrack,
  trackIdOf,
  type VideoTrack,
  videoTrack,
} from '../../server/media/track.ts';

const TICKS_PER_MS = 90;

export type VideoShape = {
  readonly seconds: number;
  /** Distances of frames in milliseconds, used in turn; fractions are rounded as RTMP does. */
  readonly stepsMs: readonly number[];
  /** Frames from one key frame to the next, used in turn; Infinity: one key frame, or none with `startsInSync` false. */
  readonly gopFrames: readonly number[];
  readonly startsInSync?: boolean;
  readonly startMs?: number;
  /** Milliseconds that each frame's timestamp is off by, used in turn; order is kept. */
  readonly jitterMs?: readonly number[];
  /** Composition offset in frames, as B-frames need. */
  readonly compositionFrames?: number;
  readonly frameBytes?: number;
  readonly keyFrameBytes?: number;
};

export type AudioShape = {
  readonly seconds: number;
  readonly track: AudioTrack;
  readonly startMs?: number;
  readonly frameBytes?: number;
};

/** A track of H.264; `width` makes configurations differ. */
export function testVideoTrack(
  options: { width?: number; frameRate?: number; number?: number } = {},
): VideoTrack {
  const { width = 1280, frameRate, number = 0 } = options;
  const config: AvcConfig = {
    kind: 'avc',
    record: Buffer.from(`0142c01fffe1000467${width.toString(16).padStart(4, '0')}c001000468ce3c80`, 'hex'),
    codecString: 'avc1.42c01f',
    lengthSize: 4,
    sps: {
      profileIdc: 66,
      levelIdc: 31,
      chromaFormat: 1,
      bitDepth: 8,
      width,
      height: 720,
      isInterlaced: false,
      ...(frameRate === undefined ? {} : { frameRate }),
    },
  };
  return videoTrack(config, number);
}

/** A track of AAC-LC; `sampleRate` makes configurations differ. */
export function testAudioTrack(sampleRate = 48_000, frameSamples = 1024, number = 0): AudioTrack {
  const rates = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
  ];
  const index = rates.indexOf(sampleRate);
  const bits = (2 << 11) | (index << 7) | (2 << 3) | (frameSamples === 960 ? 4 : 0);
  const config: AacConfig = {
    kind: 'aac',
    record: Buffer.from([bits >> 8, bits & 0xff]),
    codecString: 'mp4a.40.2',
    objectType: 2,
    sampleRate,
    outputSampleRate: sampleRate,
    channels: 2,
    frameSamples,
  };
  return audioTrack(config, number);
}

/** Frames at a constant rate with a key frame every `gopSeconds`. */
export function constantRate(fps: number, gopSeconds: number, seconds: number): VideoShape {
  return { seconds, stepsMs: [1000 / fps], gopFrames: [Math.max(Math.round(fps * gopSeconds), 1)] };
}

export function videoSamples(shape: VideoShape): Sample[] {
  const { stepsMs, gopFrames, jitterMs = [0], startMs = 0, compositionFrames = 0 } = shape;
  const samples: Sample[] = [];
  let timeMs = startMs;
  let lastMs = startMs - 1;
  let gop = 0;
  let untilKey = shape.startsInSync === false ? cycle(gopFrames, 0) : 0;
  for (let frame = 0; timeMs < startMs + shape.seconds * 1000; frame += 1) {
    const isSync = untilKey === 0;
    if (isSync) untilKey = cycle(gopFrames, gop++);
    untilKey -= 1;
    const ms = Math.max(Math.round(timeMs + cycle(jitterMs, frame)), lastMs + 1);
    lastMs = ms;
    const dts = ms * TICKS_PER_MS;
    const offsetMs = Math.round(compositionFrames * cycle(stepsMs, frame)) * (frame % 3 === 0 ? 1 : 0);
    const bytes = isSync ? (shape.keyFrameBytes ?? 400) : (shape.frameBytes ?? 100);
    const data = Buffer.alloc(bytes, frame & 0xff);
    samples.push({
      trackId: 'v0',
      kind: 'video',
      dts,
      pts: dts + offsetMs * TICKS_PER_MS,
      isSync,
      data,
      afterJump: false,
    });
    timeMs += cycle(stepsMs, frame);
  }
  return samples;
}

export function audioSamples(shape: AudioShape): Sample[] {
  const { track, startMs = 0, frameBytes = 20 } = shape;
  const { frameSamples } = track.config;
  const start = Math.round((startMs * track.timescale) / 1000);
  const count = Math.ceil((shape.seconds * track.timescale) / frameSamples);
  return Array.from({ length: count }, (_, frame) => {
    const dts = start + frame * frameSamples;
    return {
      trackId: 'a0',
      kind: 'audio',
      dts,
      pts: dts,
      isSync: true,
      data: Buffer.alloc(frameBytes, frame & 0xff),
      afterJump: false,
    };
  });
}

/** Seconds of a sample on its track's clock. */
export function timeOf(sample: Sample, audio?: AudioTrack): number {
  return sample.dts / (sample.kind === 'video' ? 90_000 : (audio?.timescale ?? 48_000));
}

/** In the order in which an encoder sends them; audio `aheadS` seconds before video of the same time. */
export function interleave(
  video: readonly Sample[],
  audio: readonly Sample[],
  track: AudioTrack,
  aheadS = 0,
): Sample[] {
  const order = (sample: Sample): number => timeOf(sample, track) - (sample.kind === 'audio' ? aheadS : 0);
  return [...video, ...audio].sort((left, right) => order(left) - order(right));
}

function cycle(values: readonly number[], at: number): number {
  return values[at % values.length] ?? 0;
}

/** The same samples as those of another track of their kind. */
export function asTrack(samples: readonly Sample[], number: number): Sample[] {
  return samples.map((sample) => ({ ...sample, trackId: trackIdOf(sample.kind, number) }));
}
