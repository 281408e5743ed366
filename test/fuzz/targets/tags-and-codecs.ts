// Tag bodies and FLV files (Adobe FLV 10.1, annex E), and the codecs' own bytes (ISO 14496-15 and -3, H.264).

import { readFileSync } from 'node:fs';
import { BitReader } from '../../../server/bytes/bit-reader.ts';
import { parseAacConfig } from '../../../server/codec/aac.ts';
import { parseAvcConfig } from '../../../server/codec/avc.ts';
import { MAX_NAL_UNITS } from '../../../server/codec/avc-nal.ts';
import { repairAccessUnit } from '../../../server/codec/avc-repair.ts';
import { parseSequenceParameters, type SequenceParameters } from '../../../server/codec/avc-sps.ts';
import { GatewayError } from '../../../server/errors.ts';
import { parseAudioTag, parseAudioTrack, writeAacTag } from '../../../server/flv/audio-tag.ts';
import type { ExTrack, Multitrack } from '../../../server/flv/ex-header.ts';
import { parseFlvFile } from '../../../server/flv/flv-file.ts';
import { parseVideoTag, parseVideoTrack, writeAvcTag } from '../../../server/flv/video-tag.ts';
import { audioTrack, videoTrack } from '../../../server/media/track.ts';
import { writeInitSegment } from '../../../server/mp4/init-segment.ts';
import { AAC_CONFIG_CASES, BAD_AAC_CONFIG_CASES } from '../../cases/aac-configs.ts';
import { ACCESS_UNIT_CASES, accessUnit, LENGTH_SIZES, walkAccessUnit } from '../../cases/access-units.ts';
import { AVC_CONFIG_CASES, BAD_AVC_CONFIG_CASES } from '../../cases/avc-configs.ts';
import { PLAIN_SPS, writeSps } from '../../cases/avc-sps-bits.ts';
import { MULTITRACK_BODIES } from '../../cases/multitrack.ts';
import { bucket, demand, type FuzzTarget, hexWords, textWords, variety } from '../fuzz-target.ts';
import { InputFeed } from '../input-feed.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
/** H.264 clause A.3.1: the longest side at any level. */
const MAX_SIDE_PIXELS = 16_880;

export const TINY_FLV: Buffer = readFileSync(new URL('../../cases/tiny.flv', import.meta.url));
/** From a whole file: two configurations, key frames and other frames, sound. */
const TINY_TAGS = parseFlvFile(TINY_FLV).filter(({ body }) => body.length < 4 * KIB);

const bodiesOf = (kind: 'audio' | 'video'): Buffer[] =>
  TINY_TAGS.filter((tag) => tag.kind === kind)
    .slice(0, 8)
    .map(({ body }) => body);

const audioTag: FuzzTarget = {
  name: 'audio-tag',
  seeds: () => [
    ...bodiesOf('audio'),
    ...MULTITRACK_BODIES,
    ...Array.from({ length: 16 }, (_, format) => Buffer.from([format << 4, 0, 0x12, 0x10])),
  ],
  dictionary: [
    ...hexWords('af00', 'af01', 'af02', '90', '94', '95', '9511', '9521', '000001'),
    ...textWords('Opus', 'fLaC', 'mp4a', 'ac-3'),
  ],
  maxInputBytes: 4 * KIB,
  maxAllocatedBytes: MIB,
  mayRefuse: true,
  run: (input) => {
    const tag = parseAudioTag(input);
    if (tag.kind === 'multitrack') return tracksIn(input, tag, parseAudioTrack);
    if (tag.kind === 'nothing') return tag.kind;
    const data = tag.kind === 'config' ? tag.record : tag.data;
    demand(
      data.length > 0 && data.length < input.length,
      () => `${data.length} bytes out of ${input.length}`,
    );
    const again = parseAudioTag(writeAacTag({ isConfig: tag.kind === 'config', data }));
    demand(
      JSON.stringify(again) === JSON.stringify(tag),
      () => 'the same tag, written again, is read differently',
    );
    return `${tag.kind} ${bucket(data.length)}`;
  },
};

