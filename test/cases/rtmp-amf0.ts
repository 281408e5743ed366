// AMF0 values and their bytes (Action Message Format AMF0, 2007), for reading and writing, and bytes that are not AMF0.

import type { AmfValue } from '../../server/rtmp/amf-value.ts';

export type AmfCase = {
  readonly name: string;
  readonly hex: string;
  readonly values: readonly AmfValue[];
  /** Whether the writer produces exactly these bytes. */
  readonly isWritten: boolean;
};

export type BadAmfCase = { readonly name: string; readonly hex: string; readonly code: string };

const LONG_TEXT = 'x'.repeat(65_536 - 36);
const OVER_16_BITS = 'y'.repeat(65_536);

function text(value: string): string {
  const length = Buffer.byteLength(value).toString(16).padStart(4, '0');
  return length + Buffer.from(value).toString('hex');
}

function properties(entries: Readonly<Record<string, AmfValue>>): ReadonlyMap<string, AmfValue> {
  return new Map(Object.entries(entries));
}

const INNER = { kind: 'object', properties: properties({ a: 1 }) } as const;
const INNER_HEX = `03${text('a')}003ff0000000000000000009`;

export const AMF_CASES: readonly AmfCase[] = [
  { name: 'a number', hex: '00400921fb54442d18', values: [Math.PI], isWritten: true },
  { name: 'minus zero', hex: '008000000000000000', values: [-0], isWritten: true },
  { name: 'not a number', hex: '007ff8000000000000', values: [Number.NaN], isWritten: true },
  { name: 'true', hex: '0101', values: [true], isWritten: true },
  { name: 'false', hex: '0100', values: [false], isWritten: true },
  { name: 'true written as 2', hex: '0102', values: [true], isWritten: false },
  { name: 'an empty string', hex: '020000', values: [''], isWritten: true },
  { name: 'a string of two-byte characters', hex: '020004c3a9c3a8', values: ['éè'], isWritten: true },
  {
    name: 'a long string',
    hex: `0c00010000${Buffer.from(OVER_16_BITS).toString('hex')}`,
    values: [OVER_16_BITS],
    isWritten: true,
  },
  {
    name: 'a long string that need not be one',
    hex: '0c0000000161',
    values: ['a'],
    isWritten: false,
  },
  { name: 'null', hex: '05', values: [null], isWritten: true },
  { name: 'undefined', hex: '06', values: [undefined], isWritten: true },
  { name: 'unsupported', hex: '0d', values: [{ kind: 'unsupported' }], isWritten: true },
  {
    name: 'a date',
    hex: '0b42776bb3e7000000ffc4',
    values: [{ kind: 'date', epochMs: 1_609_459_200_000, timeZone: -60 }],
    isWritten: true,
  },
  {
    name: 'an XML document',
    hex: '0f000000043c612f3e',
    values: [{ kind: 'xml', text: '<a/>' }],
    isWritten: true,
  },
  {
    name: 'an empty object',
    hex: '03000009',
    values: [{ kind: 'object', properties: properties({}) }],
    isWritten: true,
  },
  { name: 'an object', hex: INNER_HEX, values: [INNER], isWritten: true },
  {
    name: 'an object with a nameless property',
    hex: '03000005000009',
    values: [{ kind: 'object', properties: properties({ '': null }) }],
    isWritten: true,
  },
  {
    name: 'an object with a property given twice, of which the later counts',
    hex: `03${text('a')}05${text('a')}0101000009`,
    values: [{ kind: 'object', properties: properties({ a: true }) }],
    isWritten: false,
  },
  {
    name: 'a typed object',
    hex: `10${text('C')}${text('a')}05000009`,
    values: [{ kind: 'object', className: 'C', properties: properties({ a: null }) }],
    isWritten: true,
  },
  {
    name: 'an ECMA array',
    hex: `0800000001${text('w')}004094000000000000000009`,
    values: [{ kind: 'ecma-array', properties: properties({ w: 1280 }) }],
    isWritten: true,
  },
  {
    name: 'an ECMA array that announces 2^32 - 1 elements and has one',
    hex: `08ffffffff${text('w')}05000009`,
    values: [{ kind: 'ecma-array', properties: properties({ w: null }) }],
    isWritten: false,
  },
  {
    name: 'an ECMA array that lacks its end but has what it announced',
    hex: `0800000001${text('w')}05`,
    values: [{ kind: 'ecma-array', properties: properties({ w: null }) }],
    isWritten: false,
  },
  { name: 'a strict array', hex: '0a00000002050101', values: [[null, true]], isWritten: true },
  {
    name: 'objects within objects and arrays',
    hex: `03${text('o')}${INNER_HEX}${text('l')}0a00000001${INNER_HEX}000009`,
    values: [{ kind: 'object', properties: properties({ o: INNER, l: [INNER] }) }],
    isWritten: true,
  },
  {
    name: 'a reference to an object before it',
    hex: `${INNER_HEX}070000`,
    values: [INNER, INNER],
    isWritten: false,
  },
  {
    name: 'a reference to the second object, counted where it begins',
    hex: `0a00000002${INNER_HEX}070001`,
    values: [[INNER, INNER]],
    isWritten: false,
  },
  {
    name: 'AMF3 from a marker to the end',
    hex: '05110a0b01',
    values: [null, { kind: 'amf3', bytes: Buffer.from('0a0b01', 'hex') }],
    isWritten: true,
  },
  {
    name: 'several values',
    hex: '02000161010105',
    values: ['a', true, null],
    isWritten: true,
  },
  {
    name: 'strings of 64 KiB together',
    hex: `02${text(LONG_TEXT)}02${text('z'.repeat(36))}`,
    values: [LONG_TEXT, 'z'.repeat(36)],
    isWritten: true,
  },
];

