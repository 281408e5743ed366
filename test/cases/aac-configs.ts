// AudioSpecificConfigs (ISO 14496-3 clause 1.6.2.1): from FFmpeg's encoder where it can write them, otherwise made by
// hand. Used by the tests of the parsers, the init segment and the tags.

import { BitString } from './bit-string.ts';

export type AacConfigCase = {
  readonly name: string;
  readonly record: Buffer;
  readonly codecString: string;
  readonly objectType: number;
  /** Hertz of the core coder and of the output. */
  readonly rates: readonly [core: number, output: number];
  readonly channels: number;
  readonly frameSamples: number;
};

const config = (
  name: string,
  bytes: string | BitString,
  rates: AacConfigCase['rates'],
  channels: number,
  other: Partial<Pick<AacConfigCase, 'codecString' | 'objectType' | 'frameSamples'>> = {},
): AacConfigCase => ({
  name,
  record: typeof bytes === 'string' ? Buffer.from(bytes, 'hex') : bytes.toBytes(),
  codecString: 'mp4a.40.2',
  objectType: 2,
  rates,
  channels,
  frameSamples: 1_024,
  ...other,
});

/** Object type, sampling frequency index, channel configuration. */
const head = (objectType: number, rateIndex: number, channelConfiguration: number) =>
  new BitString().bits(objectType, 5).bits(rateIndex, 4).bits(channelConfiguration, 4);

/** A rate without an index is written after index 15. */
const writtenRate = (bits: BitString, rate: number) => bits.bits(15, 4).bits(rate, 24);

/** syncExtensionType, object type 5, sbrPresentFlag, 48 kHz. */
const sbrBehind = (bits: BitString) => bits.bits(0x2b7, 11).bits(5, 5).flag(true).bits(3, 4);

/** 24 kHz: centre, two pairs, one LFE; two data and nine coupling elements; all mixdowns; a comment. */
function programConfigWithCoupling(): BitString {
  const bits = head(2, 6, 0).bits(0, 3).bits(0, 4).bits(1, 2).bits(6, 4);
  bits.bits(2, 4).bits(0, 4).bits(1, 4).bits(1, 2).bits(2, 3).bits(9, 4);
  bits.flag(true).bits(0, 4).flag(true).bits(0, 4).flag(true).bits(0, 3);
  for (const isPair of [false, true, true]) bits.flag(isPair).bits(0, 4);
  bits.bits(0, 4);
  for (let data = 0; data < 2; data += 1) bits.bits(0xf, 4);
  for (let coupling = 0; coupling < 9; coupling += 1) bits.bits(0x1f, 5);
  bits.bits(0, (8 - (bits.length % 8)) % 8);
  return bits.bits(2, 8).bits(0x6869, 16);
}

const SBR = { codecString: 'mp4a.40.5' };
const PS = { codecString: 'mp4a.40.29' };

export const AAC_CONFIG_CASES: readonly AacConfigCase[] = [
  config('LC mono 22.05 kHz', '138856e500', [22_050, 22_050], 1),
  config('LC mono 8 kHz', '158856e500', [8_000, 8_000], 1),
  config('LC stereo 32 kHz', '129056e500', [32_000, 32_000], 2),
  config('LC stereo 44.1 kHz', '121056e500', [44_100, 44_100], 2),
  config('LC stereo 48 kHz', '119056e500', [48_000, 48_000], 2),
  config('LC stereo 96 kHz', '101056e500', [96_000, 96_000], 2),
  config('LC stereo in the two bytes that OBS sends', '1190', [48_000, 48_000], 2),
  config('LC stereo 7.35 kHz', head(2, 12, 2).bits(0, 3), [7_350, 7_350], 2),
  config('LC 4.0', '11a056e500', [48_000, 48_000], 4),
  config('LC 5.0', '11a856e500', [48_000, 48_000], 5),
  config('LC 5.1', '11b056e500', [48_000, 48_000], 6),
  config('LC 7.1', '11b856e500', [48_000, 48_000], 8),
  config('LC 6.1 as channel configuration 11', head(2, 3, 11).bits(0, 3), [48_000, 48_000], 7),
  config('LC 7.1 as channel configuration 12', head(2, 3, 12).bits(0, 3), [48_000, 48_000], 8),
  config(
    'LC 7.1 with top speakers as channel configuration 14',
    head(2, 3, 14).bits(0, 3),
    [48_000, 48_000],
    8,
  ),
  config('Main stereo', head(1, 4, 2).bits(0, 3), [44_100, 44_100], 2, {
    codecString: 'mp4a.40.1',
    objectType: 1,
  }),
  config(
    'LC with a written rate',
    writtenRate(new BitString().bits(2, 5), 44_056).bits(2, 4).bits(0, 3),
    [44_056, 44_056],
    2,
  ),
  config('LC with frames of 960 samples', head(2, 3, 2).bits(0b100, 3), [48_000, 48_000], 2, {
    frameSamples: 960,
  }),
  config(
    'LC that depends on a core coder',
    head(2, 3, 2).bits(0b01, 2).bits(1_000, 14).bits(0, 1),
    [48_000, 48_000],
    2,
  ),
  config(
    'LC 2.1 with a program config element',
    '118004c4010020000d4c61766335392e33372e31303056e500',
    [48_000, 48_000],
    3,
  ),
  config(
    'LC 2.2 (quadro) with a program config element',
    '118004c4040021100d4c61766335392e33372e31303056e500',
    [48_000, 48_000],
    4,
  ),
  config(
    'LC hexagonal with a program config element',
    '118004c808002008840d4c61766335392e33372e31303056e500',
    [48_000, 48_000],
    6,
  ),
  config(
    'LC 6.1 with a program config element',
    '118004c848002000c4400d4c61766335392e33372e31303056e500',
    [48_000, 48_000],
    7,
  ),
  config(
    'LC octagonal with a program config element',
    '118004c848002008c8200d4c61766335392e33372e31303056e500',
    [48_000, 48_000],
    8,
  ),
  config(
    'SBR announced before the core',
    head(5, 6, 2).bits(3, 4).bits(2, 5).bits(0, 3),
    [24_000, 48_000],
    2,
    SBR,
  ),
  config('SBR at 44.1 kHz', head(5, 7, 2).bits(4, 4).bits(2, 5).bits(0, 3), [22_050, 44_100], 2, SBR),
  config(
    'SBR with a written output rate',
    writtenRate(head(5, 7, 2), 44_100)
      .bits(2, 5)
      .bits(0, 3),
    [22_050, 44_100],
    2,
    SBR,
  ),
  config(
    'SBR that does not double the rate',
    head(5, 3, 2).bits(3, 4).bits(2, 5).bits(0, 3),
    [48_000, 48_000],
    2,
    SBR,
  ),
  config(
    'parametric stereo announced before the core',
    head(29, 6, 1).bits(3, 4).bits(2, 5).bits(0, 3),
    [24_000, 48_000],
    2,
    PS,
  ),
  config('SBR announced behind the core', '131056e598', [24_000, 48_000], 2, SBR),
  config('SBR at 44.1 kHz behind the core', '139056e5a0', [22_050, 44_100], 2, SBR),
  config('parametric stereo announced behind the core', '138856e5a54880', [22_050, 44_100], 2, PS),
  config(
    'SBR behind a config that depends on a core coder',
    sbrBehind(head(2, 6, 2).bits(0b01, 2).bits(1_000, 14).bits(0, 1)),
    [24_000, 48_000],
    2,
    SBR,
  ),
  config(
    'SBR behind a config that calls itself extended',
    sbrBehind(head(2, 6, 2).bits(0b001, 3).bits(0, 1)),
    [24_000, 48_000],
    2,
    SBR,
  ),
  config(
    'SBR behind a program config element with data and coupling channels',
    sbrBehind(programConfigWithCoupling()),
    [24_000, 48_000],
    6,
    SBR,
  ),
  config(
    'SBR behind a program config element',
    '130004c4010020000d4c61766335392e33372e31303056e598',
    [24_000, 48_000],
    3,
    SBR,
  ),
];