const videoTag: FuzzTarget = {
  name: 'video-tag',
  seeds: () => [
    ...bodiesOf('video'),
    ...MULTITRACK_BODIES,
    ...Array.from({ length: 16 }, (_, codec) => Buffer.from([0x10 | codec, 1, 0, 0, 40, 1])),
    // Enhanced RTMP, cut after each field.
    ...[1, 2, 5, 8, 9].map((length) => Buffer.from('\x90hvc1\0\0\x28\x01', 'latin1').subarray(0, length)),
  ],
  dictionary: [
    ...hexWords('1700', '1701', '2701', '1702', '5700', '4701', 'ffffff', '800000', '9611', '9621', '000001'),
    ...textWords('hvc1', 'av01', 'vp09', 'avc1'),
  ],
  maxInputBytes: 4 * KIB,
  maxAllocatedBytes: MIB,
  mayRefuse: true,
  run: (input) => {
    const tag = parseVideoTag(input);
    if (tag.kind === 'multitrack') return tracksIn(input, tag, parseVideoTrack);
    if (tag.kind === 'nothing' || tag.kind === 'end-of-sequence') return tag.kind;
    const isConfig = tag.kind === 'config';
    const data = isConfig ? tag.record : tag.data;
    demand(
      data.length > 0 && data.length < input.length,
      () => `${data.length} bytes out of ${input.length}`,
    );
    const facts = isConfig
      ? { isKey: true, compositionMs: 0 }
      : { isKey: tag.isKey, compositionMs: tag.compositionMs };
    const again = parseVideoTag(writeAvcTag({ isConfig, data, ...facts }));
    demand(
      JSON.stringify(again) === JSON.stringify(tag),
      () => 'the same tag, written again, is read differently',
    );
    return `${tag.kind} ${facts.isKey} ${Math.sign(facts.compositionMs)} ${bucket(data.length)}`;
  },
};

/** Tracks share no bytes of their message, and each is read or refused separately. */
function tracksIn(
  input: Buffer,
  { tracks, damage }: Multitrack,
  read: (track: ExTrack) => { kind: string },
): string {
  const byteLength = tracks.reduce((sum, { data }) => sum + data.length, 0);
  demand(tracks.length > 0 && byteLength < input.length, () => `${byteLength} bytes out of ${input.length}`);
  const kinds = tracks.map((track) => {
    try {
      return read(track).kind;
    } catch (error) {
      demand(error instanceof GatewayError, () => `${error}`);
      return 'refused';
    }
  });
  return `${bucket(tracks.length)} ${damage === undefined} ${[...new Set(kinds)].sort().join(' ')}`;
}

const flvFile: FuzzTarget = {
  name: 'flv-file',
  seeds: () => [
    TINY_FLV.subarray(0, 8 * KIB),
    TINY_FLV.subarray(0, 200),
    Buffer.from('FLV\x01\x05\0\0\0\x09\0\0\0\0', 'latin1'),
  ],
  dictionary: [...textWords('FLV'), ...hexWords('00000009', 'ffffffff', '00000000', '08000000', '12', '32')],
  maxInputBytes: 16 * KIB,
  maxAllocatedBytes: 2 * MIB,
  mayRefuse: true,
  run: (input) => {
    const tags = parseFlvFile(input);
    let bytes = 0;
    for (const { timestamp, body } of tags) {
      bytes += body.length + 11;
      demand(timestamp >= 0 && timestamp <= 0xffff_ffff, () => `a timestamp of ${timestamp}`);
    }
    demand(bytes <= input.length, () => `tags of ${bytes} bytes in a file of ${input.length}`);
    return variety(tags.map(({ kind }) => kind));
  },
};

function checkParameters(sps: SequenceParameters): string {
  const { width, height, bitDepth, chromaFormat, frameRate } = sps;
  demand(
    width > 0 && width <= MAX_SIDE_PIXELS && height > 0 && height <= MAX_SIDE_PIXELS,
    () => `${width} × ${height} pixels`,
  );
  demand(Number.isInteger(width) && Number.isInteger(height), () => `${width} × ${height} pixels`);
  demand(
    bitDepth >= 8 && bitDepth <= 14 && chromaFormat >= 0 && chromaFormat <= 3,
    () => `${bitDepth} bits, chroma ${chromaFormat}`,
  );
  demand(
    frameRate === undefined || (frameRate > 0 && Number.isFinite(frameRate)),
    () => `${frameRate} frames a second`,
  );
  return `${width > height} ${bitDepth} ${chromaFormat} ${sps.isInterlaced} ${frameRate !== undefined}`;
}

const avcConfig: FuzzTarget = {
  name: 'avc-config',
  seeds: () => [
    ...AVC_CONFIG_CASES.map(({ record }) => record),
    ...BAD_AVC_CONFIG_CASES.map(({ hex }) => Buffer.from(hex, 'hex')),
  ],
  dictionary: hexWords(
    '01640028ffe1',
    '0142c01e',
    'e0',
    'e1',
    'ff',
    '67',
    '68',
    'fdf8f800',
    '0000',
    'ffff',
    '000003',
  ),
  maxInputBytes: 2 * KIB,
  maxAllocatedBytes: MIB,
  mayRefuse: true,
  run: (input) => {
    const config = parseAvcConfig(input);
    if (input[0] === 1 && !input.includes('000001', 0, 'hex'))
      demand(isCopy(config.record, input), () => 'the record is not a copy of what came');
    demand(/^avc1\.[0-9a-f]{6}$/.test(config.codecString), () => config.codecString);
    demand([1, 2, 4].includes(config.lengthSize), () => `lengths of ${config.lengthSize} bytes`);
    checkInit(writeInitSegment([videoTrack(config)]), config.record);
    return `${config.lengthSize} ${checkParameters(config.sps)}`;
  },
};

