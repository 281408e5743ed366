// The FLV file: header and tags (Adobe FLV 10.1, annex E.2 to E.4). Read whole, for clips that ship with the gateway.

import { ByteReader } from '../bytes/byte-reader.ts';
import { GatewayError } from '../errors.ts';

export type FlvTag = {
  readonly kind: 'audio' | 'video' | 'script';
  /** Milliseconds, including the extension byte. */
  readonly timestamp: number;
  readonly body: Buffer;
};

const TAG_KINDS: Readonly<Record<number, FlvTag['kind']>> = { 8: 'audio', 9: 'video', 18: 'script' };
/** Signature, version, flags, header length. */
const FILE_HEADER_BYTES = 9;

/** Parses a complete file; bodies share its memory. A tag cut off at the end of the file is left out. */
export function parseFlvFile(bytes: Buffer): FlvTag[] {
  if (bytes.toString('latin1', 0, 3) !== 'FLV') {
    throw new GatewayError('invalid-data', 'not_flv');
  }
  const reader = new ByteReader(bytes, 'FLV file');
  reader.skip(5);
  reader.skip(Math.max(reader.u32() - FILE_HEADER_BYTES, 0));
  const tags: FlvTag[] = [];
  while (reader.remaining >= 4 + 11) {
    reader.skip(4);
    const kind = TAG_KINDS[reader.u8() & 0x1f];
    const length = reader.u24();
    const timestamp = reader.u24() + reader.u8() * 0x100_0000;
    reader.skip(3);
    if (length > reader.remaining) break;
    const body = reader.bytes(length);
    if (kind !== undefined) tags.push({ kind, timestamp, body });
  }
  return tags;
}
