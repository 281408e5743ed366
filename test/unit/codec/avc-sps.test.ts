import muxjs, { type NalEvent } from 'mux.js';
import { describe, expect, it } from 'vitest';
import { parseSequenceParameters, unescapeRbsp } from '../../../server/codec/avc-sps.ts';
import { GatewayError } from '../../../server/errors.ts';
import { AVC_720P, AVC_CONFIG_CASES } from '../../cases/avc-configs.ts';
import { escapeRbsp, PLAIN_SPS, type SpsFields, type VuiFields, writeSps } from '../../cases/avc-sps-bits.ts';

const parse = (fields: Partial<SpsFields>) => parseSequenceParameters(writeSps({ ...PLAIN_SPS, ...fields }));
const badSps = expect.objectContaining({ name: 'GatewayError', kind: 'invalid-data', code: 'bad_sps' });

describe('parseSequenceParameters', () => {
  it.each(AVC_CONFIG_CASES)('agrees with ffprobe on $name', ({ spsNal, sps }) => {
    expect(parseSequenceParameters(spsNal)).toEqual(sps);
  });

  it.each(AVC_CONFIG_CASES.filter(({ sps }) => !sps.isInterlaced && sps.chromaFormat === 1))(
    'agrees with mux.js on $name',
    ({ spsNal, sps }) => {
      const found = muxjsSps(spsNal);
      expect(found).toMatchObject({ width: sps.width, height: sps.height });
      expect(found).toMatchObject({ profileIdc: sps.profileIdc, levelIdc: sps.levelIdc });
    },
  );

  it.each(AVC_CONFIG_CASES)('lets nothing but a GatewayError out of any cut of $name', ({ spsNal }) => {
    for (let length = 0; length < spsNal.length; length += 1) {
      try {
        parseSequenceParameters(spsNal.subarray(0, length));
      } catch (error) {
        expect(error, `${length} bytes`).toBeInstanceOf(GatewayError);
      }
    }
  });

  it('refuses an SPS cut off before its picture size', () => {
    for (let length = 0; length < 9; length += 1) {
      expect(() => parseSequenceParameters(AVC_720P.spsNal.subarray(0, length)), `${length} bytes`).toThrow(
        GatewayError,
      );
    }
  });

  it('reads an SPS without a VUI, which promises no frame rate', () => {
    const sps = parse({});
    expect(sps).toMatchObject({ width: 1280, height: 720, bitDepth: 8, chromaFormat: 1 });
    expect(sps).not.toHaveProperty('frameRate');
  });

  it.each<[string, Omit<VuiFields, 'timing'>]>([
    ['nothing else', {}],
    ['a numbered sample aspect ratio', { aspectRatio: 1 }],
    ['a written sample aspect ratio', { aspectRatio: 255 }],
    ['overscan', { overscan: true }],
    ['a video signal without colours', { videoSignal: { hasColours: false } }],
    ['a video signal with colours', { videoSignal: { hasColours: true } }],
    ['chroma locations', { chromaLocation: [2, 5] }],
    [
      'all of them',
      { aspectRatio: 255, overscan: false, videoSignal: { hasColours: true }, chromaLocation: [0, 0] },
    ],
  ])('finds the frame rate behind %s', (_name, vui) => {
    const timing = { unitsInTick: 1_001, timeScale: 60_000 };
    expect(parse({ vui: { ...vui, timing } }).frameRate).toBeCloseTo(29.97, 3);
    expect(parse({ vui })).not.toHaveProperty('frameRate');
  });

  it('takes no frame rate from ticks of zero', () => {
    for (const [unitsInTick, timeScale] of [
      [0, 50],
      [1, 0],
      [0, 0],
    ] as const) {
      expect(parse({ vui: { timing: { unitsInTick, timeScale } } })).not.toHaveProperty('frameRate');
    }
  });

  it('reads the picture size of an SPS whose VUI is cut off: it promises nothing', () => {
    const timing = { unitsInTick: 1, timeScale: 50 };
    const whole = writeSps({ ...PLAIN_SPS, vui: { aspectRatio: 255, timing } });
    const sps = parseSequenceParameters(whole.subarray(0, whole.length - 6));
    expect(sps).toMatchObject({ width: 1280, height: 720 });
    expect(sps).not.toHaveProperty('frameRate');
  });

  it.each([
    ['4:0:0', 0, false, true, 1, 1],
    ['4:2:0', 1, false, true, 2, 2],
    ['4:2:2', 2, false, true, 2, 1],
    ['4:4:4', 3, false, true, 1, 1],
    ['4:4:4 in separate planes', 3, true, true, 1, 1],
    ['4:0:0 in fields', 0, false, false, 1, 2],
    ['4:2:0 in fields', 1, false, false, 2, 4],
    ['4:2:2 in fields', 2, false, false, 2, 2],
    ['4:4:4 in fields', 3, false, false, 1, 2],
  ])('crops %s in its own units (table 6-1)', (_name, chromaFormat, separatePlanes, framesOnly, x, y) => {
    const fields = { profileIdc: 244, chromaFormat, separatePlanes, framesOnly };
    const cropped = parse({ ...fields, crop: [1, 2, 3, 4] });
    const whole = parse(fields);
    expect([whole.width - cropped.width, whole.height - cropped.height]).toEqual([3 * x, 7 * y]);
    expect(cropped.isInterlaced).toBe(!framesOnly);
    expect(cropped.chromaFormat).toBe(chromaFormat);
  });

  it('counts map units of a field twice', () => {
    expect(parse({ framesOnly: false, heightInMapUnits: 34 }).height).toBe(1_088);
  });

  it.each<[string, Partial<SpsFields>]>([
    ['picture order type 1 without a cycle', { pictureOrder: { type: 1, cycle: [] } }],
    ['picture order type 1 with a cycle', { pictureOrder: { type: 1, cycle: [0, 1, -1, 300, -70_000] } }],
    ['picture order type 2', { pictureOrder: { type: 2 } }],
    ['scaling lists of all kinds', { scalingLists: [undefined, Array(16).fill(1), [-8], Array(16).fill(0)] }],
    [
      'scaling lists of 8 × 8',
      {
        scalingLists: [
          ...Array(6).fill(undefined),
          Array.from({ length: 64 }, (_, at) => (at % 2 === 0 ? 3 : -3)),
          [4, -12],
        ],
      },
    ],
    [
      'twelve scaling lists of 4:4:4',
      { profileIdc: 244, chromaFormat: 3, scalingLists: Array(12).fill([8, -16]) },
    ],
    ['a scaling list that wraps around 256', { scalingLists: [Array(8).fill(127)] }],
  ])('reads past %s', (_name, fields) => {
    const timing = { unitsInTick: 1, timeScale: 100 };
    expect(parse({ ...fields, vui: { timing } })).toMatchObject({ width: 1280, height: 720, frameRate: 50 });
  });

  it.each<[string, Partial<SpsFields>]>([
    ['a picture of no macroblocks left', { crop: [320, 320, 0, 0] }],
    ['a picture cropped to less than nothing', { crop: [0, 0, 200, 2 ** 31] }],
    ['more macroblocks than level 6.2 has', { widthInMacroblocks: 512, heightInMapUnits: 273 }],
    ['twice as many in fields', { widthInMacroblocks: 512, heightInMapUnits: 137, framesOnly: false }],
    ['2^32 macroblocks', { widthInMacroblocks: 65_536, heightInMapUnits: 65_536 }],
    ['a size of 2^32 − 1', { widthInMacroblocks: 2 ** 32 - 1, heightInMapUnits: 1 }],
    ['a strip wider than any level allows', { widthInMacroblocks: 1_056, heightInMapUnits: 1 }],
    ['a column higher than any level allows', { widthInMacroblocks: 1, heightInMapUnits: 1_056 }],
    ['a column of fields', { widthInMacroblocks: 1, heightInMapUnits: 528, framesOnly: false }],
    ['a chroma format that does not exist', { chromaFormat: 4 }],
    ['a bit depth beyond 14', { bitDepth: 15 }],
    ['a picture order cycle beyond 255', { pictureOrder: { type: 1, cycle: [], announcedCycle: 256 } }],
    [
      'a picture order cycle of 2^32 − 2',
      { pictureOrder: { type: 1, cycle: [], announcedCycle: 2 ** 32 - 2 } },
    ],
  ])('refuses %s', (_name, fields) => {
    expect(() => parse(fields)).toThrow(badSps);
  });

  it('takes the largest pictures there are', () => {
    expect(parse({ widthInMacroblocks: 512, heightInMapUnits: 272 })).toMatchObject({
      width: 8_192,
      height: 4_352,
    });
    expect(parse({ widthInMacroblocks: 1_055, heightInMapUnits: 132 })).toMatchObject({ width: 16_880 });
    expect(parse({ widthInMacroblocks: 132, heightInMapUnits: 1_055 })).toMatchObject({ height: 16_880 });
  });

  it('refuses a NAL unit that is no SPS', () => {
    for (const type of [0, 1, 5, 8, 15]) {
      const nalUnit = Buffer.from(AVC_720P.spsNal);
      nalUnit[0] = 0x60 | type;
      expect(() => parseSequenceParameters(nalUnit)).toThrow(badSps);
    }
  });
});

