import { describe, expect, it } from 'vitest';
import { type AmfValue, amfEcmaArray, amfObject, amfProperty } from '../../../server/rtmp/amf-value.ts';
import { readAmfValues, writeAmfValues } from '../../../server/rtmp/amf0.ts';
import { DEFAULT_RTMP_LIMITS } from '../../../server/rtmp/limits.ts';
import { AMF_CASES, BAD_AMF_CASES, nested } from '../../cases/rtmp-amf0.ts';

const read = (hex: string) => readAmfValues(Buffer.from(hex, 'hex'), DEFAULT_RTMP_LIMITS);

describe('AMF0', () => {
  it.each(AMF_CASES)('reads $name', ({ hex, values }) => {
    expect(read(hex)).toEqual(values);
  });

  it.each(AMF_CASES.filter(({ isWritten }) => isWritten))('writes $name', ({ hex, values }) => {
    expect(writeAmfValues(values).toString('hex')).toBe(hex);
  });

  it.each(BAD_AMF_CASES)('refuses $name', ({ hex, code }) => {
    expect(() => read(hex)).toThrow(expect.objectContaining({ name: 'GatewayError', code }));
  });

  it('refuses every value that is cut short', () => {
    // An ECMA array may end after its announced count, and AMF3 is everything after its marker.
    const mayEndEarly = /ECMA|AMF3/;
    const single = AMF_CASES.filter(({ name, hex, values }) => {
      return values.length === 1 && hex.length < 1000 && !mayEndEarly.test(name);
    });
    expect(single.length).toBeGreaterThan(15);
    for (const { name, hex } of single) {
      const bytes = Buffer.from(hex, 'hex');
      for (let length = 1; length < bytes.length; length += 1) {
        const readCut = () => readAmfValues(bytes.subarray(0, length), DEFAULT_RTMP_LIMITS);
        expect(readCut, `${name}, ${length}`).toThrow(expect.objectContaining({ code: 'truncated' }));
      }
    }
  });

  it.each(['object', 'ecma-array', 'strict-array', 'mixed'] as const)(
    'takes sixteen nested containers and no more: %s',
    (kind) => {
      expect(readAmfValues(nested(16, kind), DEFAULT_RTMP_LIMITS)).toHaveLength(1);
      for (const depth of [17, 65, 1_000, 100_000, 400_000]) {
        expect(() => readAmfValues(nested(depth, kind), DEFAULT_RTMP_LIMITS)).toThrow(
          expect.objectContaining({ code: 'amf_limit', kind: 'limit' }),
        );
      }
    },
  );

  it('counts what a reference stands for as deep as it is', () => {
    const array = Buffer.from('0a00000001', 'hex');
    const deep = Buffer.concat([...Array.from({ length: 15 }, () => array), Buffer.of(5)]);
    const behind = (containers: number) =>
      Buffer.concat([deep, ...Array.from({ length: containers }, () => array), Buffer.from('070000', 'hex')]);
    expect(readAmfValues(behind(1), DEFAULT_RTMP_LIMITS)).toHaveLength(2);
    expect(() => readAmfValues(behind(2), DEFAULT_RTMP_LIMITS)).toThrow(
      expect.objectContaining({ code: 'amf_limit' }),
    );
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'reads the key %s as any other',
    (key) => {
      const hostile = amfObject(Object.fromEntries([[key, amfObject({ polluted: true })]]));
      const [value] = readAmfValues(writeAmfValues([hostile]), DEFAULT_RTMP_LIMITS);
      expect(amfProperty(amfProperty(value, key), 'polluted')).toBe(true);
      expect(amfProperty(value, 'valueOf')).toBeUndefined();
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
      expect('polluted' in {}).toBe(false);
    },
  );

  it('refuses to write a key longer than 16 bits can say', () => {
    expect(() => writeAmfValues([amfObject({ ['k'.repeat(65_536)]: 1 })])).toThrow(
      expect.objectContaining({ code: 'amf_key' }),
    );
  });

  it('refuses to write objects in a circle', () => {
    const properties = new Map<string, AmfValue>();
    const circle: AmfValue = { kind: 'object', properties };
    properties.set('self', circle);
    expect(() => writeAmfValues([circle])).toThrow(expect.objectContaining({ code: 'amf_limit' }));
  });

  it('reads back what encoders put in metadata', () => {
    const metadata = amfEcmaArray({ width: 1280, height: 720, framerate: 29.97, stereo: true, encoder: 'é' });
    const [name, value] = readAmfValues(writeAmfValues(['onMetaData', metadata]), DEFAULT_RTMP_LIMITS);
    expect(name).toBe('onMetaData');
    expect(value).toEqual(metadata);
  });
});
