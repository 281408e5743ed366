// `/live/*` and its aliases: stored bytes out, nothing rendered, no framework (RFC 8216bis clause 6.2).

import type { IncomingMessage, ServerResponse } from 'node:http';
import { GatewayError } from '../errors.ts';
import { guarded } from '../guard.ts';
import { type DeliveryDirectives, parseDeliveryDirectives } from '../hls/delivery-directives.ts';
import type { EncodedText } from '../hls/encoded-text.ts';
import { type HlsOutput, MEDIA_PLAYLIST_URI } from '../hls/hls-output.ts';
import type { PlaylistPosition, PlaylistWaiters, WaitOutcome } from '../hls/playlist-waiters.ts';
import type { Rendition } from '../hls/rendition.ts';
import type { MediaResource } from '../hls/segment-ring.ts';
import { isStreamName } from '../live/stream-name.ts';
import type { Logger } from '../log.ts';
import type { ViewerCount } from '../stats/viewer-count.ts';
import type { Admission } from './admission.ts';
import { type Problem, sendProblem, VISIBLE_ASCII } from './http-replies.ts';
import { sendMedia } from './media-reply.ts';
import { MediaSender } from './media-sender.ts';
import type { PeerPlaces } from './peer-places.ts';
import { type PlaylistCaching, sendPlaylist } from './playlist-reply.ts';
import { sendPreflight } from './preflight.ts';
import { sendText } from './text-reply.ts';

export type HlsHandlerOptions = {
  readonly output: (name: string) => HlsOutput | undefined;
  readonly viewers: ViewerCount;
  /**
   * hls.js gives up on a playlist after 10 s without a first byte; a hold ends well before, and never later than three
   * target durations (6.2.5.2).
   */
  readonly maxHoldMs: number;
  /** Places of held requests. */
  readonly held: PeerPlaces;
  readonly admission: Admission;
  readonly log: Logger;
};

/** Of one rendition, as of the last cut. */
type PlaylistTexts = { readonly playlist: EncodedText; readonly deltaUpdate: EncodedText };

const MULTIVARIANT_URI = 'index.m3u8';
const METHODS = 'GET, HEAD, OPTIONS';

const NO_SUCH_STREAM: Problem = {
  status: 404,
  title: 'No such stream',
  detail: 'Nobody is publishing under this name; start the encoder first.',
};
const NO_SUCH_FILE: Problem = {
  status: 404,
  title: 'No such file',
  detail: 'The playlist does not name this file, or it has left the window.',
};
const BAD_QUERY: Problem = {
  status: 400,
  title: 'Bad query',
  detail: 'The query holds characters that must be percent-encoded.',
};
const NOT_YET: Problem = {
  status: 503,
  title: 'Not yet',
  detail: 'The publisher has not sent what was asked for; ask again.',
};

const TOO_MANY_HELD: Problem = {
  status: 429,
  title: 'Too many waiting requests',
  detail: 'Your address has too many requests that wait for media. A proxy belongs in http.exempt-networks.',
};

/** Any page may read why it got nothing. */
const REFUSED: readonly string[] = ['access-control-allow-origin', '*'];
/** A second is about as long as an encoder needs to come back; sooner there is nothing new. */
const REFUSED_FOR_NOW: readonly string[] = [...REFUSED, 'retry-after', '1'];

/** Whether a path belongs to this handler. */
export function isHlsPath(path: string): boolean {
  return path.startsWith('/live/') || path.startsWith('/hls/');
}

export class HlsHandler {
  readonly #options: HlsHandlerOptions;
  readonly #sender: MediaSender;

