// AVCDecoderConfigurationRecords of libx264 (through FFmpeg 5.1), with ffprobe's facts about the same streams. Used by
// the tests of the parsers, the init segment and the tags.

import type { SequenceParameters } from '../../server/codec/avc-sps.ts';

export type AvcConfigCase = {
  readonly name: string;
  readonly record: Buffer;
  /** The SPS in the record, its NAL header included. */
  readonly spsNal: Buffer;
  readonly sps: SequenceParameters & { readonly frameRate: number };
};

const CHROMA_FORMATS = ['4:0:0', '4:2:0', '4:2:2', '4:4:4'];

/**
 * Name; profile_idc, level_idc, chroma, bit depth, size, scan, frame rate; the record: version, profile, constraints,
 * level, length size, one SPS, one PPS, and the tail of High profiles.
 */
const ROWS: readonly (readonly [name: string, facts: string, record: string])[] = [
  [
    '1920x1080 High, cropped by 8 lines',
    '100 40 4:2:0 8 1920x1080 progressive 30',
    '01640028ffe1001b67640028acd940780227e5c044000003000400000300f03c60c65801000468ef8fcbfdf8f800',
  ],
  [
    '1280x720 Main at 25',
    '77 31 4:2:0 8 1280x720 progressive 25',
    '014d401fffe10019674d401feca02802dd80880000030008000003019078c18cb001000468ef8fc8',
  ],
  [
    '640x360 Constrained Baseline, cropped by 8 lines',
    '66 30 4:2:0 8 640x360 progressive 30',
    '0142c01effe100196742c01eda0280bfe5c044000003000400000300f03c58ba8001000468ce0fc8',
  ],
  [
    '854x480, cropped on the right',
    '100 31 4:2:0 8 854x480 progressive 30',
    '0164001fffe1001a6764001facd940d83de6f0110000030001000003003c0f18319601000468ef8fcbfdf8f800',
  ],
  [
    '426x240 at 15',
    '100 21 4:2:0 8 426x240 progressive 15',
    '01640015ffe1001a67640015acd941b1fe4f0110000003001000000301e0f162d96001000468ef8fcbfdf8f800',
  ],
  [
    '1366x768 at 60',
    '100 42 4:2:0 8 1366x768 progressive 60',
    '0164002affe1001a6764002aacd94056061e6f0110000003001000000780f183196001000468ef8fcbfdf8f800',
  ],
  [
    '1080x1920 upright',
    '100 40 4:2:0 8 1080x1920 progressive 30',
    '01640028ffe1001b67640028acd9404403c797c044000003000400000300f03c60c65801000468ef8fcbfdf8f800',
  ],
  [
    '3840x2160 at 60',
    '100 52 4:2:0 8 3840x2160 progressive 60',
    '01640034ffe1001a67640034acd9403c0043ec0440000003004000001e03c60c658001000468ef8fcbfdf8f800',
  ],
  [
    '7680x4320',
    '100 60 4:2:0 8 7680x4320 progressive 30',
    '0164003cffe1001c6764003cacd9401e000876c044000003000400000300f03c2010658001000468ef8fcbfdf8f800',
  ],
  [
    '16x16',
    '100 10 4:2:0 8 16x16 progressive 30',
    '0164000affe100176764000aacd95ec044000003000400000300f03c48965801000468ef8fcbfdf8f800',
  ],
  [
    '18x34, nearly all of two macroblocks cropped',
    '100 10 4:2:0 8 18x34 progressive 30',
    '0164000affe100196764000aacd949f8888c0440000003004000000f03c489658001000468ef8fcbfdf8f800',
  ],
  [
    '1920x1080 at 23.976',
    '100 40 4:2:0 8 1920x1080 progressive 24000/1001',
    '01640028ffe1001967640028acd940780227e5c04400000fa40002ee003c60c65801000468ef8fcbfdf8f800',
  ],
  [
    '1280x720 at 29.97',
    '100 31 4:2:0 8 1280x720 progressive 30000/1001',
    '0164001fffe100186764001facd9405005bb011000003e90000ea600f183196001000468ef8fcbfdf8f800',
  ],
  [
    '1280x720 at 50',
    '100 32 4:2:0 8 1280x720 progressive 50',
    '01640020ffe1001967640020acd9405005bb0110000003001000000640f183196001000468ef8fcbfdf8f800',
  ],
  [
    '1280x720 at 59.94',
    '100 32 4:2:0 8 1280x720 progressive 60000/1001',
    '01640020ffe1001867640020acd9405005bb011000003e90001d4c00f183196001000468ef8fcbfdf8f800',
  ],
  [
    '1280x720 at 24',
    '100 31 4:2:0 8 1280x720 progressive 24',
    '0164001fffe1001a6764001facd9405005bb011000000300100000030300f183196001000468ef8fcbfdf8f800',
  ],
  [
    '1280x720 at 120',
    '100 42 4:2:0 8 1280x720 progressive 120',
    '0164002affe100196764002aacd9405005bb0110000003001000000f00f183196001000468ef8fcbfdf8f800',
  ],
  [
    '320x180 at one frame a second',
    '100 12 4:2:0 8 320x180 progressive 1',
    '0164000cffe1001a6764000cacd941419f9f011000000300100000030020f142996001000468ef8fcbfdf8f800',
  ],
  [
    '1920x1080 interlaced (MBAFF)',
    '100 40 4:2:0 8 1920x1080 interlaced 25',
    '01640028ffe1001a67640028acd94078044fde0220000003002000000643e2c5b2c001000468fe8fcbfdf8f800',
  ],
  [
    '720x576 interlaced, top field first',
    '100 30 4:2:0 8 720x576 interlaced 25',
    '0164001effe100186764001eacd940b424d8088000000300800000190f8a14cb01000468fe8fcbfdf8f800',
  ],
  [
    '720x480 interlaced, bottom field first, 29.97',
    '100 30 4:2:0 8 720x480 interlaced 30000/1001',
    '0164001effe100176764001eacd940b47b6022000007d20001d4c03e28532c01000468fe8fcbfdf8f800',
  ],
  [
    '1920x1080 progressive in a stream that may hold fields',
    '100 40 4:2:0 8 1920x1080 interlaced 25',
    '01640028ffe1001a67640028acd940780447de0220000003002000000641e30632c001000468ef8fcbfdf8f800',
  ],
  [
    '1920x1080 4:2:2',
    '122 40 4:2:2 8 1920x1080 progressive 30',
    '017a0028ffe1001b677a0028bcd940780227e270110000030001000003003c0f18319601000468ef8fcbfef8f800',
  ],
  [
    '1920x1080 4:2:2 interlaced 10 bit',
    '122 40 4:2:2 10 1920x1080 interlaced 25',
    '017a0028ffe1001a677a0028b6cd94078044fcb8088000000300800000190f8b16cb01000468fe8fcbfefafa00',
  ],
  [
    '1920x1080 4:4:4',
    '244 40 4:4:4 8 1920x1080 progressive 30',
    '01f40028ffe1001b67f40028919b280f0044fc4e0220000003002000000781e30632c001000668ef8f192190fff8f800',
  ],
  [
    '34x16 4:4:4',
    '244 10 4:4:4 8 34x16 progressive 30',
    '01f4000affe1001967f4000a919b29fc7f8088000003000800000301e078912cb001000668ef8f192190fff8f800',
  ],
  [
    '1280x720 10 bit',
    '110 31 4:2:0 10 1280x720 progressive 30',
    '016e001fffe1001a676e001fa6cd9405005bb0110000030001000003003c0f18319601000468ef8fcbfdfafa00',
  ],
  [
    '1280x720 4:4:4 10 bit',
    '244 31 4:4:4 10 1280x720 progressive 30',
    '01f4001fffe1001a67f4001f90d9b280a00b760220000003002000000781e30632c001000668ef8f192190fffafa00',
  ],
  [
    '640x360 monochrome',
    '100 30 4:0:0 8 640x360 progressive 30',
    '0164001effe1001b6764001ef3650280bfe27016c8000003000800000301e078b16cb001000468ef8fcbfcf8f800',
  ],
  [
    '720x576 anamorphic with a written sample aspect ratio',
    '100 30 4:2:0 8 720x576 progressive 25 47:33',
    '0164001effe1001d6764001eacd940b4126ffc00bc008440000003004000000c83c58b658001000468ef8fcbfdf8f800',
  ],
  [
    '720x576 anamorphic 16:11',
    '100 30 4:2:0 8 720x576 progressive 25 16:11',
    '0164001effe100196764001eacd940b4126c1040000003004000000c83c58b658001000468ef8fcbfdf8f800',
  ],
  [
    '1280x720 with colour description and full range',
    '100 31 4:2:0 8 1280x720 progressive 30',
    '0164001fffe1001c6764001facd9405005bb016e02020280000003008000001e078c18cb01000468ef8fcbfdf8f800',
  ],
  [
    '1280x720 with chroma location and overscan',
    '100 31 4:2:0 8 1280x720 progressive 30',
    '0164001fffe1001a6764001facd9405005bb0196e0000003002000000781e30632c001000468ef8fcbfdf8f800',
  ],
  [
    '1280x720 with HRD parameters',
    '100 31 4:2:0 8 1280x720 progressive 30',
    '0164001fffe100246764001facd9405005bb0110000003001000000303c604000f424001e84e4c30078c18cb01000468efbcb0fdf8f800',
  ],
  [
    '1280x720 with JVT scaling matrices',
    '100 31 4:2:0 8 1280x720 progressive 30',
    '0164001fffe1001a6764001facd9405005bb0110000003001000000303c0f183196001000568ef8fcc03fdf8f800',
  ],
  [
    '1920x1080 4:4:4 with JVT scaling matrices',
    '244 40 4:4:4 8 1920x1080 progressive 30',
    '01f40028ffe1001b67f40028919b280f0044fc4e0220000003002000000781e30632c001000768ef8f19300019fff8f800',
  ],
  [
    '1280x720 High 10 Intra',
    '110 31 4:2:0 10 1280x720 progressive 30',
    '016e101fffe10016676e101fa6cb80a00b7602200000030020000007808001000468ee0fcbfdfafa00',
  ],
  [
    '1280x720 whose timing is a clock of milliseconds, not a frame rate',
    '100 31 4:2:0 8 1280x720 progressive 1000',
    '0164001fffe100196764001facd9405005bb0110000003001000007d00f183196001000468ef8fcbfdf8f800',
  ],
  [
    '1280x720 with cropping on all four sides',
    '100 31 4:2:0 8 1266x714 progressive 30',
    '0164001fffe1001c6764001facd9405005bca46b0110000003001000000303c0f183196001000468ef8fcbfdf8f800',
  ],
  [
    '635x363 4:4:4, odd cropping',
    '244 30 4:4:4 8 635x363 progressive 30',
    '01f4001effe1001b67f4001e919b281405f91a2e0220000003002000000781e2c5b2c001000668ef8f192190fff8f800',
  ],
  [
    '635x363 monochrome, odd cropping',
    '100 30 4:0:0 8 635x363 progressive 30',
    '0164001effe1001b6764001ef3650280bf2345c05b20000003002000000781e2c5b2c001000468ef8fcbfcf8f800',
  ],
  [
    '636x347 4:2:2, odd lines cropped',
    '122 30 4:2:2 8 636x347 progressive 30',
    '017a001effe1001b677a001ebcd940a02dd245c044000003000400000300f03c58b65801000468ef8fcbfef8f800',
  ],
  [
    '1920x1080 4:4:4 interlaced',
    '244 40 4:4:4 8 1920x1080 interlaced 25',
    '01f40028ffe1001b67f40028919b280f0089f97011000003000100000300321f162d9601000668fe8f192190fff8f800',
  ],
];

