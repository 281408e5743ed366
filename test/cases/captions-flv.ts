// Inserts SEI into the pictures of an FLV file: captions, as a caption encoder between camera and packager does.

import type { FlvTag } from '../../server/flv/flv-file.ts';
import { lengthPrefix } from './access-units.ts';
import type { DtvccSequence, PairSequence } from './captions-pictures.ts';
import { captionSei } from './captions-sei.ts';

/** Frame type and codec, packet type, composition offset (FLV annex E.4.3.1). */
const TAG_HEADER_BYTES = 5;
const NAL_UNITS_PACKET = 1;
const LAST_SLICE_TYPE = 5;

/**
 * The same tags with the pairs of field 1, and of field 2 if given, one per picture in presentation order, and those of
 * CEA-708 in the same way. NAL units must have lengths of 4 bytes.
 */
export function withCaptions(
  tags: readonly FlvTag[],
  field1: PairSequence,
  field2: PairSequence = [],
  dtvcc: DtvccSequence = [],
): FlvTag[] {
  const shownAt = (tag: FlvTag): number => tag.timestamp + tag.body.readIntBE(2, 3);
  const shown = tags.filter(isPicture).sort((left, right) => shownAt(left) - shownAt(right));
  const indexOf = new Map(shown.map((tag, index) => [tag, index]));
  return tags.map((tag) => {
    const index = indexOf.get(tag);
    if (index === undefined) return tag;
    const [pair1, pair2, triplets] = [field1[index], field2[index], dtvcc[index]];
    if (pair1 === undefined && pair2 === undefined && triplets === undefined) return tag;
    const sei = captionSei([
      { type: 0, pair: pair1 ?? 0x8080 },
      { type: 1, pair: pair2 ?? 0x8080 },
      ...(triplets ?? []),
    ]);
    return { ...tag, body: withSei(tag.body, sei) };
  });
}

/** Writes the file again from its tags. */
export function writeFlvFile(tags: readonly FlvTag[]): Buffer {
  const kinds = { audio: 8, video: 9, script: 18 } as const;
  const pieces = tags.flatMap(({ kind, timestamp, body }) => {
    const head = Buffer.alloc(11);
    head[0] = kinds[kind];
    head.writeUIntBE(body.length, 1, 3);
    head.writeUIntBE(timestamp & 0xff_ffff, 4, 3);
    head[7] = timestamp >>> 24;
    const tail = Buffer.alloc(4);
    tail.writeUInt32BE(body.length + head.length);
    return [head, body, tail];
  });
  return Buffer.concat([Buffer.from('464c5601050000000900000000', 'hex'), ...pieces]);
}

function isPicture(tag: FlvTag): boolean {
  return tag.kind === 'video' && tag.body[1] === NAL_UNITS_PACKET && tag.body.length > TAG_HEADER_BYTES;
}

/** SEI follows the delimiter and the parameter sets, before the first slice (H.264 clause 7.4.1.2.3). */
export function withSei(body: Buffer, sei: Buffer): Buffer {
  let at = TAG_HEADER_BYTES;
  while (at + 4 < body.length) {
    const type = (body[at + 4] ?? 0) & 0x1f;
    if (type >= 1 && type <= LAST_SLICE_TYPE) break;
    at += 4 + body.readUInt32BE(at);
  }
  return Buffer.concat([body.subarray(0, at), lengthPrefix(4, sei.length), sei, body.subarray(at)]);
}