  constructor(options: HlsHandlerOptions) {
    this.#options = options;
    this.#sender = new MediaSender(undefined, options.log);
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    // A pipelined request waits for its turn: until then node:http does not tell it when its connection is lost, and
    // neither a place in a queue nor memory may be kept for it. HTTP/2 has no turns, and no null here.
    if (response.socket === null) {
      const guard = { log: this.#options.log, close: () => void response.destroy() };
      response.once(
        'socket',
        guarded(guard, () => this.handle(request, response)),
      );
      return;
    }
    const { method } = request;
    if (method === 'OPTIONS') {
      sendPreflight(request, response, METHODS);
      return;
    }
    if (method !== 'GET' && method !== 'HEAD') {
      const problem: Problem = {
        status: 405,
        title: 'Not allowed',
        detail: `${method} is not for media; GET and HEAD are.`,
      };
      return sendProblem(response, problem, [...REFUSED, 'allow', METHODS]);
    }
    const url = request.url ?? '/';
    const queryAt = url.indexOf('?');
    const path = queryAt < 0 ? url : url.slice(0, queryAt);
    const query = queryAt < 0 ? '' : url.slice(queryAt + 1);
    const [, root, name, file, ...rest] = path.split('/');
    if (name === undefined || rest.length > 0) return refuse(response, NO_SUCH_FILE);
    const alias = aliasTarget(root, name, file);
    if (alias !== undefined) return this.#redirect(response, alias, query);
    const output = root === 'live' && isStreamName(name) ? this.#options.output(name) : undefined;
    if (output === undefined) return refuse(response, NO_SUCH_STREAM);
    if (file === MULTIVARIANT_URI) this.#multivariant(response, output);
    else if (file === MEDIA_PLAYLIST_URI) this.#mediaPlaylist(request, response, { output, name, query });
    else if (file !== undefined && output.captions.has(file))
      this.#captionPlaylist(response, { output, file, query });
    else this.#media(response, output, file ?? '');
  }

  /** Held until there is something to play: a player that comes with the publisher needs no second try. */
  #multivariant(response: ServerResponse, output: HlsOutput): void {
    const send = (): void => {
      const text = output.multivariantPlaylist;
      if (text !== undefined) sendPlaylist(response, text, 'newest');
      else refuse(response, output.hasEnded ? NO_SUCH_STREAM : NOT_YET);
    };
    if (output.multivariantPlaylist !== undefined || output.hasEnded) return send();
    this.#hold(response, output.playableWaiters, { msn: 0, part: 0 }, send);
  }

