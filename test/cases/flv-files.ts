// FLV files built tag by tag (Adobe FLV 10.1, annex E.2 to E.4).

import type { FlvTag } from '../../server/flv/flv-file.ts';

export const FLV_TAG_TYPES = { audio: 8, video: 9, script: 18 } as const;

/** The header, longer than its nine bytes by `extraBytes`. */
export function flvHeader(extraBytes = 0): Buffer {
  const header = Buffer.alloc(9 + extraBytes, 0xee);
  header.write('FLV\u0001\u0005', 'latin1');
  header.writeUInt32BE(header.length, 5);
  return header;
}

/** A tag after the length of the previous one; `type` may be one that does not exist. */
export function flvTag(previousBytes: number, type: number, timestamp: number, body: Buffer): Buffer {
  const head = Buffer.alloc(15);
  head.writeUInt32BE(previousBytes, 0);
  head.writeUInt8(type, 4);
  head.writeUIntBE(body.length, 5, 3);
  head.writeUIntBE(timestamp & 0xff_ffff, 8, 3);
  head.writeUInt8(timestamp >>> 24, 11);
  return Buffer.concat([head, body]);
}

/** A whole file, with the last tag's length at its end. */
export function flvFile(tags: readonly FlvTag[]): Buffer {
  let previousBytes = 0;
  const parts = tags.map(({ kind, timestamp, body }) => {
    const part = flvTag(previousBytes, FLV_TAG_TYPES[kind], timestamp, body);
    previousBytes = 11 + body.length;
    return part;
  });
  const end = Buffer.alloc(4);
  end.writeUInt32BE(previousBytes);
  return Buffer.concat([flvHeader(), ...parts, end]);
}

export const FLV_TAGS: readonly FlvTag[] = [
  { kind: 'script', timestamp: 0, body: Buffer.from('02000a6f6e4d65746144617461', 'hex') },
  { kind: 'video', timestamp: 0, body: Buffer.from('1701000000', 'hex') },
  { kind: 'audio', timestamp: 0xff_ffff, body: Buffer.from('af01', 'hex') },
  { kind: 'video', timestamp: 0x100_0000, body: Buffer.alloc(0) },
  { kind: 'audio', timestamp: 0xffff_ffff, body: Buffer.alloc(300, 1) },
];
