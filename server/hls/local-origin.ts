// The streams of this process behind the door of HLS (RFC 8216bis clauses 6.2.2, 6.2.5 and 6.2.6).

import { GatewayError } from '../errors.ts';
import { type DeliveryDirectives, parseDeliveryDirectives } from './delivery-directives.ts';
import type { EncodedText } from './encoded-text.ts';
import type { AbsentAnswer, HlsOrigin, OriginAnswer, PlaylistCaching, ReadyAnswer } from './hls-origin.ts';
import { type HlsOutput, MEDIA_PLAYLIST_URI, MULTIVARIANT_PLAYLIST_URI } from './hls-output.ts';
import type { PlaylistPosition, WaitOutcome } from './playlist-waiters.ts';
import type { Rendition } from './rendition.ts';
import { type MediaResource, slicesOf } from './segment-ring.ts';

/** Of one rendition, as of the last cut. */
type PlaylistTexts = { readonly playlist: EncodedText; readonly deltaUpdate: EncodedText };

const NO_STREAM: AbsentAnswer = { kind: 'absent', reason: 'no-stream' };
const NO_FILE: AbsentAnswer = { kind: 'absent', reason: 'no-file' };
const NOT_YET: AbsentAnswer = { kind: 'absent', reason: 'not-yet' };

export class LocalOrigin implements HlsOrigin {
  readonly #outputOf: (name: string) => HlsOutput | undefined;

  constructor(outputOf: (name: string) => HlsOutput | undefined) {
    this.#outputOf = outputOf;
  }

  answer(name: string, file: string, directives: string): OriginAnswer {
    const output = this.#outputOf(name);
    if (output === undefined) return NO_STREAM;
    if (file === MULTIVARIANT_PLAYLIST_URI) return multivariant(output);
    const { rendition, captions } = output;
    const isCaptions = captions.has(file);
    if (file !== MEDIA_PLAYLIST_URI && !isCaptions) return media(output, file);
    // Players read the multivariant playlist first: before it there is nothing to reload.
    if (rendition === undefined || output.multivariantPlaylist === undefined) return NOT_YET;
    if (!isCaptions) return playlist(rendition, directives, () => rendition, true);
    // Beside the video's playlist: who reads it is counted there.
    return playlist(rendition, directives, () => captions.playlist(file) ?? rendition, false);
  }
}

/** Pending until there is something to play: a player that comes with the publisher needs no second try. */
function multivariant(output: HlsOutput): OriginAnswer {
  const answer = (): ReadyAnswer | AbsentAnswer => {
    const text = output.multivariantPlaylist;
    if (text !== undefined) return ready(text, 'newest', false);
    return output.hasEnded ? NO_STREAM : NOT_YET;
  };
  if (output.multivariantPlaylist !== undefined || output.hasEnded) return answer();
  return {
    kind: 'pending',
    isWatched: false,
    wait: (maxWaitMs, done) =>
      output.playableWaiters.wait({ msn: 0, part: 0 }, maxWaitMs, () => done(answer())),
  };
}

/** Now, or when the rendition has come as far as the directives ask. */
function playlist(
  rendition: Rendition,
  query: string,
  texts: () => PlaylistTexts,
  isWatched: boolean,
): OriginAnswer {
  const directives = directivesOf(query, rendition);
  if ('kind' in directives) return directives;
  const { position, wantsDelta } = directives;
  const answer = (caching: PlaylistCaching): ReadyAnswer =>
    ready(wantsDelta ? texts().deltaUpdate : texts().playlist, caching, isWatched);
  if (position === undefined) return answer('newest');
  // In a crowd's later turns there may be a newer playlist than the one that was waited for.
  const caching = (): PlaylistCaching => (rendition.isNewest(position) ? 'position' : 'newest');
  if (rendition.hasReached(position)) return answer(caching());
  return {
    kind: 'pending',
    isWatched,
    wait: (maxWaitMs, done) =>
      rendition.waiters.wait(position, maxWaitMs, (outcome) => {
        if (isUnmet(outcome)) done(NOT_YET);
        else done(answer(outcome === 'reached' ? caching() : 'newest'));
      }),
  };
}

/** Media, or captions of it. 6.2.6: a request for the hinted part is answered when the whole part is there. */
function media(output: HlsOutput, file: string): OriginAnswer {
  const { rendition, captions } = output;
  if (rendition === undefined) return NO_FILE;
  const text = captions.nameOf(file);
  const mediaUri = text?.mediaUri ?? file;
  const find = (): ReadyAnswer | undefined => {
    const resource = rendition.find(mediaUri);
    if (resource === undefined) return undefined;
    if (text === undefined) return readyMedia(resource);
    if (resource.kind === 'init') return undefined;
    return { kind: 'ready', content: 'captions', bytes: captions.text(text.channel, resource) };
  };
  const found = find();
  if (found !== undefined) return found;
  if (rendition.hasEnded || mediaUri !== rendition.nextPartUri) return NO_FILE;
  const position: PlaylistPosition = rendition.nextPosition;
  return {
    kind: 'pending',
    isWatched: false,
    wait: (maxWaitMs, done) =>
      rendition.waiters.wait(position, maxWaitMs, (outcome) =>
        done(find() ?? (isUnmet(outcome) ? NOT_YET : NO_FILE)),
      ),
  };
}

function ready(text: EncodedText, caching: PlaylistCaching, isWatched: boolean): ReadyAnswer {
  return { kind: 'ready', content: 'playlist', text, caching, isWatched };
}

function readyMedia(resource: MediaResource): ReadyAnswer {
  if (resource.kind === 'init') return { kind: 'ready', content: 'init', bytes: resource.init.bytes };
  const byteLength =
    resource.kind === 'part' ? (resource.part.slice?.bytes.length ?? 0) : resource.segment.byteLength;
  return { kind: 'ready', content: 'media', chunks: slicesOf(resource), byteLength };
}

/** What a query asks of a playlist, or why nobody could mean it. */
function directivesOf(query: string, rendition: Rendition): DeliveryDirectives | AbsentAnswer {
  try {
    const directives = parseDeliveryDirectives(query);
    const { position } = directives;
    if (position === undefined || rendition.hasReached(position) || !rendition.isBeyondReach(position))
      return directives;
    const part = position.part === undefined ? '' : `&_HLS_part=${position.part}`;
    return badDirective(`_HLS_msn=${position.msn}${part} is too far past the playlist's end`);
  } catch (error) {
    if (error instanceof GatewayError) return badDirective(error.message);
    throw error;
  }
}

function badDirective(detail: string): AbsentAnswer {
  return { kind: 'absent', reason: 'bad-directive', detail };
}

/** Nothing came in time, or nobody is there that could send it. */
function isUnmet(outcome: WaitOutcome): boolean {
  return outcome === 'timed-out' || outcome === 'source-lost';
}
