// One viewer of many in a process: it requests playlists on one connection and what they list on another, and plays without pictures.

import { PlaybackModel } from './playback-model.ts';
import type { Piece, PlaylistMemory } from './playlist-memory.ts';
import { type AnswerListener, RawConnection, rawRequest } from './raw-client.ts';
import type { TimeHistogram } from './time-histogram.ts';
import type { Due, TimerWheel } from './timer-wheel.ts';

/** What all viewers of a process share. */
export type Audience = {
  readonly wheel: TimerWheel;
  readonly playlistsMs: TimeHistogram;
  readonly mediaMs: TimeHistogram;
  readonly received: (bytes: number) => void;
  readonly failed: () => void;
  /** A viewer has got the playlist that first lists a part. */
  readonly listed: (uri: string) => void;
};

export type ViewerOptions = {
  readonly mediaUrl: string;
  readonly playlists: PlaylistMemory;
  /** Between two requests of a plain playlist; undefined for blocking reload (RFC 8216bis clause 6.2.5.2). */
  readonly intervalMs: number | undefined;
};

/** Pause after a failed request. */
const RETRY_MS = 500;
const OK = 200;

/** A connection that is opened again when it fails, and the times of its answers. */
export class Fetcher implements AnswerListener {
  readonly #port: number;
  readonly #audience: Audience;
  readonly #times: TimeHistogram;
  readonly #keepsBody: boolean;
  readonly #listener: Pick<AnswerListener, 'answered' | 'failed'>;
  #connection: RawConnection | undefined;
  #sentAtMs = 0;
  #isBusy = false;

  constructor(
    port: number,
    audience: Audience,
    kind: 'playlists' | 'media',
    listener: Pick<AnswerListener, 'answered' | 'failed'>,
  ) {
    this.#port = port;
    this.#audience = audience;
    this.#times = kind === 'playlists' ? audience.playlistsMs : audience.mediaMs;
    this.#keepsBody = kind === 'playlists';
    this.#listener = listener;
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  fetch(request: string): void {
    this.#isBusy = true;
    if (this.#connection?.isOpen !== true) this.#connection = new RawConnection(this.#port);
    this.#sentAtMs = performance.now();
    this.#connection.send(request, this.#keepsBody, this);
  }

  answered(status: number, bodyBytes: number, bytes: Buffer, start: number, end: number): void {
    this.#isBusy = false;
    this.#times.add(performance.now() - this.#sentAtMs);
    this.#audience.received(bodyBytes);
    if (status === OK) return this.#listener.answered(status, bodyBytes, bytes, start, end);
    this.failed(new Error(`status ${status}`));
  }

  failed(error: Error): void {
    this.#isBusy = false;
    this.#audience.failed();
    this.#listener.failed(error);
  }
}

export class LoadViewer implements AnswerListener, Due {
  readonly player = new PlaybackModel();
  readonly #audience: Audience;
  readonly #options: ViewerOptions;
  readonly #first: string;
  readonly #playlist: Fetcher;
  readonly #media: Fetcher;
  /** Listed and not received, in order; the first one is requested. */
  readonly #wanted: Piece[] = [];
  #next: string;
  #last: string | undefined;

  constructor(options: ViewerOptions, audience: Audience) {
    const { port, pathname } = new URL(options.mediaUrl);
    this.#audience = audience;
    this.#options = options;
    this.#first = rawRequest(pathname);
    this.#next = this.#first;
    this.#playlist = new Fetcher(Number(port), audience, 'playlists', this);
    this.#media = new Fetcher(Number(port), audience, 'media', {
      answered: () => this.#received(),
      failed: () => this.#fetchNext(),
    });
  }

  /** Requests the playlist. */
  due(): void {
    this.#playlist.fetch(this.#next);
  }

  /** The playlist has come. */
  answered(_status: number, _bodyBytes: number, bytes: Buffer, start: number, end: number): void {
    const { playlists, intervalMs } = this.#options;
    const { pieces, nextRequest } = playlists.read(bytes, start, end);
    const wasIdle = this.#wanted.length === 0;
    const last = this.#last;
    const known = last === undefined ? pieces.length - 2 : pieces.findLastIndex(({ uri }) => uri === last);
    for (let at = known + 1; at < pieces.length; at += 1) this.#wanted.push(pieces[at] as Piece);
    this.#last = pieces.at(-1)?.uri ?? last;
    this.#next = nextRequest;
    if (intervalMs === undefined) {
      if (last !== undefined && this.#last !== undefined) this.#audience.listed(this.#last);
      this.due();
    } else {
      this.#audience.wheel.later(this, intervalMs);
    }
    const [piece] = this.#wanted;
    if (wasIdle && piece !== undefined) this.#media.fetch(piece.request);
  }

  /** The playlist's request has failed. */
  failed(): void {
    this.#next = this.#first;
    this.#audience.wheel.later(this, RETRY_MS);
  }

  #received(): void {
    const [piece] = this.#wanted;
    if (piece !== undefined) this.player.received(performance.now(), piece.durationMs);
    this.#fetchNext();
  }

  #fetchNext(): void {
    this.#wanted.shift();
    const [piece] = this.#wanted;
    if (piece !== undefined) this.#media.fetch(piece.request);
  }
}
