// Facts that raise each rule of the doctor, with what it says. Tests of the rules and of their words in other languages use it.
import type { Facts } from '../../../server/doctor/facts.ts';
import type { IssueSeverity } from '../../../server/stats/operator-message.ts';
import { GOOD, GOOD_PICTURES, withEncoder, withPictures, withSource } from './source-facts.ts';

const keys = (changed: Partial<typeof GOOD_PICTURES.keys>) => ({ ...GOOD_PICTURES.keys, ...changed });
export const LONG_GOP = keys({ count: 3, minMs: 8_300, maxMs: 8_300, meanMs: 8_300 });
const VARIED = keys({ minMs: 400, maxMs: 2_000, meanMs: 1_200, variation: 0.5, oddCount: 6 });

/** Facts that raise a rule, its severity, and what it says was measured. */
export const RAISED: readonly (readonly [
  code: string,
  facts: Facts,
  severity: IssueSeverity,
  observed: string,
])[] = [
  ['gopLong', withPictures({ keys: LONG_GOP }), 'error', 'up to 8.3 s'],
  ['gopLong', withPictures({ sinceKeyMs: 4_100 }), 'error', 'no key frame for 4.1 s'],
  ['gopLong', withPictures({ keys: keys({ maxMs: 3_000 }) }), 'info', 'up to 3.0 s'],
  ['gopShort', withPictures({ keys: keys({ meanMs: 250, minMs: 250, maxMs: 250 }) }), 'info', 'every 0.3 s'],
  ['gopVariable', withPictures({ keys: VARIED }), 'warning', 'from 0.4 s to 2.0 s'],
  [
    'openGop',
    withPictures({ openKeyFrames: 4, keys: keys({ maxMs: 4_000 }) }),
    'error',
    '4 open key frames in the last 30 s',
  ],
  [
    'openGop',
    withPictures({ recoveryPoints: 9, keys: keys({ count: 0 }), sinceKeyMs: 30_000 }),
    'error',
    'intra refresh in place of key frames',
  ],
  [
    'bFrames',
    withPictures({ reorderedShare: 0.5, maxOffsetMs: 66.7 }),
    'info',
    '50 % of the pictures, up to 67 ms later',
  ],
  ['bitrateUnstable', withPictures({ bpsVariation: 0.55 }), 'warning', '±55 % around 2500 kbit/s'],
  [
    'bitrateLow',
    withPictures({ bps: 400_000 }),
    'info',
    '400 kbit/s at 1280×720; at least 700 kbit/s look good',
  ],
  [
    'bitrateHigh',
    withPictures({ bps: 20_000_000 }),
    'info',
    '20.0 Mbit/s at 1280×720; 8000 kbit/s are enough',
  ],
  ['framesDropped', withPictures({ missingShare: 0.03 }), 'warning', '3.0 % are missing'],
  ['renderLag', withEncoder({ lagged: 27 }), 'warning', '3.0 % of the pictures were rendered late'],
  ['renderLag', withEncoder({ lagged: 180 }), 'error', '20 % of the pictures were rendered late'],
  ['encoderOverload', withEncoder({ skipped: 27 }), 'warning', '3.0 % of the pictures were skipped'],
  ['encoderOverload', withEncoder({ skipped: 9_000 }), 'error', '100 % of the pictures were skipped'],
  [
    'networkDrops',
    withEncoder({ dropped: 27 }, { pictures: { ...GOOD_PICTURES, missingShare: 0.03 } }),
    'warning',
    '3.0 % of the pictures were dropped',
  ],
  ['networkDrops', withEncoder({ dropped: 180 }), 'error', '20 % of the pictures were dropped'],
  [
    'framesDropped',
    withEncoder({}, { pictures: { ...GOOD_PICTURES, missingShare: 0.03 } }),
    'warning',
    '3.0 % are missing',
  ],
  [
    'resolutionChanged',
    withPictures({ sizeChange: { from: '1280×720', to: '640×360' } }),
    'info',
    '1280×720 → 640×360',
  ],
  [
    'metaMismatch',
    withPictures({ announced: { width: 1920, height: 1080 } }),
    'info',
    'announced 1920×1080, sent 1280×720',
  ],
  ['metaMismatch', withPictures({ announced: { frameRate: 60 } }), 'info', 'announced 60 fps, sent 30.0 fps'],
  [
    'videoStarved',
    withSource({ pace: { rate: 0.6, tolerance: 0.01, aheadMs: -4_000 } }),
    'error',
    '0.60 s of media in a second',
  ],
  [
    'fasterThanRealtime',
    withSource({ pace: { rate: 4, tolerance: 0.01, aheadMs: 20_000 } }),
    'error',
    '4.0 s of media in a second',
  ],
  [
    'avDrift',
    withSource({ avOffsetMs: -150 }),
    'warning',
    'timestamps of sound are 150 ms behind those of pictures',
  ],
  [
    'avDrift',
    withSource({ avOffsetMs: 700 }),
    'error',
    'timestamps of sound are 700 ms ahead of those of pictures',
  ],
  ['avDrift', withSource({ startOffsetMs: 700 }), 'warning', 'sound begins 700 ms after the pictures'],
  ['timestampJump', withSource({ clockJumps: 1 }), 'warning', '1 jump in the last 30 s'],
  [
    'timestampJump',
    withSource({ badTimestamps: 5 }),
    'warning',
    '5 timestamps do not advance in the last 30 s',
  ],
  ['noVideo', withSource({ pictures: undefined }), 'warning', 'no picture after 60 s'],
  [
    'noVideo',
    withSource({ pictures: undefined, isWithoutPictures: true }),
    'info',
    'no picture, as the encoder announced',
  ],
  ['noAudio', withSource({ sound: undefined }), 'info', 'no sound after 60 s'],
  ['codecUnsupported', withPictures({ chromaFormat: 3 }), 'error', 'H.264 with 8 bit 4:4:4'],
  ['codecUnsupported', withPictures({ bitDepth: 10 }), 'error', 'H.264 with 10 bit 4:2:0'],
  [
    'codecUnsupported',
    withSource({ pictures: undefined, leftOut: [['v0', 'unsupported_video_codec']] }),
    'error',
    'track v0 is not played: unsupported_video_codec',
  ],
  [
    'trackUnreadable',
    withSource({ sound: undefined, leftOut: [['a0', 'bad_aac_config']] }),
    'error',
    'track a0 is not played: bad_aac_config',
  ],
  [
    'codecReach',
    withPictures({ isInterlaced: true }),
    'info',
    'interlaced pictures: many hardware decoders show stripes or nothing',
  ],
  [
    'codecReach',
    withSource({ sound: { sampleRate: 48_000, channels: 2, objectType: 4 } }),
    'info',
    'AAC object type 4: most browsers play LC and HE only',
  ],
  [
    'audioRateOdd',
    withSource({ sound: { sampleRate: 96_000, channels: 1, objectType: 2 } }),
    'info',
    '96 kHz',
  ],
  [
    'audioChannels',
    withSource({ sound: { sampleRate: 48_000, channels: 6, objectType: 2 } }),
    'info',
    '6 channels',
  ],
  ['flapping', { ...GOOD, reconnects: 4 }, 'error', '4 times in 5 minutes'],
  ['viewersStalling', { ...GOOD, viewers: { stallingShare: 0.25 } }, 'warning', '25 % of the players'],
  ['noHttps', { ...GOOD, viewers: { plainAppleViewers: 1 } }, 'warning', '1 player over HTTP'],
  ['serverBusy', { ...GOOD, loopP99Ms: 80 }, 'error', '80 ms'],
];
