// The origin for the streams of this process (RFC 8216bis clauses 6.2.2, 6.2.5 and 6.2.6).

import { GatewayError } from '../errors.ts';
import type { TextName } from './caption-names.ts';
import type { CaptionRenditions } from './caption-renditions.ts';
import { type DeliveryDirectives, parseDeliveryDirectives } from './delivery-directives.ts';
import {
  type AbsentAnswer,
  type HlsOrigin,
  MULTIVARIANT_PLAYLIST_URI,
  type OriginAnswer,
  type PendingAnswer,
  type ReadyAnswer,
  type ReadyMedia,
} from './hls-origin.ts';
import { type HlsOutput, MEDIA_PLAYLIST_URI } from './hls-output.ts';
import type { PlaylistPosition, PlaylistWaiters, WaitOutcome } from './playlist-waiters.ts';
import type { Rendition } from './rendition.ts';
import { type MediaResource, slicesOf } from './segment-ring.ts';

const NO_STREAM: AbsentAnswer = { kind: 'absent', reason: 'no-stream' };
const NO_FILE: AbsentAnswer = { kind: 'absent', reason: 'no-file' };
const IS_TEST: AbsentAnswer = { kind: 'absent', reason: 'test' };
const NOT_YET: AbsentAnswer = { kind: 'absent', reason: 'not-yet' };
const FAULT: AbsentAnswer = { kind: 'absent', reason: 'fault' };
const FIRST_POSITION: PlaylistPosition = { msn: 0, part: 0 };

export class LocalOrigin implements HlsOrigin {
  readonly #outputOf: (name: string) => HlsOutput | undefined;
  readonly #isTest: (name: string) => boolean;

  constructor(
    outputOf: (name: string) => HlsOutput | undefined,
    isTest: (name: string) => boolean = () => false,
  ) {
    this.#outputOf = outputOf;
    this.#isTest = isTest;
  }

  answer(name: string, file: string, directives: string): OriginAnswer {
    const output = this.#outputOf(name);
    if (output === undefined) return this.#isTest(name) ? IS_TEST : NO_STREAM;
    // Most requests are for media that exists; playlists and captions have other names.
    const resource = output.rendition?.find(file);
    if (resource !== undefined) return readyMedia(resource);
    if (file === MULTIVARIANT_PLAYLIST_URI) return multivariant(output);
    if (file !== MEDIA_PLAYLIST_URI && !output.captions.has(file)) return media(output, file);
    return mediaPlaylist(output, file, directives);
  }
}

/** Pending until the stream is playable, so that early players need no retry. */
function multivariant(output: HlsOutput): OriginAnswer {
  if (output.multivariantPlaylist !== undefined || output.hasEnded) return multivariantNow(output);
  return pending({
    waiters: output.playableWaiters,
    position: FIRST_POSITION,
    isWatched: false,
    answerTo: () => multivariantNow(output),
  });
}

function multivariantNow(output: HlsOutput): ReadyAnswer | AbsentAnswer {
  const text = output.multivariantPlaylist;
  if (text === undefined) return output.hasEnded ? NO_STREAM : NOT_YET;
  return { kind: 'ready', content: 'playlist', text, caching: 'newest', isWatched: false };
}

/** The playlist of the media or of captions: now, or when it has the requested position. */
function mediaPlaylist(output: HlsOutput, file: string, query: string): OriginAnswer {
  const { rendition } = output;
  // Before the multivariant playlist exists there is nothing to reload.
  if (rendition === undefined || output.multivariantPlaylist === undefined) return NOT_YET;
  // Readers of captions also read the media playlist and are counted there.
  const isWatched = file === MEDIA_PLAYLIST_URI;
  const directives = directivesOf(query, rendition);
  if (directives instanceof GatewayError)
    return { kind: 'absent', reason: 'bad-directive', detail: directives.message, isWatched };
  const { position, wantsDelta } = directives;
  if (position === undefined || rendition.hasReached(position)) {
    const isFirstWithIt = position !== undefined && rendition.isNewest(position);
    return playlistNow(output, rendition, { file, wantsDelta, isFirstWithIt });
  }
  return pending({
    waiters: rendition.waiters,
    position,
    isWatched,
    answerTo: (outcome) => {
      if (isUnmet(outcome)) return NOT_YET;
      // Many requests are answered in several turns, so there may be a newer playlist.
      const isFirstWithIt = outcome === 'reached' && rendition.isNewest(position);
      return playlistNow(output, rendition, { file, wantsDelta, isFirstWithIt });
    },
  });
}

