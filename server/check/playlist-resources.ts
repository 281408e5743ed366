// The URLs and byte ranges in a media playlist (RFC 8216bis clauses 4.1 and 4.4.4.2).

import type { Line, LineTell } from './attribute-list.ts';
import type { ByteRange } from './media-playlist.ts';

/** As written; without an offset it follows the previous range. */
export type WrittenRange = { readonly length: number; readonly offset: number | undefined };

const BYTE_RANGE = /^(\d+)(?:@(\d+))?$/;

export class PlaylistResources {
  readonly #url: string;
  readonly #tell: LineTell;
  /** End of the last byte range of each resource: a range without offset follows it. */
  readonly #rangeEnds = new Map<string, number>();

  /** Relative URIs are resolved against `url`. */
  constructor(url: string, tell: LineTell) {
    this.#url = url;
    this.#tell = tell;
  }

  resolve(uri: string, line: Line): string {
    try {
      return new URL(uri, this.#url).href;
    } catch {
      this.#tell('tag_syntax', `${JSON.stringify(uri)} is not a URI`, line);
      return this.#url;
    }
  }

  /** EXT-X-BYTERANGE, for the segment whose URI follows. */
  tagRange(value: string, line: Line): WrittenRange | undefined {
    const range = parseRange(value);
    if (range === undefined) this.#tell('tag_syntax', `EXT-X-BYTERANGE is ${JSON.stringify(value)}`, line);
    return range;
  }

  /** The attribute BYTERANGE of a part or an init segment; undefined if there is none. */
  attributeRange(url: string, value: string | undefined, line: Line): ByteRange | undefined {
    if (value === undefined) return undefined;
    const range = parseRange(value);
    if (range === undefined)
      this.#tell('attribute_syntax', `BYTERANGE is ${JSON.stringify(value)}, not LENGTH@OFFSET`, line);
    return this.follow(url, range);
  }

  /** Position of a range in its resource. */
  follow(url: string, range: WrittenRange | undefined): ByteRange | undefined {
    if (range === undefined) return undefined;
    const { length, offset = this.#rangeEnds.get(url) ?? 0 } = range;
    this.#rangeEnds.set(url, offset + length);
    return { offset, length };
  }
}

function parseRange(text: string): WrittenRange | undefined {
  const [, length, offset] = BYTE_RANGE.exec(text) ?? [];
  if (length === undefined) return undefined;
  return { length: Number(length), offset: offset === undefined ? undefined : Number(offset) };
}