/** The maximum depth is allowed; one more container is not. */
export function nested(depth: number, kind: 'object' | 'ecma-array' | 'strict-array' | 'mixed'): Buffer {
  const opening = {
    object: Buffer.from(`03${text('k')}`, 'hex'),
    'ecma-array': Buffer.from(`0800000001${text('k')}`, 'hex'),
    'strict-array': Buffer.from('0a00000001', 'hex'),
  };
  const kinds = ['object', 'ecma-array', 'strict-array'] as const;
  const openings = Array.from({ length: depth }, (_, index) => {
    const each = kind === 'mixed' ? (kinds[index % 3] ?? 'object') : kind;
    return { each, bytes: opening[each] };
  });
  const closings = openings
    .toReversed()
    .map(({ each }) => (each === 'strict-array' ? Buffer.alloc(0) : Buffer.from('000009', 'hex')));
  return Buffer.concat([...openings.map(({ bytes }) => bytes), Buffer.of(5), ...closings]);
}

export const BAD_AMF_CASES: readonly BadAmfCase[] = [
  { name: 'the reserved movie clip marker', hex: '04', code: 'amf_marker' },
  { name: 'the reserved record set marker', hex: '0e', code: 'amf_marker' },
  { name: 'an object end without an object', hex: '09', code: 'amf_marker' },
  { name: 'a marker beyond the last', hex: '12', code: 'amf_marker' },
  { name: 'a reference to nothing', hex: '070000', code: 'amf_reference' },
  { name: 'an object that refers to itself', hex: `03${text('a')}070000000009`, code: 'amf_reference' },
  { name: 'AMF3 within an object', hex: `03${text('a')}1101000009`, code: 'amf3_value' },
  { name: 'a strict array of 2^32 - 1 elements that has one', hex: '0affffffff05', code: 'truncated' },
  {
    name: 'a strict array of more values than allowed',
    hex: `0affffffff${'05'.repeat(1024)}`,
    code: 'amf_limit',
  },
  { name: 'ten thousand nested arrays', hex: '0a00000001'.repeat(10_000), code: 'amf_limit' },
  { name: 'a long string of 2^32 - 1 bytes', hex: '0cffffffff61', code: 'amf_limit' },
  {
    name: 'strings of more than 64 KiB together',
    hex: `02${text(LONG_TEXT)}02${text('z'.repeat(37))}`,
    code: 'amf_limit',
  },
  {
    name: 'references that double what they mean, ten times over',
    hex: `0a0000000b${'0a00000000'}${Array.from({ length: 10 }, (_, index) => {
      const earlier = (index + 1).toString(16).padStart(4, '0');
      return `0a0000000207${earlier}07${earlier}`;
    }).join('')}`,
    code: 'amf_limit',
  },
];
