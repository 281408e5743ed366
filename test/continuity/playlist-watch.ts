// Follows one media playlist by blocking reload, and checks every text against the previous one.
import { setTimeout as delay } from 'node:timers/promises';
import { type FetchedPlaylist, fetchMedia, HttpStatusError, reload } from '../support/hls-client.ts';
import { PlaylistHistory, type ReadPlaylist } from '../support/playlist-rules.ts';

/** The wait before the next request when the gateway is gone or the stream does not exist yet. */
const RETRY_MS = 100;

/** Follows until it is stopped; its results stay readable. */
export class PlaylistWatch {
  /** Broken rules; empty when everything is right. */
  readonly faults: string[] = [];
  /** The names of every segment and its parts, with the media sequence number. */
  readonly uris = new Map<string, number>();
  #history = new PlaylistHistory();
  #first: ReadPlaylist | undefined;
  #discontinuities = new Set<number>();
  #isStopped = false;
  readonly #done: Promise<void>;

  constructor(mediaUrl: string) {
    this.#done = this.#follow(mediaUrl);
  }

  /** The newest playlist. */
  get last(): ReadPlaylist | undefined {
    return this.#history.last;
  }

  /** Discontinuities since the first playlist, each counted once. */
  get discontinuities(): number {
    return this.#discontinuities.size;
  }

  /** The highest media sequence number seen; -1 before the first. */
  get lastMsn(): number {
    return this.last?.segments.at(-1)?.msn ?? -1;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#done;
  }

  async #follow(mediaUrl: string): Promise<void> {
    let answer: FetchedPlaylist<Awaited<ReturnType<typeof fetchMedia>>['playlist']> | undefined;
    while (!this.#isStopped) {
      try {
        answer = answer === undefined ? await fetchMedia(mediaUrl) : await reload(mediaUrl, answer);
        this.#take(answer.text);
        if (answer.playlist.endlist) await delay(RETRY_MS);
      } catch (error) {
        if (isBadPlaylist(error)) this.faults.push(String(error));
        await delay(RETRY_MS);
      }
    }
  }

  #take(text: string): void {
    const playlist = this.#history.check(text);
    this.#first ??= playlist;
    const began = this.#first.segments[0]?.discontinuity ?? 0;
    for (const { msn, discontinuity, uri, parts } of playlist.segments) {
      if (discontinuity > began) this.#discontinuities.add(discontinuity);
      for (const name of [uri, ...parts.map((part) => part.uri)]) {
        if (name !== undefined) this.uris.set(name, msn);
      }
    }
  }
}

/** Every error except an answer that is not 200 and a failed connection. */
function isBadPlaylist(error: unknown): boolean {
  const isNetwork =
    error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError');
  return !(error instanceof HttpStatusError) && !isNetwork;
}