/** Small buffers share one pool's memory: only the bytes themselves must be separate. */
function isCopy(copy: Buffer, original: Buffer): boolean {
  const isApart =
    copy.buffer !== original.buffer ||
    copy.byteOffset + copy.length <= original.byteOffset ||
    original.byteOffset + original.length <= copy.byteOffset;
  return isApart && copy.equals(original);
}

/** An accepted configuration must produce an init segment that contains the unchanged record. */
function checkInit(init: Buffer, record: Buffer): void {
  demand(init.toString('latin1', 4, 8) === 'ftyp', () => 'an init segment without ftyp');
  demand(init.includes(record), () => 'the init segment does not hold the record');
}

const avcSps: FuzzTarget = {
  name: 'avc-sps',
  seeds: () => [...AVC_CONFIG_CASES.map(({ spsNal }) => spsNal), writeSps(PLAIN_SPS)],
  dictionary: hexWords('67', '42', '64', '000003', 'ffff', '80', '0000', '000000000000', 'f4', '7a'),
  maxInputBytes: 2 * KIB,
  maxAllocatedBytes: MIB,
  mayRefuse: true,
  run: (input) => checkParameters(parseSequenceParameters(input)),
};

const aacConfig: FuzzTarget = {
  name: 'aac-config',
  seeds: () => [...AAC_CONFIG_CASES, ...BAD_AAC_CONFIG_CASES].map(({ record }) => record),
  dictionary: hexWords(
    '1210',
    '1190',
    '56e5',
    '56e500',
    '56e598',
    'a54880',
    'f8',
    'ff',
    '1180',
    'eb8a',
    '2b',
  ),
  maxInputBytes: 300,
  maxAllocatedBytes: MIB,
  mayRefuse: true,
  run: (input) => {
    const config = parseAacConfig(input);
    const { sampleRate, outputSampleRate, channels, frameSamples, objectType } = config;
    demand(isCopy(config.record, input), () => 'the record is not a copy of what came');
    for (const rate of [sampleRate, outputSampleRate])
      demand(rate >= 1_000 && rate <= 192_000, () => `${rate} Hz`);
    demand(channels > 0 && channels <= 93, () => `${channels} channels`);
    demand(frameSamples === 1_024 || frameSamples === 960, () => `frames of ${frameSamples} samples`);
    demand(/^mp4a\.40\.\d{1,2}$/.test(config.codecString), () => config.codecString);
    checkInit(writeInitSegment([audioTrack(config)]), config.record);
    return `${objectType} ${config.codecString} ${bucket(sampleRate)} ${bucket(channels)} ${frameSamples}`;
  },
};

const accessUnits: FuzzTarget = {
  name: 'access-unit',
  seeds: () =>
    LENGTH_SIZES.flatMap((size) => [
      ...ACCESS_UNIT_CASES.map(({ nalUnits }) =>
        Buffer.concat([Buffer.from([size - 1]), accessUnit(size, nalUnits)]),
      ),
      Buffer.concat([
        Buffer.from([size - 1]),
        ...Array(MAX_NAL_UNITS + 1).fill(accessUnit(size, [Buffer.from([0x41])])),
      ]),
      Buffer.concat([Buffer.from([size - 1]), Buffer.from('0000000109f00000000165', 'hex')]),
    ]),
  dictionary: hexWords(
    '00000000',
    'ffffffff',
    '00000001',
    '65',
    '0165',
    '000165',
    '0000000165',
    '7fffffff',
    '80000000',
  ),
  maxInputBytes: 24 * KIB,
  maxAllocatedBytes: 2 * MIB,
  mayRefuse: false,
  run: (input) => {
    const lengthSize = [1, 2, 4, 4][(input[0] ?? 0) % 4] ?? 4;
    const body = input.subarray(1);
    const facts = walkAccessUnit(body, lengthSize);
    const types = nalTypes(body, lengthSize);
    // Even when the lengths add up, there may be start codes after them: such bodies are repaired, not read by length.
    demand(facts === undefined || types !== undefined, () => 'taken wrongly');
    const mended = repairAccessUnit(body, lengthSize);
    if (mended !== undefined) {
      demand(walkAccessUnit(mended.data, lengthSize) !== undefined, () => 'mended into what is to be mended');
      const again = repairAccessUnit(mended.data, lengthSize)?.data.toString('hex');
      demand(again === mended.data.toString('hex'), () => `mended again into ${again}`);
    }
    demand(facts === undefined || facts.isIdr === types?.includes(5), () => `IDR: ${facts?.isIdr}`);
    return `${facts?.isIdr} ${variety(types ?? [])}`;
  },
};

