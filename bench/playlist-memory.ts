// Playlists that many viewers get with the same bytes are read once. Each viewer still requests and receives its own.

import { parsePlaylistEdge } from './playlist-edge.ts';
import { playlistText, rawRequest } from './raw-client.ts';

/** A part or segment that a playlist lists. */
export type Piece = { readonly uri: string; readonly request: string; readonly durationMs: number };

export type ReadPlaylist = {
  /** Parts for viewers that follow, otherwise segments; oldest first. */
  readonly pieces: readonly Piece[];
  /** The request for the playlist with the next part, which is held until then; for plain viewers the same playlist. */
  readonly nextRequest: string;
};

type Known = { readonly length: number; readonly tail: Buffer; readonly playlist: ReadPlaylist };

/** The end of a playlist names its newest part or segment, and that of a compressed one is a checksum of all of it. */
const TAIL_BYTES = 200;
const REMEMBERED = 20;

export class PlaylistMemory {
  readonly #url: URL;
  readonly #isLowLatency: boolean;
  /** The newest first. */
  readonly #known: Known[] = [];

  constructor(mediaUrl: string, isLowLatency: boolean) {
    this.#url = new URL(mediaUrl);
    this.#isLowLatency = isLowLatency;
  }

  /** The playlist whose text, perhaps compressed, is `bytes` from `start` to `end`. */
  read(bytes: Buffer, start: number, end: number): ReadPlaylist {
    const length = end - start;
    const tailAt = Math.max(start, end - TAIL_BYTES);
    for (const known of this.#known) {
      if (known.length !== length) continue;
      if (bytes.compare(known.tail, 0, known.tail.length, tailAt, end) === 0) return known.playlist;
    }
    const playlist = this.#parse(bytes.subarray(start, end));
    this.#known.unshift({ length, tail: Buffer.from(bytes.subarray(tailAt, end)), playlist });
    if (this.#known.length > REMEMBERED) this.#known.pop();
    return playlist;
  }

  #parse(body: Buffer): ReadPlaylist {
    const edge = parsePlaylistEdge(playlistText(body));
    const uris = this.#isLowLatency ? edge.partUris : edge.segmentUris;
    const durationsMs = this.#isLowLatency ? edge.partsMs : edge.segmentsMs;
    const pieces = uris.map((uri, index) => ({
      uri,
      request: rawRequest(new URL(uri, this.#url).pathname),
      durationMs: durationsMs[index] ?? 0,
    }));
    const { pathname } = this.#url;
    const directives = `?_HLS_msn=${edge.lastMsn + 1}&_HLS_part=${edge.openParts}`;
    return { pieces, nextRequest: rawRequest(this.#isLowLatency ? `${pathname}${directives}` : pathname) };
  }
}
