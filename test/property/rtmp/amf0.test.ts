import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../server/errors.ts';
import type { AmfValue } from '../../../server/rtmp/amf-value.ts';
import { readAmfValues, writeAmfValues } from '../../../server/rtmp/amf0.ts';
import { DEFAULT_RTMP_LIMITS } from '../../../server/rtmp/limits.ts';

const KEY = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('__proto__', 'constructor', '', 'toString'),
);

const VALUE = fc.letrec<{ value: AmfValue }>((tie) => {
  const properties = fc
    .array(fc.tuple(KEY, tie('value')), { maxLength: 4 })
    .map((entries): ReadonlyMap<string, AmfValue> => new Map(entries));
  return {
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom<AmfValue>(null, undefined, true, false, { kind: 'unsupported' }),
      fc.double(),
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.record({ kind: fc.constant('xml' as const), text: fc.string({ unit: 'grapheme' }) }),
      fc.record({
        kind: fc.constant('date' as const),
        epochMs: fc.integer(),
        timeZone: fc.integer({ min: -32_768, max: 32_767 }),
      }),
      fc.record({ kind: fc.constantFrom('object' as const, 'ecma-array' as const), properties }),
      fc.record({ kind: fc.constant('object' as const), className: KEY, properties }),
      fc.array(tie('value'), { maxLength: 4 }),
    ),
  };
}).value;

describe('AMF0', () => {
  it('reads back every value it writes', () => {
    fc.assert(
      fc.property(fc.array(VALUE, { maxLength: 4 }), (values) => {
        expect(readAmfValues(writeAmfValues(values), DEFAULT_RTMP_LIMITS)).toEqual(values);
      }),
    );
  });

  it('takes or refuses any bytes, and never falls over', () => {
    const marker = fc.integer({ min: 0, max: 0x12 });
    const shortLength = fc.constantFrom(0, 1, 2, 3);
    const mostlyAmf = fc.array(fc.oneof(marker, shortLength, fc.integer({ min: 0, max: 255 })), {
      maxLength: 120,
    });
    fc.assert(
      fc.property(mostlyAmf, (bytes) => {
        try {
          const values = readAmfValues(Buffer.from(bytes), DEFAULT_RTMP_LIMITS);
          expect(values.length).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