/** The case with that name. */
export function aacConfigCase(name: string): AacConfigCase {
  const found = AAC_CONFIG_CASES.find((each) => each.name === name);
  if (found === undefined) throw new RangeError(`no AAC configuration is named ${name}`);
  return found;
}

export const AAC_44100 = aacConfigCase('LC stereo 44.1 kHz');
export const AAC_48000 = aacConfigCase('LC stereo 48 kHz');

export type BadAacConfigCase = { readonly name: string; readonly record: Buffer; readonly code: string };

const bad = (name: string, bits: BitString, code = 'bad_aac_config'): BadAacConfigCase => ({
  name,
  record: bits.toBytes(),
  code,
});
const UNSUPPORTED = 'unsupported_audio_object_type';
/** An object type above 31 follows an escape. */
const escaped = (objectType: number) => new BitString().bits(31, 5).bits(objectType - 32, 6);

export const BAD_AAC_CONFIG_CASES: readonly BadAacConfigCase[] = [
  bad('nothing', new BitString(), 'truncated'),
  bad('one byte', new BitString().bits(0x12, 8), 'truncated'),
  bad('reserved rate index 13', head(2, 13, 2).bits(0, 3)),
  bad('reserved rate index 14', head(2, 14, 2).bits(0, 3)),
  bad('reserved output rate index', head(5, 6, 2).bits(13, 4).bits(2, 5).bits(0, 3)),
  bad('a written rate of nothing', writtenRate(new BitString().bits(2, 5), 0).bits(2, 4).bits(0, 3)),
  bad('a written rate of 999 Hz', writtenRate(new BitString().bits(2, 5), 999).bits(2, 4).bits(0, 3)),
  bad('a written rate of 16.7 MHz', writtenRate(new BitString().bits(2, 5), 0xff_ffff).bits(2, 4).bits(0, 3)),
  ...[8, 9, 10, 13, 15].map((reserved) =>
    bad(`reserved channel configuration ${reserved}`, head(2, 3, reserved).bits(0, 3)),
  ),
  bad('a program config element of no channels', head(2, 3, 0).bits(0, 3).bits(0, 48)),
  bad('a program config element that is cut off', head(2, 3, 0).bits(0, 3).bits(0, 8), 'truncated'),
  bad('257 bytes', head(2, 3, 2).bits(0, 257 * 8 - 13)),
  ...[0, 5, 8, 17, 23, 29, 30].map((objectType) =>
    bad(
      `object type ${objectType} as core`,
      head(5, 6, 2).bits(3, 4).bits(objectType, 5).bits(0, 16),
      UNSUPPORTED,
    ),
  ),
  bad('MPEG-1 layer 3', escaped(34).bits(4, 4).bits(2, 4).bits(0, 16), UNSUPPORTED),
  bad('xHE-AAC (USAC)', escaped(42).bits(3, 4).bits(2, 4).bits(0, 16), UNSUPPORTED),
  bad('CELP', head(8, 8, 1).bits(0, 16), UNSUPPORTED),
  bad('low delay', head(23, 3, 2).bits(0, 16), UNSUPPORTED),
];