export const AVC_CONFIG_CASES: readonly AvcConfigCase[] = ROWS.map(([name, facts, hex]) => {
  const [profile = '', level, chroma = '', depth, size = '', scan, rate = '', shape] = facts.split(' ');
  const [width, height] = size.split('x');
  const [frames, seconds = 1] = rate.split('/');
  const [horizontal = 1, vertical = 1] = shape?.split(':').map(Number) ?? [];
  const record = Buffer.from(hex, 'hex');
  return {
    name,
    record,
    spsNal: record.subarray(8, 8 + record.readUInt16BE(6)),
    sps: {
      profileIdc: Number(profile),
      levelIdc: Number(level),
      chromaFormat: CHROMA_FORMATS.indexOf(chroma),
      bitDepth: Number(depth),
      width: Number(width),
      height: Number(height),
      isInterlaced: scan === 'interlaced',
      ...(shape === undefined ? {} : { pixelAspect: { horizontal, vertical } }),
      frameRate: Number(frames) / Number(seconds),
    },
  };
});

/** The case with that name. */
export function avcConfigCase(name: string): AvcConfigCase {
  const found = AVC_CONFIG_CASES.find((each) => each.name === name);
  if (found === undefined) throw new RangeError(`no AVC configuration is named ${name}`);
  return found;
}