/** A second implementation of the same clause, one byte of a length at a time. MAX_NAL_UNITS is for one picture, so it is not counted here. */
function nalTypes(body: Buffer, lengthSize: number): number[] | undefined {
  const types: number[] = [];
  for (let at = 0; at < body.length; ) {
    if (at + lengthSize > body.length) return undefined;
    let length = 0;
    for (let index = 0; index < lengthSize; index += 1) length = length * 256 + (body[at + index] ?? 0);
    at += lengthSize;
    if (length === 0 || at + length > body.length) return undefined;
    types.push((body[at] ?? 0) & 31);
    at += length;
  }
  return types.length === 0 ? undefined : types;
}

/** A bit reader over a text of ones and zeros, to compare with the real one. */
class SlowBits {
  readonly #bits: string;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  }

  get remaining(): number {
    return this.#bits.length - this.#at;
  }

  bits(count: number): number | string {
    if (count > this.remaining) return 'truncated';
    const taken = this.#bits.slice(this.#at, this.#at + count);
    this.#at += count;
    return taken === '' ? 0 : Number.parseInt(taken, 2);
  }

  ue(): number | string {
    const zeros = this.#bits.slice(this.#at).indexOf('1');
    if (zeros > 31 || (zeros === -1 && this.remaining > 31)) return 'bad_exp_golomb';
    if (zeros === -1) return 'truncated';
    this.#at += zeros + 1;
    const suffix = this.bits(zeros);
    return typeof suffix === 'string' ? suffix : 2 ** zeros - 1 + suffix;
  }

  se(): number | string {
    const code = this.ue();
    if (typeof code === 'string') return code;
    return code % 2 === 0 ? 0 - code / 2 : (code + 1) / 2;
  }
}

const BIT_OPERATIONS = [
  (bits: BitReader, slow: SlowBits, count: number) => [outcome(() => bits.bits(count)), slow.bits(count)],
  (bits: BitReader, slow: SlowBits) => [outcome(() => (bits.flag() ? 1 : 0)), slow.bits(1)],
  (bits: BitReader, slow: SlowBits) => [outcome(() => bits.ue()), slow.ue()],
  (bits: BitReader, slow: SlowBits) => [outcome(() => bits.se()), slow.se()],
  (bits: BitReader, slow: SlowBits, count: number) => {
    const skipped = slow.bits(count);
    return [outcome(() => bits.skip(count) ?? 0), typeof skipped === 'string' ? skipped : 0];
  },
] as const;

function outcome(read: () => number): number | string {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return error.code;
  }
}

/** An input of this target: the number of operations, the operations, the bits. */
const bitReader: FuzzTarget = {
  name: 'bit-reader',
  seeds: () => [
    Buffer.from([5, 0, 8, 0, 3, 1, 0, 2, 0, 3, 0, 0xab, 0xcd, 0x5f, 0x01]),
    Buffer.from([
      4, 0, 32, 0, 32, 2, 0, 4, 33, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4, 0, 0, 0, 0, 0x80, 0, 0, 0, 0,
    ]),
    Buffer.from([3, 2, 0, 3, 0, 2, 0, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1]),
  ],
  dictionary: hexWords('00000000', '00000001', 'ffffffff', '0000000000', '0020', '021f'),
  maxInputBytes: 256,
  maxAllocatedBytes: MIB,
  mayRefuse: false,
  run: (input) => {
    const feed = new InputFeed(input);
    const operations = Array.from({ length: feed.u8() % 32 }, () => ({
      operate: feed.pick(BIT_OPERATIONS),
      count: feed.u8() % 33,
    }));
    const bytes = feed.rest();
    const bits = new BitReader(bytes, 'test');
    const slow = new SlowBits(bytes);
    for (const { operate, count } of operations) {
      const [found, expected] = operate(bits, slow, count);
      demand(Object.is(found, expected), () => `${found} where ${expected} is`);
      if (typeof found === 'string') return found;
      demand(bits.remaining === slow.remaining, () => `${bits.remaining} bits left, not ${slow.remaining}`);
    }
    return `${bucket(operations.length)}`;
  },
};

export const TAG_TARGETS: readonly FuzzTarget[] = [audioTag, videoTag, flvFile];
export const CODEC_TARGETS: readonly FuzzTarget[] = [avcConfig, avcSps, aacConfig, accessUnits, bitReader];
