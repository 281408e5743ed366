// The interface of HLS for HTTP, which imports nothing else of this folder: a file of a stream now or later. An edge that
// pulls from another gateway could implement it too.

import type { ContentCoding } from './encoded-text.ts';

export { CONTENT_CODINGS, type ContentCoding } from './encoded-text.ts';

/** Name of the multivariant playlist of every stream. */
export const MULTIVARIANT_PLAYLIST_URI = 'index.m3u8';

/** A source of streams: this process, or another one. */
export interface HlsOrigin {
  /**
   * One file of one stream: a playlist, an init segment, a segment, a part, or a file of captions.
   * @param name the stream's public name; it need not exist
   * @param file the last part of the path
   * @param directives the query of the request; see RFC 8216bis clause 6.2.5
   */
  answer(name: string, file: string, directives: string): OriginAnswer;
}

export type OriginAnswer = ReadyAnswer | PendingAnswer | AbsentAnswer;

/** The file exists. */
export type ReadyAnswer = ReadyPlaylist | ReadyMedia | ReadyCaptions;

export type ReadyPlaylist = {
  readonly kind: 'ready';
  readonly content: 'playlist';
  readonly text: CodedText;
  readonly caching: PlaylistCaching;
  /** The client counts as a viewer of the stream. */
  readonly isWatched: boolean;
};

export type ReadyMedia =
  | { readonly kind: 'ready'; readonly content: 'init'; readonly bytes: Buffer }
  | {
      readonly kind: 'ready';
      readonly content: 'media';
      /** The same list every time, because what is written once for all clients is found by it. */
      readonly chunks: readonly PinnedBytes[];
      readonly byteLength: number;
    };

/** A WebVTT file. */
export type ReadyCaptions = { readonly kind: 'ready'; readonly content: 'captions'; readonly bytes: Buffer };

/** The file will exist when announced media arrives (clauses 6.2.5.2 and 6.2.6). */
export type PendingAnswer = {
  readonly kind: 'pending';
  /** The client counts as a viewer of the stream. */
  readonly isWatched: boolean;
  /**
   * Calls `done` once: when the file exists, when it will never exist, or after `maxWaitMs`. The origin reports errors of `done`;
   * other requests are still answered.
   * @returns a function that cancels without calling `done`
   */
  readonly wait: (maxWaitMs: number, done: (answer: ReadyAnswer | AbsentAnswer) => void) => () => void;
};

export type AbsentAnswer =
  /** `no-stream`: nobody publishes the name. `no-file`: no playlist lists it, or it has left the window. */
  | { readonly kind: 'absent'; readonly reason: 'no-stream' | 'no-file' }
  /** A publish with `?test=1`: it is judged, and nobody can watch it. */
  | { readonly kind: 'absent'; readonly reason: 'test' }
  /** The publisher has not sent it yet; a later request may succeed. */
  | { readonly kind: 'absent'; readonly reason: 'not-yet' }
  /** The origin failed and has reported the error. */
  | { readonly kind: 'absent'; readonly reason: 'fault' }
  /** The query is invalid; `detail` says why. The client may still be a viewer. */
  | {
      readonly kind: 'absent';
      readonly reason: 'bad-directive';
      readonly detail: string;
      readonly isWatched: boolean;
    };

/** A text that is encoded at most once for each content coding; the same Buffer every time. */
export type CodedText = { bytes(coding: ContentCoding): Buffer };

/** Bytes that stay valid while they are pinned. Pin them before keeping them over a turn of the event loop. */
export type PinnedBytes = {
  readonly bytes: Buffer;
  readonly block: { pin(): void; unpin(): void };
};

/**
 * How long a playlist is valid: `newest` until the next cut; `position` always for that position, because it is the first playlist
 * that has it.
 */
export type PlaylistCaching = 'newest' | 'position';