/** 1280x720 at 29.97: a usual High profile record with its last four bytes. */
export const AVC_720P = avcConfigCase('1280x720 at 29.97');

export type BadAvcConfigCase = { readonly name: string; readonly hex: string; readonly code: string };

const SPS = AVC_720P.spsNal.toString('hex');
const SPS_LENGTH = AVC_720P.spsNal.length.toString(16).padStart(4, '0');

/** Records with which no decoder could start. */
export const BAD_AVC_CONFIG_CASES: readonly BadAvcConfigCase[] = [
  { name: 'nothing', hex: '', code: 'truncated' },
  { name: 'Annex B without a PPS behind a long start code', hex: `00000001${SPS}`, code: 'bad_avc_config' },
  { name: 'Annex B with a short start code', hex: `000001${SPS}`, code: 'bad_avc_config' },
  { name: 'version 0', hex: `0064001fffe1${SPS_LENGTH}${SPS}01000468ee3cb0`, code: 'bad_avc_config' },
  { name: 'version 2', hex: `0264001fffe1${SPS_LENGTH}${SPS}01000468ee3cb0`, code: 'bad_avc_config' },
  {
    name: 'lengths of 3 bytes',
    hex: `0164001ffee1${SPS_LENGTH}${SPS}01000468ee3cb0`,
    code: 'bad_avc_config',
  },
  { name: 'no SPS', hex: '0164001fffe001000468ee3cb0', code: 'bad_avc_config' },
  { name: 'no PPS', hex: `0164001fffe1${SPS_LENGTH}${SPS}00`, code: 'bad_avc_config' },
  { name: 'an empty SPS', hex: '0164001fffe1000001000468ee3cb0', code: 'truncated' },
  { name: 'an SPS longer than the record', hex: `0164001fffe1ffff${SPS}01000468ee3cb0`, code: 'truncated' },
  { name: 'a second SPS that is not there', hex: `0164001fffe2${SPS_LENGTH}${SPS}`, code: 'truncated' },
  {
    name: 'a PPS longer than the record',
    hex: `0164001fffe1${SPS_LENGTH}${SPS}01ffff68ee`,
    code: 'truncated',
  },
  { name: 'a PPS in the place of the SPS', hex: '0164001fffe1000468ee3cb001000468ee3cb0', code: 'bad_sps' },
];
