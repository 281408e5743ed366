// `/live/*` and its aliases: sends the origin's answers over HTTP (RFC 8216bis clause 6.2).

import type { PlaybackVerdict } from '../access/playback-verdict.ts';
import type { MonotonicClock } from '../clock.ts';
import { guarded } from '../guard.ts';
import {
  type AbsentAnswer,
  type HlsOrigin,
  MULTIVARIANT_PLAYLIST_URI,
  type OriginAnswer,
  type PendingAnswer,
  type ReadyAnswer,
} from '../hls/hls-origin.ts';
import type { Logger } from '../log.ts';
import type { HlsCounts } from '../stats/hls-counts.ts';
import type { NoRoom, ViewerCount, ViewerGroup } from '../stats/viewer-count.ts';
import type { Admission } from './admission.ts';
import type { CmcdHandler } from './cmcd-handler.ts';
import { readHlsTarget } from './hls-target.ts';
import type { HttpReply, HttpRequest } from './http-exchange.ts';
import { type Problem, sendProblem, VISIBLE_ASCII } from './http-replies.ts';
import { isOver } from './is-over.ts';
import { sendMedia } from './media-reply.ts';
import { MediaSender } from './media-sender.ts';
import type { NoPlace, PeerPlaces } from './peer-places.ts';
import { isPlainApple } from './plain-apple.ts';
import type { PlayAsker } from './play-asker.ts';
import {
  type PlaybackDoor,
  playbackProblem,
  queryWithoutToken,
  TOKEN_FOLDER,
  tokenOfQuery,
} from './playback-door.ts';
import { sendPlaylist } from './playlist-reply.ts';
import { sendPreflight } from './preflight.ts';
import { headerOf } from './request-header.ts';
import { sendText } from './text-reply.ts';

export type HlsHandlerOptions = {
  readonly origin: HlsOrigin;
  readonly viewers: ViewerCount;
  readonly counts: HlsCounts;
  readonly clock: MonotonicClock;
  /**
   * hls.js gives up on a playlist after 10 s without a first byte. A hold ends earlier, and at the latest after three target
   * durations (6.2.5.2).
   */
  readonly maxHoldMs: number;
  /** Places of held requests. */
  readonly held: PeerPlaces;
  readonly admission: Admission;
  /** Absent if every stream is public. */
  readonly playback?: PlaybackDoor;
  /** Present if the operator's server decides who may watch. */
  readonly asker?: PlayAsker | undefined;
  /** Takes what players say about themselves in their requests. */
  readonly reports?: Pick<CmcdHandler, 'takeRequest'> | undefined;
  readonly log: Logger;
};

/** A request for a signed stream. */
type SignedRequest = {
  readonly name: string;
  readonly file: string;
  readonly query: string;
  /** As it stands in the path. */
  readonly token: string | undefined;
};

const METHODS = 'GET, HEAD, OPTIONS';

const NO_SUCH_STREAM: Problem = {
  status: 404,
  title: 'No such stream',
  detail: 'Nobody is publishing this name; start the encoder first.',
};
const IS_TEST: Problem = {
  status: 404,
  title: 'This is a test',
  detail: 'The publisher tests its settings (?test=1), and nobody can watch it.',
};
const NO_SUCH_FILE: Problem = {
  status: 404,
  title: 'No such file',
  detail: 'The playlist does not list this file, or it has left the window.',
};
const BAD_QUERY: Problem = {
  status: 400,
  title: 'Bad query',
  detail: 'The query has characters that must be percent-encoded.',
};
const NOT_YET: Problem = {
  status: 503,
  title: 'Not yet',
  detail: 'The publisher has not sent the requested media; try again.',
};
const TOO_MANY_HELD: Readonly<Record<NoPlace, Problem>> = {
  in_all: {
    status: 503,
    title: 'Too many waiting requests',
    detail: 'The gateway has too many requests that wait for media; try again.',
  },
  per_address: {
    status: 429,
    title: 'Too many waiting requests',
    detail:
      'Your address has too many requests that wait for media. Proxies must be listed in proxies.trusted or http.exempt-networks.',
  },
};

