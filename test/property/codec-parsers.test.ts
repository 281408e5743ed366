import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAacConfig } from '../../server/codec/aac.ts';
import { parseAvcConfig } from '../../server/codec/avc.ts';
import { parseSequenceParameters, unescapeRbsp } from '../../server/codec/avc-sps.ts';
import { AAC_CONFIG_CASES } from '../cases/aac-configs.ts';
import { accessUnit, LENGTH_SIZES, NAL, walkAccessUnit } from '../cases/access-units.ts';
import { AVC_CONFIG_CASES } from '../cases/avc-configs.ts';
import { escapeRbsp, HIGH_PROFILES, PLAIN_SPS, type SpsFields, writeSps } from '../cases/avc-sps-bits.ts';
import { damaged, throwsOnlyGatewayErrors } from '../cases/damage.ts';

const bytes = (maxLength: number) =>
  fc.uint8Array({ maxLength, size: 'max' }).map((array) => Buffer.from(array));

const PARSERS: readonly (readonly [string, (body: Buffer) => unknown, readonly Buffer[]])[] = [
  ['AVCDecoderConfigurationRecord', parseAvcConfig, AVC_CONFIG_CASES.map(({ record }) => record)],
  ['SPS', parseSequenceParameters, AVC_CONFIG_CASES.map(({ spsNal }) => spsNal)],
  ['AudioSpecificConfig', parseAacConfig, AAC_CONFIG_CASES.map(({ record }) => record)],
];

describe.each(PARSERS)('the parser of %s', (_name, parse, seeds) => {
  it('lets nothing but a GatewayError out of random bytes', () => {
    fc.assert(fc.property(bytes(300), (body) => throwsOnlyGatewayErrors(() => parse(body))));
  });

  it('lets nothing but a GatewayError out of damaged records', () => {
    fc.assert(
      fc.property(damaged(seeds), (body) => throwsOnlyGatewayErrors(() => parse(body))),
      { numRuns: 500 },
    );
  });
});

/** The generated values of aspect_ratio_idc; 255 is written as 64:45. */
const PIXEL_ASPECTS: Readonly<Record<number, { horizontal: number; vertical: number }>> = {
  14: { horizontal: 4, vertical: 3 },
  255: { horizontal: 64, vertical: 45 },
};