  #mediaPlaylist(
    request: IncomingMessage,
    response: ServerResponse,
    wanted: { output: HlsOutput; name: string; query: string },
  ): void {
    const { output, name, query } = wanted;
    const { rendition } = output;
    if (rendition === undefined || output.multivariantPlaylist === undefined)
      return refuse(response, NOT_YET);
    const { viewers } = this.#options;
    const viewer = viewers.seen(name, request.socket.remoteAddress, request.headers['user-agent']);
    const isHeld = this.#answerPlaylist(response, { rendition, query, texts: () => rendition });
    if (!isHeld) return;
    viewers.hold(viewer);
    response.once(
      'close',
      guarded({ log: this.#options.log }, () => viewers.release(viewer)),
    );
  }

  /** Beside the video's playlist: who reads it has been counted there. */
  #captionPlaylist(
    response: ServerResponse,
    wanted: { output: HlsOutput; file: string; query: string },
  ): void {
    const { output, file, query } = wanted;
    const { rendition } = output;
    if (rendition === undefined || output.multivariantPlaylist === undefined)
      return refuse(response, NOT_YET);
    this.#answerPlaylist(response, {
      rendition,
      query,
      texts: () => output.captions.playlist(file) ?? rendition,
    });
  }

  /** Now or when the rendition has come as far as the query asks. @returns whether the request is held */
  #answerPlaylist(
    response: ServerResponse,
    wanted: { rendition: Rendition; query: string; texts: () => PlaylistTexts },
  ): boolean {
    const { rendition, texts } = wanted;
    const directives = directivesOf(wanted.query, rendition);
    if (directives instanceof GatewayError) {
      refuse(response, { status: 400, title: 'Bad delivery directive', detail: directives.message });
      return false;
    }
    const { position, wantsDelta } = directives;
    const send = (caching: PlaylistCaching): void =>
      sendPlaylist(response, wantsDelta ? texts().deltaUpdate : texts().playlist, caching);
    if (position === undefined || rendition.hasReached(position)) {
      send(position !== undefined && rendition.isNewest(position) ? 'first with a position' : 'newest');
      return false;
    }
    return this.#hold(response, rendition.waiters, position, (outcome) => {
      if (isUnmet(outcome)) refuse(response, NOT_YET);
      // In a crowd's later turns there may be a newer playlist than the one that was waited for.
      else send(outcome === 'reached' && rendition.isNewest(position) ? 'first with a position' : 'newest');
    });
  }

  #media(response: ServerResponse, output: HlsOutput, uri: string): void {
    const { rendition, captions } = output;
    const text = captions.nameOf(uri);
    const mediaUri = text?.mediaUri ?? uri;
    const send = (resource: MediaResource): void => {
      if (text === undefined) sendMedia(response, resource, this.#sender);
      else if (resource.kind !== 'init') sendText(response, captions.text(text.channel, resource));
    };
    const resource = rendition?.find(mediaUri);
    if (resource !== undefined) return send(resource);
    if (rendition === undefined || rendition.hasEnded || mediaUri !== rendition.nextPartUri) {
      return refuse(response, NO_SUCH_FILE);
    }
    // 6.2.6: a request for the hinted part is answered when the whole part is there.
    this.#hold(response, rendition.waiters, rendition.nextPosition, (outcome) => {
      const written = rendition.find(mediaUri);
      if (written !== undefined) send(written);
      else refuse(response, isUnmet(outcome) ? NOT_YET : NO_SUCH_FILE);
    });
  }

  /** Keeps a request until what it wants is there. @returns whether there was a place for it */
  #hold(
    response: ServerResponse,
    waiters: PlaylistWaiters,
    position: PlaylistPosition,
    done: (outcome: WaitOutcome) => void,
  ): boolean {
    const { held, admission, maxHoldMs, log } = this.#options;
    const { remoteAddress } = response.req.socket;
    if (held.take(remoteAddress) !== undefined) {
      admission.refused('too_many_held_from_address', remoteAddress);
      refuse(response, TOO_MANY_HELD);
      return false;
    }
    const cancel = waiters.wait(position, maxHoldMs, (outcome) => {
      try {
        done(outcome);
      } catch (error) {
        // PlaylistWaiters logs the fault; the client of this request would otherwise wait for ever.
        response.destroy();
        throw error;
      }
    });
    const end = guarded({ log }, () => {
      cancel();
      held.leave(remoteAddress);
    });
    response.once('close', end);
    return true;
  }

  #redirect(response: ServerResponse, location: string, query: string): void {
    if (!VISIBLE_ASCII.test(query)) return refuse(response, BAD_QUERY);
    response.writeHead(307, {
      location: query === '' ? location : `${location}?${query}`,
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
    });
    response.end();
  }
}

function refuse(response: ServerResponse, problem: Problem): void {
  sendProblem(
    response,
    problem,
    problem.status === 503 || problem.status === 429 ? REFUSED_FOR_NOW : REFUSED,
  );
}

/** Where the URL shapes of other servers lead, relative so that a prefix in front of the gateway survives. */
function aliasTarget(root: string | undefined, name: string, file: string | undefined): string | undefined {
  const isPlaylistName = name.endsWith('.m3u8') && isStreamName(name.slice(0, -'.m3u8'.length));
  if (file === undefined && isPlaylistName) {
    const target = `${name.slice(0, -'.m3u8'.length)}/${MULTIVARIANT_URI}`;
    return root === 'live' ? target : `../live/${target}`;
  }
  return root === 'hls' && file === MULTIVARIANT_URI && isStreamName(name)
    ? `../../live/${name}/${MULTIVARIANT_URI}`
    : undefined;
}

/** What a query asks of a playlist, or why nobody could mean it. */
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

/** Nothing came in time, or nobody is there that could send it. */
function isUnmet(outcome: WaitOutcome): boolean {
  return outcome === 'timed-out' || outcome === 'source-lost';
}