const FULL: Readonly<Record<NoRoom, Problem>> = {
  too_many_viewers_of_stream: {
    status: 503,
    title: 'The stream is full',
    detail: 'The stream has as many viewers as it may have; try again when one has left.',
  },
  too_many_viewers: {
    status: 503,
    title: 'The gateway is full',
    detail: 'The gateway has as many viewers as it may have; try again when one has left.',
  },
};

/** Pages of any origin may read the problem. */
const REFUSED: readonly string[] = ['access-control-allow-origin', '*'];
/** An encoder needs about a second to come back. */
const REFUSED_FOR_NOW: readonly string[] = [...REFUSED, 'retry-after', '1'];

export class HlsHandler {
  readonly #options: HlsHandlerOptions;
  readonly #sender: MediaSender;

  constructor(options: HlsHandlerOptions) {
    this.#options = options;
    this.#sender = new MediaSender(undefined, options.log);
  }

  handle(request: HttpRequest, response: HttpReply): void {
    // A pipelined request has no socket before its turn, and node:http then does not report a lost connection. So it gets no
    // place and no memory. The socket of HTTP/2 is never null here.
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
        detail: `${method} is not allowed for media; use GET or HEAD.`,
      };
      return sendProblem(response, problem, [...REFUSED, 'allow', METHODS]);
    }
    const target = readHlsTarget(request.url ?? '/');
    if (target.kind === 'no-file') return refuse(response, NO_SUCH_FILE);
    if (target.kind === 'no-stream') return refuse(response, NO_SUCH_STREAM);
    if (target.kind === 'alias') return this.#redirect(response, target.location, target.query);
    const { playback, origin } = this.#options;
    const { name, file, query } = target;
    if (playback?.needsToken(name) === true) return this.#checkToken(response, playback, target);
    this.#answer(response, target, origin.answer(name, file, query));
  }

  /** A request that has begun before its token expired is answered: only its start is checked. */
  #checkToken(response: HttpReply, playback: PlaybackDoor, request: SignedRequest): void {
    const { name, file, query, token } = request;
    const { asker, admission } = this.#options;
    const ask =
      token === undefined && asker !== undefined && file.endsWith('.m3u8')
        ? () =>
            asker.ask(response, name, query, (issued) =>
              this.#redirect(response, `${TOKEN_FOLDER}/${issued}/${file}`, query),
            )
        : undefined;
    const isFirst = token === undefined && file === MULTIVARIANT_PLAYLIST_URI;
    const queried = isFirst ? tokenOfQuery(query) : undefined;
    if (queried !== undefined && ask === undefined) return this.#redirectWith(response, queried, request);
    if (queried === undefined && ask !== undefined) return ask();
    const verdict = playback.check(name, token ?? queried, admission.clientOf(response.req));
    const settle = (settled: PlaybackVerdict): void => {
      if (queried === undefined || ask === undefined) return this.#settle(response, request, settled);
      // The parameter may be meant for the operator's server, which is asked if it is no token of ours.
      if (settled.kind === 'allowed') this.#redirectWith(response, queried, request);
      else ask();
    };
    if (!(verdict instanceof Promise)) return settle(verdict);
    const guard = { log: this.#options.log, close: () => void response.destroy() };
    const settleLater = guarded(guard, (awaited: PlaybackVerdict) => {
      if (!isOver(response)) settle(awaited);
    });
    void verdict.then(settleLater);
  }

  /** Moves a token from the query to the path. */
  #redirectWith(response: HttpReply, token: string, { file, query }: SignedRequest): void {
    this.#redirect(response, `${TOKEN_FOLDER}/${token}/${file}`, queryWithoutToken(query));
  }

  #settle(response: HttpReply, { name, file, query }: SignedRequest, verdict: PlaybackVerdict): void {
    const { admission, origin } = this.#options;
    if (verdict.kind === 'refused') {
      admission.denied(verdict.code, admission.clientOf(response.req));
      return refuse(response, playbackProblem(verdict));
    }
    this.#answer(response, { name, query }, origin.answer(name, file, query), verdict.viewer);
  }

  /** `viewer` identifies who watches, if the token says so; otherwise the address does. */
  #answer(
    response: HttpReply,
    { name, query }: Pick<SignedRequest, 'name' | 'query'>,
    answer: OriginAnswer,
    viewer?: string,
  ): void {
    let group: ViewerGroup | undefined;
    if (isWatched(answer)) {
      const { viewers, admission } = this.#options;
      const { req } = response;
      const seen = viewers.seen(name, viewer ?? admission.clientOf(req), headerOf(req, 'user-agent'));
      if (typeof seen === 'string') return this.#refuseFull(response, seen);
      group = seen;
      if (isPlainApple(req)) seen.isPlainApple = true;
    }
    if (answer.kind !== 'absent') this.#options.reports?.takeRequest(response.req, name, query, viewer);
    if (answer.kind === 'pending') this.#hold(response, answer, group);
    else this.#send(response, answer);
  }

  #send(response: HttpReply, answer: ReadyAnswer | AbsentAnswer): void {
    const { counts } = this.#options;
    if (answer.kind === 'absent') {
      counts.absent[answer.reason] += 1;
      return sendAbsent(response, answer);
    }
    counts.ready[answer.content] += 1;
    if (answer.content === 'playlist') sendPlaylist(response, answer.text, answer.caching);
    else if (answer.content === 'captions') sendText(response, answer.bytes);
    else sendMedia(response, answer, this.#sender);
  }

  /** Holds a request until the origin has its answer, unless its address has too many held requests. */
  #hold(response: HttpReply, answer: PendingAnswer, viewer: ViewerGroup | undefined): void {
    const { held, admission, viewers, counts, clock, maxHoldMs, log } = this.#options;
    const client = admission.clientOf(response.req);
    const noPlace = held.take(client);
    if (noPlace !== undefined) {
      admission.refused(noPlace === 'in_all' ? 'too_many_held' : 'too_many_held_from_address', client);
      return refuse(response, TOO_MANY_HELD[noPlace]);
    }
    const noRoom = viewer === undefined ? undefined : viewers.hold(viewer);
    if (noRoom !== undefined) {
      held.leave(client);
      return this.#refuseFull(response, noRoom);
    }
    counts.waiting += 1;
    const sinceMs = clock.monotonicMs();
    let cancel: (() => void) | undefined;
    // Before `wait`, so that the place is released even if `wait` throws.
    const end = guarded({ log }, () => {
      held.leave(client);
      counts.endHold((clock.monotonicMs() - sinceMs) / 1000);
      if (viewer !== undefined) viewers.release(viewer);
      cancel?.();
    });
    response.once('close', end);
    cancel = answer.wait(maxHoldMs, (settled) => {
      try {
        this.#send(response, settled);
      } catch (error) {
        // The origin reports the error; answer, so that the client does not wait forever.
        response.destroy();
        throw error;
      }
    });
  }

  #refuseFull(response: HttpReply, noRoom: NoRoom): void {
    const { admission } = this.#options;
    admission.refused(noRoom, admission.clientOf(response.req));
    refuse(response, FULL[noRoom]);
  }

  #redirect(response: HttpReply, location: string, query: string): void {
    if (!VISIBLE_ASCII.test(query)) return refuse(response, BAD_QUERY);
    response.writeHead(307, {
      location: query === '' ? location : `${location}?${query}`,
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
      'content-length': '0',
    });
    response.end();
  }
}

function isWatched(answer: OriginAnswer): boolean {
  return 'isWatched' in answer && answer.isWatched;
}

function sendAbsent(response: HttpReply, answer: AbsentAnswer): void {
  switch (answer.reason) {
    case 'no-stream':
      return refuse(response, NO_SUCH_STREAM);
    case 'test':
      return refuse(response, IS_TEST);
    case 'no-file':
      return refuse(response, NO_SUCH_FILE);
    case 'not-yet':
      return refuse(response, NOT_YET);
    case 'bad-directive':
      return refuse(response, { status: 400, title: 'Bad delivery directive', detail: answer.detail });
    case 'fault':
      // The origin has reported the error; there is nothing to send.
      response.destroy();
  }
}

function refuse(response: HttpReply, problem: Problem): void {
  sendProblem(
    response,
    problem,
    problem.status === 503 || problem.status === 429 ? REFUSED_FOR_NOW : REFUSED,
  );
}
