import { describe, expect, it } from 'vitest';
import { MAX_RECORD_BYTES, parseAvcConfig } from '../../../server/codec/avc.ts';
import { MAX_NAL_UNITS } from '../../../server/codec/avc-nal.ts';
import { GatewayError } from '../../../server/errors.ts';
import {
  ACCESS_UNIT_CASES,
  accessUnit,
  LENGTH_SIZES,
  lengthPrefix,
  NAL,
  nalUnit,
  walkAccessUnit,
} from '../../cases/access-units.ts';
import { AVC_720P, AVC_CONFIG_CASES, BAD_AVC_CONFIG_CASES } from '../../cases/avc-configs.ts';

describe('parseAvcConfig', () => {
  it.each(AVC_CONFIG_CASES)('reads the record of $name', ({ record, sps }) => {
    const config = parseAvcConfig(record);
    expect(config).toMatchObject({ kind: 'avc', lengthSize: 4, sps });
    expect(config.record).toEqual(record);
    expect(config.codecString).toBe(`avc1.${record.toString('hex', 1, 4)}`);
  });

  it.each(BAD_AVC_CONFIG_CASES)('refuses $name', ({ hex, code }) => {
    expect(() => parseAvcConfig(Buffer.from(hex, 'hex'))).toThrow(
      expect.objectContaining({ name: 'GatewayError', kind: 'invalid-data', code }),
    );
  });

  it('refuses every cut that leaves no whole SPS and PPS', () => {
    // The last four bytes in High profiles are optional: older encoders omit them.
    const whole = AVC_720P.record.length - 4;
    for (let length = 0; length < whole; length += 1) {
      expect(() => parseAvcConfig(AVC_720P.record.subarray(0, length)), `${length} bytes`).toThrow(
        GatewayError,
      );
    }
    expect(parseAvcConfig(AVC_720P.record.subarray(0, whole)).sps).toEqual(AVC_720P.sps);
  });

  it.each([
    [0xfc, 1],
    [0xfd, 2],
    [0xff, 4],
    [0x03, 4],
  ])('reads the length size from the lowest bits of %i', (byte, lengthSize) => {
    const record = Buffer.from(AVC_720P.record);
    record[4] = byte;
    expect(parseAvcConfig(record).lengthSize).toBe(lengthSize);
  });

  it('takes the first of several parameter sets', () => {
    const { spsNal, sps } = AVC_720P;
    const other = AVC_CONFIG_CASES[0]?.spsNal ?? spsNal;
    const record = Buffer.concat([
      ...[Buffer.from('0164001fffe2', 'hex'), lengthPrefix(2, spsNal.length), spsNal],
      ...[lengthPrefix(2, other.length), other],
      ...[Buffer.of(2), lengthPrefix(2, 4), nalUnit(NAL.pps), lengthPrefix(2, 4), nalUnit(NAL.pps)],
    ]);
    expect(parseAvcConfig(record).sps).toEqual(sps);
    expect(() => parseAvcConfig(record.subarray(0, -1))).toThrow(GatewayError);
  });

  it('names the codec by the record, padded to two digits a byte', () => {
    const record = Buffer.from(AVC_720P.record);
    record.set([0x42, 0x00, 0x0a], 1);
    expect(parseAvcConfig(record).codecString).toBe('avc1.42000a');
  });

  it('refuses a record that is longer than it may be, also as Annex B, because each track keeps one', () => {
    const { record } = AVC_720P;
    const padding = MAX_RECORD_BYTES - record.length;
    const longest = Buffer.concat([record, Buffer.alloc(padding)]);
    expect(parseAvcConfig(longest).record).toEqual(longest);
    const tooLong = expect.objectContaining({
      code: 'bad_avc_config',
      message: expect.stringContaining('65536'),
    });
    expect(() => parseAvcConfig(Buffer.concat([longest, Buffer.alloc(1)]))).toThrow(tooLong);
    const pps = Buffer.concat([Buffer.of(0x68), Buffer.alloc(MAX_RECORD_BYTES / 2, 0xff)]);
    const annexB = [AVC_720P.spsNal, pps, pps].flatMap((set) => [Buffer.of(0, 0, 0, 1), set]);
    expect(() => parseAvcConfig(Buffer.concat(annexB))).toThrow(tooLong);
  });

  it('keeps a copy of the record, so that no message stays in memory for it', () => {
    const body = Buffer.from(AVC_720P.record);
    const { record } = parseAvcConfig(body);
    body.fill(0);
    expect(record).toEqual(AVC_720P.record);
  });
});

describe.each(LENGTH_SIZES)('walkAccessUnit with lengths of %i bytes', (lengthSize) => {
  const walk = (...nalUnits: Buffer[]) => walkAccessUnit(accessUnit(lengthSize, nalUnits), lengthSize);

  it.each(ACCESS_UNIT_CASES)('walks $name', ({ nalUnits, isIdr }) => {
    expect(walk(...nalUnits)).toEqual({ isIdr });
  });

  it.each(ACCESS_UNIT_CASES)('finds every cut inside a NAL unit of $name', ({ nalUnits }) => {
    const body = accessUnit(lengthSize, nalUnits);
    const ends = new Set<number>();
    let end = 0;
    for (const nal of nalUnits) {
      end += lengthSize + nal.length;
      ends.add(end);
    }
    for (let length = 0; length <= body.length; length += 1) {
      const facts = walkAccessUnit(body.subarray(0, length), lengthSize);
      expect(facts !== undefined, `${length} of ${body.length} bytes`).toBe(ends.has(length));
    }
  });

  it('refuses a NAL unit of no bytes, at which players stop for good', () => {
    const empty = nalUnit(0, 0);
    for (const nalUnits of [[empty], [empty, nalUnit(NAL.idr)], [nalUnit(NAL.idr), empty]]) {
      expect(walk(...nalUnits)).toBeUndefined();
    }
  });

  it('refuses a length beyond the body', () => {
    const largest = 2 ** (8 * lengthSize) - 1;
    for (const length of [5, largest]) {
      const body = Buffer.concat([lengthPrefix(lengthSize, length), nalUnit(NAL.idr)]);
      expect(walkAccessUnit(body, lengthSize), `${length}`).toBeUndefined();
    }
  });

  it('refuses what stands behind the last NAL unit', () => {
    const body = accessUnit(lengthSize, [nalUnit(NAL.idr)]);
    for (let extra = 1; extra < 4; extra += 1) {
      const facts = walkAccessUnit(Buffer.concat([body, Buffer.alloc(extra)]), lengthSize);
      expect(facts, `${extra} bytes more`).toBeUndefined();
    }
  });

  it('refuses Annex B in the place of lengths', () => {
    for (const startCode of ['00000001', '000001']) {
      const parts = [NAL.sps, NAL.pps, NAL.idr].flatMap((header) => [
        Buffer.from(startCode, 'hex'),
        nalUnit(header, 40),
      ]);
      expect(walkAccessUnit(Buffer.concat(parts), lengthSize), startCode).toBeUndefined();
    }
  });

  it('walks as many NAL units as a picture can have and gives up at 100 000', () => {
    const many = (count: number) => Array<Buffer>(count).fill(nalUnit(NAL.slice, 1));
    expect(walk(...many(MAX_NAL_UNITS - 1), nalUnit(NAL.idr))).toEqual({ isIdr: true });
    expect(walk(...many(MAX_NAL_UNITS + 1))).toBeUndefined();
    expect(walk(...many(100_000))).toBeUndefined();
  });
});