describe('unescapeRbsp', () => {
  it.each([
    ['', ''],
    ['000003', '0000'],
    ['00000301', '000001'],
    ['0000030000030000', '000000000000'],
    ['00000303', '000003'],
    ['0000000301', '00000001'],
    ['000102030000', '000102030000'],
    ['030003', '030003'],
    ['ff000003ff000003', 'ff0000ffff0000'.slice(0, 6).concat('ff0000')],
  ])('makes %s into %s', (escaped, plain) => {
    expect(Buffer.from(unescapeRbsp(Buffer.from(escaped, 'hex'))).toString('hex')).toBe(plain);
  });

  it('undoes what a writer escapes, and leaves its input alone', () => {
    const plain = Buffer.from('00000000000001000002000003000000ff0000', 'hex');
    const escaped = escapeRbsp(plain);
    const before = escaped.toString('hex');
    expect(Buffer.from(unescapeRbsp(escaped))).toEqual(plain);
    expect(escaped.toString('hex')).toBe(before);
  });
});

function muxjsSps(nalUnit: Uint8Array): NalEvent['config'] {
  const stream = new muxjs.codecs.h264.H264Stream();
  let config: NalEvent['config'];
  stream.on('data', (nal) => {
    if (nal.nalUnitType === 'seq_parameter_set_rbsp') config = nal.config;
  });
  const annexB = new Uint8Array([0, 0, 0, 1, ...nalUnit]);
  stream.push({ type: 'video', trackId: 1, pts: 0, dts: 0, data: annexB });
  stream.flush();
  return config;
}
