// `/live/*` and its aliases: stored bytes out, nothing rendered, no framework (RFC 8216bis clause 6.2).

import type { IncomingMessage, ServerResponse } from 'node:http';
import { GatewayError } from '../errors.ts';
import { type HlsOutput, MEDIA_PLAYLIST_URI } from '../hls/hls-output.ts';
import type { PlaylistWaiters, WaitOutcome } from '../hls/playlist-waiters.ts';
import type { Rendition } from '../hls/rendition.ts';
import { type MediaResource, slicesOf } from '../hls/segment-ring.ts';
import { isStreamName } from '../live/stream-name.ts';
import type { ViewerCount } from '../stats/viewer-count.ts';
import { parseDeliveryDirectives } from './hls-query.ts';
import { type Problem, sendProblem } from './http-replies.ts';
import { MediaSender } from './media-sender.ts';

export type HlsHandlerOptions = {
  readonly output: (name: string) => HlsOutput | undefined;
  readonly viewers: ViewerCount;
  /** hls.js gives up on a playlist after 10 s without a first byte; a hold ends well before. */
  readonly maxHoldMs: number;
};

const MULTIVARIANT_URI = 'index.m3u8';
/** Names and values in turn, as writeHead takes them without a second look. */
const PLAYLIST_HEADERS: readonly string[] = [
  ...['content-type', 'application/vnd.apple.mpegurl'],
  ...['cache-control', 'no-cache'],
  ...['access-control-allow-origin', '*'],
];
/** A media URI carries the epoch of the process that wrote it: its bytes never change. */
const MEDIA_HEADERS: readonly string[] = [
  ...['content-type', 'video/mp4'],
  ...['cache-control', 'public, max-age=31536000, immutable'],
  ...['access-control-allow-origin', '*'],
  ...['cross-origin-resource-policy', 'cross-origin'],
];
const METHODS = 'GET, HEAD, OPTIONS';
const PREFLIGHT_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': METHODS,
  'access-control-allow-headers': 'Range',
  'access-control-max-age': '86400',
} as const;

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

/** What a Location header may hold of a query that somebody sent (RFC 3986 clause 3.4, roughly). */
const VISIBLE_ASCII = /^[\x21-\x7e]*$/;

/** Whether a path belongs to this handler. */
export function isHlsPath(path: string): boolean {
  return path.startsWith('/live/') || path.startsWith('/hls/');
}

export class HlsHandler {
  readonly #options: HlsHandlerOptions;
  readonly #sender = new MediaSender();