describe('any SPS', () => {
  const list = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 16, maxLength: 16 });
  const small = fc.integer({ min: 0, max: 3 });
  const timing = fc.record({
    unitsInTick: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
    timeScale: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  });
  const fields: fc.Arbitrary<SpsFields> = fc
    .record({
      profileIdc: fc.constantFrom(66, 77, 88, ...HIGH_PROFILES),
      levelIdc: fc.integer({ min: 0, max: 255 }),
      chromaFormat: small,
      separatePlanes: fc.boolean(),
      bitDepth: fc.integer({ min: 8, max: 14 }),
      scalingLists: fc.option(fc.array(fc.option(list, { nil: undefined }), { maxLength: 6 }), {
        nil: undefined,
      }),
      cycle: fc.option(fc.array(fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 }), { maxLength: 255 })),
      widthInMacroblocks: fc.integer({ min: 2, max: 512 }),
      heightInMapUnits: fc.integer({ min: 2, max: 136 }),
      framesOnly: fc.boolean(),
      crop: fc.option(fc.tuple(small, small, small, small), { nil: undefined }),
      vui: fc.option(
        fc.record({
          aspectRatio: fc.constantFrom(1, 14, 255),
          timing: fc.option(timing, { nil: undefined }),
        }),
        { nil: undefined },
      ),
    })
    .map(({ cycle, scalingLists, crop, vui, ...rest }) => ({
      ...rest,
      pictureOrder: cycle === null ? { type: 0 } : { type: 1, cycle },
      ...(scalingLists === undefined ? {} : { scalingLists }),
      ...(crop === undefined ? {} : { crop }),
      ...(vui === undefined
        ? {}
        : { vui: { aspectRatio: vui.aspectRatio, ...(vui.timing && { timing: vui.timing }) } }),
    }));

  it('is read as it was written', () => {
    fc.assert(
      fc.property(fields, (sps) => {
        const isHigh = HIGH_PROFILES.includes(sps.profileIdc);
        const chromaFormat = isHigh ? sps.chromaFormat : 1;
        const arrayType = chromaFormat === 3 && sps.separatePlanes ? 0 : chromaFormat;
        const rows = sps.framesOnly ? 1 : 2;
        const [left, right, top, bottom] = sps.crop ?? [0, 0, 0, 0];
        const unitX = arrayType === 1 || arrayType === 2 ? 2 : 1;
        const unitY = (arrayType === 1 ? 2 : 1) * rows;
        const clock = sps.vui?.timing;
        const pixelAspect = PIXEL_ASPECTS[sps.vui?.aspectRatio ?? 0];
        expect(parseSequenceParameters(writeSps(sps))).toEqual({
          profileIdc: sps.profileIdc,
          levelIdc: sps.levelIdc,
          chromaFormat,
          bitDepth: isHigh ? sps.bitDepth : 8,
          width: sps.widthInMacroblocks * 16 - (left + right) * unitX,
          height: sps.heightInMapUnits * 16 * rows - (top + bottom) * unitY,
          isInterlaced: !sps.framesOnly,
          ...(pixelAspect === undefined ? {} : { pixelAspect }),
          ...(clock === undefined ? {} : { frameRate: clock.timeScale / (2 * clock.unitsInTick) }),
        });
      }),
    );
  });

  it('never announces a picture of no size or one that 16 bits cannot hold', () => {
    const huge = fc.integer({ min: 1, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(huge, huge, fc.boolean(), (widthInMacroblocks, heightInMapUnits, framesOnly) => {
        const body = writeSps({ ...PLAIN_SPS, widthInMacroblocks, heightInMapUnits, framesOnly });
        throwsOnlyGatewayErrors(() => {
          const { width, height } = parseSequenceParameters(body);
          expect(Math.min(width, height)).toBeGreaterThan(0);
          expect(Math.max(width, height)).toBeLessThan(65_536);
        });
      }),
    );
  });

  it('is unescaped to what was escaped', () => {
    const zeros = fc.array(fc.constantFrom(0, 0, 0, 1, 2, 3, 4, 255), { maxLength: 60 });
    fc.assert(
      fc.property(zeros, (rbsp) => {
        const escaped = escapeRbsp(Uint8Array.from(rbsp));
        expect([...unescapeRbsp(escaped)]).toEqual(rbsp);
        expect(escaped.toString('hex')).not.toMatch(/^(?:..)*0000(?:00|01|02)/);
      }),
    );
  });
});

describe('any access unit', () => {
  const nal = fc
    .tuple(fc.constantFrom(...Object.values(NAL)), fc.uint8Array({ maxLength: 60 }))
    .map(([header, payload]) => Buffer.from([header, ...escapeRbsp(payload)]));

  it('is walked to its end', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...LENGTH_SIZES),
        fc.array(nal, { minLength: 1, maxLength: 12 }),
        (lengthSize, nalUnits) => {
          const isIdr = nalUnits.some((unit) => unit[0] === NAL.idr);
          expect(walkAccessUnit(accessUnit(lengthSize, nalUnits), lengthSize)).toEqual({ isIdr });
        },
      ),
    );
  });

  it('never makes the walk throw', () => {
    fc.assert(
      fc.property(fc.constantFrom(...LENGTH_SIZES), bytes(200), (lengthSize, body) => {
        const facts = walkAccessUnit(body, lengthSize);
        if (facts !== undefined) expect(body.length).toBeGreaterThan(lengthSize);
      }),
    );
  });
});