function playlistNow(
  output: HlsOutput,
  rendition: Rendition,
  wanted: { readonly file: string; readonly wantsDelta: boolean; readonly isFirstWithIt: boolean },
): ReadyAnswer {
  const isWatched = wanted.file === MEDIA_PLAYLIST_URI;
  const texts = isWatched ? rendition : (output.captions.playlist(wanted.file) ?? rendition);
  return {
    kind: 'ready',
    content: 'playlist',
    text: wanted.wantsDelta ? texts.deltaUpdate : texts.playlist,
    caching: wanted.isFirstWithIt ? 'position' : 'newest',
    isWatched,
  };
}

/** Media, or captions of it. 6.2.6: a request for the hinted part is answered when the part is complete. */
function media(output: HlsOutput, file: string): OriginAnswer {
  const { rendition, captions } = output;
  if (rendition === undefined) return NO_FILE;
  const text = captions.nameOf(file);
  const mediaUri = text?.mediaUri ?? file;
  const found = mediaNow(rendition, mediaUri, text, captions);
  if (found !== undefined) return found;
  if (rendition.hasEnded || mediaUri !== rendition.nextPartUri) return NO_FILE;
  return pending({
    waiters: rendition.waiters,
    position: rendition.nextPosition,
    isWatched: false,
    answerTo: (outcome) =>
      mediaNow(rendition, mediaUri, text, captions) ?? (isUnmet(outcome) ? NOT_YET : NO_FILE),
  });
}

function mediaNow(
  rendition: Rendition,
  mediaUri: string,
  text: TextName | undefined,
  captions: CaptionRenditions,
): ReadyAnswer | undefined {
  const resource = rendition.find(mediaUri);
  if (resource === undefined) return undefined;
  if (text === undefined) return readyMedia(resource);
  if (resource.kind === 'init') return undefined;
  return { kind: 'ready', content: 'captions', bytes: captions.text(text.channel, resource) };
}

function readyMedia(resource: MediaResource): ReadyMedia {
  if (resource.kind === 'init') return { kind: 'ready', content: 'init', bytes: resource.init.bytes };
  const byteLength = resource.kind === 'part' ? resource.part.byteLength : resource.segment.byteLength;
  return { kind: 'ready', content: 'media', chunks: slicesOf(resource), byteLength };
}

function pending(options: {
  readonly waiters: PlaylistWaiters;
  readonly position: PlaylistPosition;
  readonly isWatched: boolean;
  readonly answerTo: (outcome: WaitOutcome) => ReadyAnswer | AbsentAnswer;
}): PendingAnswer {
  const { waiters, position, isWatched, answerTo } = options;
  return {
    kind: 'pending',
    isWatched,
    wait: (maxWaitMs, done) =>
      waiters.wait(position, maxWaitMs, (outcome) => {
        let answer: ReadyAnswer | AbsentAnswer;
        try {
          answer = answerTo(outcome);
        } catch (error) {
          // PlaylistWaiters reports the error; answer, so that the client does not wait forever.
          done(FAULT);
          throw error;
        }
        done(answer);
      }),
  };
}

/** The parsed query, or the error if it is invalid. */
function directivesOf(query: string, rendition: Rendition): DeliveryDirectives | GatewayError {
  try {
    const directives = parseDeliveryDirectives(query);
    const { position } = directives;
    if (position === undefined || rendition.hasReached(position) || !rendition.isBeyondReach(position))
      return directives;
    const part = position.part === undefined ? '' : `&_HLS_part=${position.part}`;
    return new GatewayError(
      'invalid-data',
      'bad_directive',
      `_HLS_msn=${position.msn}${part} is too far past the playlist's end`,
    );
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
}

/** Nothing arrived in time, or there is no publisher. */
function isUnmet(outcome: WaitOutcome): boolean {
  return outcome === 'timed-out' || outcome === 'source-lost';
}
