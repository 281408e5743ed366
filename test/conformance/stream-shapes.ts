// Shapes of streams from encoders: frame rates, key-frame distances, tracks. The pictures are small, because only timing
// matters.
import type { SourceOptions } from '../support/ffmpeg.ts';

export type StreamShape = {
  readonly name: string;
  readonly source: SourceOptions;
  /** How long the whole matrix follows it; long enough to show its special feature. */
  readonly seconds: number;
  /** It is part of every test run, for a shorter time. */
  readonly isInGate: boolean;
};

const SIZE = '160x90';
/** Key frames only where the shape has them. */
const NO_SCENE_CUTS = 'scenecut=0';
const FRAME_RATES: readonly (readonly [string, number | string, number])[] = [
  ['23.976 fps', '24000/1001', 48],
  ['24 fps', 24, 48],
  ['25 fps', 25, 50],
  ['29.97 fps', '30000/1001', 60],
  ['30 fps', 30, 60],
  ['50 fps', 50, 100],
  ['59.94 fps', '60000/1001', 120],
  ['60 fps', 60, 120],
  ['120 fps', 120, 240],
];
const GATE_RATES = ['23.976 fps', '29.97 fps', '50 fps', '120 fps'];

export const STREAM_SHAPES: readonly StreamShape[] = [
  ...FRAME_RATES.map(([name, rate, gop]) => shape(name, small({ rate, gop }), GATE_RATES.includes(name))),
  shape(
    'variable frame rate',
    { ...small({ rate: 30, gop: 60 }), extraArgs: vfr('not(eq(mod(n,7),2)+eq(mod(n,11),5))') },
    true,
  ),
  shape(
    'pictures of 33 to 500 ms',
    { ...small({ rate: 30, gop: 60 }), extraArgs: vfr('lt(mod(n,60),30)+eq(mod(n,15),0)') },
    false,
  ),
  shape('2 fps', small({ rate: 2, gop: 4 }), false),
  shape('2 fps, video only', { ...small({ rate: 2, gop: 4 }), audio: null }, false),
  shape(
    'pictures of 300 to 700 ms',
    { ...small({ rate: 10, gop: 4 }), extraArgs: vfr('not(mod(n,15))+not(mod(n-3,15))+not(mod(n-10,15))') },
    false,
  ),
  shape(
    'pictures of 300 to 700 ms, video only',
    {
      ...small({ rate: 10, gop: 4 }),
      audio: null,
      extraArgs: vfr('not(mod(n,15))+not(mod(n-3,15))+not(mod(n-10,15))'),
    },
    false,
  ),
  shape(
    'a picture every 4 s',
    {
      ...small({ rate: '1/4', gop: 1, x264: 'scenecut=0:threads=1:rc-lookahead=0:sync-lookahead=0' }),
      // ffmpeg would send the sound ahead of rare pictures.
      extraArgs: ['-max_interleave_delta', '0'],
    },
    false,
    35,
  ),
  shape('audio only', { video: null, audio: {} }, true),
  shape('audio only, 44.1 kHz', { video: null, audio: { rate: 44_100, channels: 2 } }, false),
  shape('video only', { ...small({ rate: 25, gop: 50 }), audio: null }, true),
  shape('B-frames', small({ rate: 30, gop: 60, bframes: 3, preset: 'veryfast' }), true),
  shape('key frames every 0.5 s', small({ rate: 30, gop: 15 }), true),
  shape('key frames every 2.5 s', small({ rate: 24, gop: 60 }), false),
  shape('key frames every 10 s', small({ rate: 30, gop: 300 }), false, 35),
  shape('key frames every 60 s', small({ rate: 30, gop: 1_800 }), false, 75),
  shape(
    'key frames at changing distances',
    {
      ...small({ rate: 30, gop: 1_000 }),
      extraArgs: ['-force_key_frames', '0,0.4,1.9,2.1,5.5,5.8,9,9.3,10.9,13,13.5,19,20,21,22.4,27,30'],
    },
    true,
  ),
  shape(
    '44.1 kHz and 25 fps',
    { ...small({ rate: 25, gop: 50 }), audio: { rate: 44_100, channels: 2 } },
    false,
  ),
  shape('22.05 kHz mono', { ...small({ rate: 30, gop: 60 }), audio: { rate: 22_050, channels: 1 } }, false),
];

function shape(name: string, source: SourceOptions, isInGate: boolean, seconds = 20): StreamShape {
  return { name, source, seconds, isInGate };
}

function small(video: NonNullable<SourceOptions['video']>): SourceOptions {
  const plain = { size: SIZE, preset: 'ultrafast', bitrateKbps: 150, x264: NO_SCENE_CUTS };
  return { video: { ...plain, ...video }, audio: { bitrateKbps: 48 } };
}

/** Drops frames and keeps the times of the others. */
function vfr(select: string): string[] {
  return ['-vf', `select='${select}'`, '-vsync', 'vfr'];
}
