// Boxes of ISO base media files, read without a copy (ISO 14496-12 clause 4.2).

export type Box = {
  readonly type: string;
  /** Position of the box in the file. */
  readonly start: number;
  readonly byteLength: number;
  /** The bytes after size and type. */
  readonly body: Buffer;
};

/** The bytes are invalid; the message says where. */
export class MediaFault extends Error {
  override readonly name = 'MediaFault';
  /** The sizes of boxes do not add up. */
  readonly isSyntax: boolean;

  constructor(message: string, isSyntax = false) {
    super(message);
    this.isSyntax = isSyntax;
  }
}

const HEADER_BYTES = 8;
const LARGE_HEADER_BYTES = 16;
const SIZE_TO_END = 0;
const SIZE_IS_LARGE = 1;

/** The boxes that fill `bytes`. Throws MediaFault. */
export function readBoxes(bytes: Buffer, offset = 0): readonly Box[] {
  const boxes: Box[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (bytes.length - at < HEADER_BYTES)
      throw sizeFault(`${bytes.length - at} bytes after the last box`, offset + at);
    const size = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + HEADER_BYTES);
    const isLarge = size === SIZE_IS_LARGE && bytes.length - at >= LARGE_HEADER_BYTES;
    const headerBytes = isLarge ? LARGE_HEADER_BYTES : HEADER_BYTES;
    let byteLength = isLarge ? Number(bytes.readBigUInt64BE(at + HEADER_BYTES)) : size;
    if (size === SIZE_TO_END) byteLength = bytes.length - at;
    if (byteLength < headerBytes || byteLength > bytes.length - at)
      throw sizeFault(
        `box ${type} says that it has ${byteLength} bytes, ${bytes.length - at} are left`,
        offset + at,
      );
    const body = bytes.subarray(at + headerBytes, at + byteLength);
    boxes.push({ type, start: offset + at, byteLength, body });
    at += byteLength;
  }
  return boxes;
}

export function childrenOf(box: Box, skippedBytes = 0): readonly Box[] {
  return readBoxes(
    box.body.subarray(skippedBytes),
    box.start + box.byteLength - box.body.length + skippedBytes,
  );
}

/** Throws MediaFault if it is missing. */
export function childOf(box: Box, type: string): Box {
  const found = childrenOf(box).find((child) => child.type === type);
  if (found === undefined) throw new MediaFault(`box ${box.type} has no ${type} at byte ${box.start}`);
  return found;
}

/** Follows a path of required boxes. */
export function descend(box: Box, ...path: readonly string[]): Box {
  return path.reduce(childOf, box);
}

/** Version and flags of a full box. */
export function fullBoxHead(box: Box): { readonly version: number; readonly flags: number } {
  if (box.body.length < 4) throw sizeFault(`box ${box.type} is too short`, box.start);
  return { version: box.body.readUInt8(0), flags: box.body.readUIntBE(1, 3) };
}

function sizeFault(what: string, at: number): MediaFault {
  return new MediaFault(`${what} at byte ${at}`, true);
}