  constructor(options: HlsHandlerOptions) {
    this.#options = options;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    // A pipelined request waits for its turn: until then node:http does not tell it when its connection is lost, and
    // neither a place in a queue nor memory may be kept for it.
    if (response.socket === null) {
      response.once('socket', () => this.handle(request, response));
      return;
    }
    const { method } = request;
    if (method === 'OPTIONS') {
      response.writeHead(204, PREFLIGHT_HEADERS).end();
      return;
    }
    if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('allow', METHODS);
      return this.#refuse(response, {
        status: 405,
        title: 'Not allowed',
        detail: `${method} is not for media; GET and HEAD are.`,
      });
    }
    const url = request.url ?? '/';
    const queryAt = url.indexOf('?');
    const path = queryAt < 0 ? url : url.slice(0, queryAt);
    const query = queryAt < 0 ? '' : url.slice(queryAt + 1);
    const [, root, name, file, ...rest] = path.split('/');
    if (name === undefined || rest.length > 0) return this.#refuse(response, NO_SUCH_FILE);
    const alias = aliasTarget(root, name, file);
    if (alias !== undefined) return this.#redirect(response, alias, query);
    const output = root === 'live' && isStreamName(name) ? this.#options.output(name) : undefined;
    if (output === undefined) return this.#refuse(response, NO_SUCH_STREAM);
    if (file === MULTIVARIANT_URI) this.#multivariant(response, output);
    else if (file === MEDIA_PLAYLIST_URI) this.#mediaPlaylist(request, response, { output, name, query });
    else this.#media(response, output, file ?? '');
  }

  /** Held until there is something to play: a player that comes with the publisher needs no second try. */
  #multivariant(response: ServerResponse, output: HlsOutput): void {
    const send = (): void => {
      const text = output.multivariantPlaylist;
      if (text !== undefined) sendPlaylist(response, text);
      else this.#refuse(response, output.hasEnded ? NO_SUCH_STREAM : NOT_YET);
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
    const rendition = output.rendition;
    if (rendition === undefined || output.multivariantPlaylist === undefined)
      return this.#refuse(response, NOT_YET);
    const { viewers } = this.#options;
    const viewer = viewers.seen(name, request.socket.remoteAddress, request.headers['user-agent']);
    try {
      const position = parseDeliveryDirectives(query);
      if (position === undefined || rendition.hasReached(position))
        return sendPlaylist(response, rendition.playlist);
      if (rendition.isBeyondReach(position)) {
        throw new GatewayError(
          'invalid-data',
          'bad_directive',
          `_HLS_msn=${position.msn} is too far past the playlist's end`,
        );
      }
      viewers.hold(viewer);
      response.once('close', () => viewers.release(viewer));
      this.#hold(response, rendition.waiters, position, (outcome) => {
        if (outcome === 'timed-out') this.#refuse(response, NOT_YET);
        else sendPlaylist(response, rendition.playlist);
      });
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      this.#refuse(response, { status: 400, title: 'Bad delivery directive', detail: error.message });
    }
  }

  #media(response: ServerResponse, output: HlsOutput, uri: string): void {
    const rendition = output.rendition;
    const resource = rendition?.find(uri);
    if (resource !== undefined) return this.#sendMedia(response, resource);
    if (rendition === undefined || rendition.hasEnded || uri !== rendition.nextPartUri) {
      return this.#refuse(response, NO_SUCH_FILE);
    }
    this.#holdHintedPart(response, rendition, uri);
  }

  /** 6.2.5.3: a request for the hinted part is answered when the part is there. */
  #holdHintedPart(response: ServerResponse, rendition: Rendition, uri: string): void {
    this.#hold(response, rendition.waiters, rendition.nextPosition, (outcome) => {
      const resource = rendition.find(uri);
      if (resource !== undefined) this.#sendMedia(response, resource);
      else this.#refuse(response, outcome === 'timed-out' ? NOT_YET : NO_SUCH_FILE);
    });
  }

  #hold(
    response: ServerResponse,
    waiters: PlaylistWaiters,
    position: { msn: number; part: number | undefined },
    done: (outcome: WaitOutcome) => void,
  ): void {
    const cancel = waiters.wait(position, this.#options.maxHoldMs, done);
    response.once('close', cancel);
  }

  #sendMedia(response: ServerResponse, resource: MediaResource): void {
    if (resource.kind === 'init') {
      writeHead(response, MEDIA_HEADERS, resource.init.bytes.length);
      response.end(response.req.method === 'HEAD' ? undefined : resource.init.bytes);
      return;
    }
    const slices = slicesOf(resource);
    let length = 0;
    for (const slice of slices) length += slice.bytes.length;
    writeHead(response, MEDIA_HEADERS, length);
    if (response.req.method === 'HEAD') response.end();
    else this.#sender.send(response, slices);
  }

  #redirect(response: ServerResponse, location: string, query: string): void {
    if (!VISIBLE_ASCII.test(query)) return this.#refuse(response, BAD_QUERY);
    response.writeHead(307, {
      location: query === '' ? location : `${location}?${query}`,
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
    });
    response.end();
  }

  #refuse(response: ServerResponse, problem: Problem): void {
    response.setHeader('access-control-allow-origin', '*');
    if (problem.status === 503) response.setHeader('retry-after', '1');
    sendProblem(response, problem);
  }
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

function sendPlaylist(response: ServerResponse, text: Buffer): void {
  writeHead(response, PLAYLIST_HEADERS, text.length);
  response.end(response.req.method === 'HEAD' ? undefined : text);
}

function writeHead(response: ServerResponse, headers: readonly string[], length: number): void {
  response.writeHead(200, [...headers, 'content-length', String(length)]);
}
