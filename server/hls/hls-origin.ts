// The one door of HLS: what a file of a stream is now, or will be. HTTP knows nothing else of this folder. An edge that pulls
// from another gateway can stand behind the same door.

import type { ContentCoding } from './encoded-text.ts';

export { CONTENT_CODINGS, type ContentCoding } from './encoded-text.ts';

/** Name of the multivariant playlist of every stream. */
export const MULTIVARIANT_PLAYLIST_URI = 'index.m3u8';

/** Where streams come from: this process, or another one. */
export interface HlsOrigin {
  /**
   * One file of one stream: a playlist, an init segment, a segment, a part, or a file of captions.
   * @param name the stream's public name; it need not exist
   * @param file the last part of the path
   * @param directives the query of the request; RFC 8216bis clause 6.2.5 says what it may ask of a playlist
   */
  answer(name: string, file: string, directives: string): OriginAnswer;
}

export type OriginAnswer = ReadyAnswer | PendingAnswer | AbsentAnswer;

/** It is there. */
export type ReadyAnswer = ReadyPlaylist | ReadyMedia | ReadyCaptions;

export type ReadyPlaylist = {
  readonly kind: 'ready';
  readonly content: 'playlist';
  readonly text: CodedText;
  readonly caching: PlaylistCaching;
  /** Whoever asks for it is a viewer of the stream. */
  readonly isWatched: boolean;
};

export type ReadyMedia =
  | { readonly kind: 'ready'; readonly content: 'init'; readonly bytes: Buffer }
  | {
      readonly kind: 'ready';
      readonly content: 'media';
      readonly chunks: readonly PinnedBytes[];
      readonly byteLength: number;
    };

/** A WebVTT file. */
export type ReadyCaptions = { readonly kind: 'ready'; readonly content: 'captions'; readonly bytes: Buffer };

/** It will be there when media comes that has been announced (clauses 6.2.5.2 and 6.2.6). */
export type PendingAnswer = {
  readonly kind: 'pending';
  /** Whoever waits for it is a viewer of the stream. */
  readonly isWatched: boolean;
  /**
   * Calls `done` once: when it is there, when it is known that it will not be, or after `maxWaitMs`. What `done` throws is
   * reported by the origin; other requests are answered all the same.
   * @returns a function that gives up, without a call of `done`
   */
  readonly wait: (maxWaitMs: number, done: (answer: ReadyAnswer | AbsentAnswer) => void) => () => void;
};

export type AbsentAnswer =
  /** `no-stream`: nobody publishes the name. `no-file`: no playlist names it, or it has left the window. */
  | { readonly kind: 'absent'; readonly reason: 'no-stream' | 'no-file' }
  /** The publisher has not sent it; the same request may succeed in a second. */
  | { readonly kind: 'absent'; readonly reason: 'not-yet' }
  /** The origin failed and has reported the error. */
  | { readonly kind: 'absent'; readonly reason: 'fault' }
  /** The query asks for what no playlist will have; `detail` names it. Its sender may be a viewer all the same. */
  | {
      readonly kind: 'absent';
      readonly reason: 'bad-directive';
      readonly detail: string;
      readonly isWatched: boolean;
    };

/** A text that is coded at most once for each content coding; the same Buffer every time. */
export type CodedText = { bytes(coding: ContentCoding): Buffer };

/** Bytes that stay as they are while they are pinned. Whoever keeps them over a turn of the event loop pins them. */
export type PinnedBytes = {
  readonly bytes: Buffer;
  readonly block: { pin(): void; unpin(): void };
};

/**
 * How long a playlist stays right: `newest` until the next cut, `position` as long as anybody could ask for that position, for
 * it is the first playlist that has it.
 */
export type PlaylistCaching = 'newest' | 'position';
