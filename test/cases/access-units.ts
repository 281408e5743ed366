// Access units in their MP4 form: NAL units after lengths of 1, 2 or 4 bytes (ISO 14496-15 clause 5.2.3).

import { AvcScan } from '../../server/codec/avc-scan.ts';

export type LengthSize = 1 | 2 | 4;
export const LENGTH_SIZES: readonly LengthSize[] = [1, 2, 4];

/** NAL units by their header byte: slices of non-IDR and IDR pictures, SEI, parameter sets, delimiter. */
export const NAL = { slice: 0x41, idr: 0x65, sei: 0x06, sps: 0x67, pps: 0x68, delimiter: 0x09 } as const;

/** A NAL unit of `byteLength` bytes, header included. */
export function nalUnit(header: number, byteLength = 4): Buffer {
  const bytes = Buffer.alloc(byteLength, 0xab);
  if (byteLength > 0) bytes[0] = header;
  return bytes;
}

/** Joins NAL units, each after its length. */
export function accessUnit(lengthSize: LengthSize, nalUnits: readonly Buffer[]): Buffer {
  return Buffer.concat(nalUnits.flatMap((nal) => [lengthPrefix(lengthSize, nal.length), nal]));
}

export function lengthPrefix(lengthSize: LengthSize, length: number): Buffer {
  const bytes = Buffer.alloc(lengthSize);
  bytes.writeUIntBE(length, 0, lengthSize);
  return bytes;
}

export type AccessUnitCase = {
  readonly name: string;
  readonly nalUnits: readonly Buffer[];
  readonly isIdr: boolean;
};

export const ACCESS_UNIT_CASES: readonly AccessUnitCase[] = [
  { name: 'one slice', nalUnits: [nalUnit(NAL.slice)], isIdr: false },
  { name: 'one IDR slice', nalUnits: [nalUnit(NAL.idr)], isIdr: true },
  { name: 'a NAL unit of its header alone', nalUnits: [nalUnit(NAL.idr, 1)], isIdr: true },
  {
    name: 'everything an encoder puts before an IDR picture',
    nalUnits: [NAL.delimiter, NAL.sps, NAL.pps, NAL.sei, NAL.idr, NAL.idr].map((header) => nalUnit(header)),
    isIdr: true,
  },
  { name: 'parameter sets without a picture', nalUnits: [nalUnit(NAL.sps), nalUnit(NAL.pps)], isIdr: false },
  { name: 'an IDR slice of no importance', nalUnits: [nalUnit(0x05)], isIdr: true },
  { name: 'the longest NAL unit of one-byte lengths', nalUnits: [nalUnit(NAL.slice, 255)], isIdr: false },
  {
    name: 'IDR only among the data of a slice',
    nalUnits: [Buffer.from([NAL.slice, 0x65, 0, 0, 0, 1, 0x65])],
    isIdr: false,
  },
];

const scan = new AvcScan();

/** The result of a walk over one access unit; undefined where it is damaged or needs repair. */
export function walkAccessUnit(body: Buffer, lengthSize: number): { readonly isIdr: boolean } | undefined {
  let isIdr = false;
  for (let start = 0; start < body.length || start === 0; start = scan.end) {
    if (!scan.walk(body, lengthSize, start, PROGRESSIVE)) return undefined;
    isIdr ||= scan.isIdr;
  }
  return { isIdr };
}

const PROGRESSIVE = { hasSeparatePlanes: false, frameNumBits: 4, mayHaveFields: false, pictureOrderBits: 4 };
