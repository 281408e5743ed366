// Follows one media playlist like a player, by blocking reload if it is offered, and checks it (RFC 8216bis 6.2, 6.3.4,
// 6.3.8).

import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { ArrivalTimes } from './arrival-times.ts';
import type { Line, LineTell } from './attribute-list.ts';
import { AT_ONCE_MS, probeDirectives, probeRemoved, withDirectives } from './delivery-directives.ts';
import { checkDelta } from './delta-update.ts';
import type { Tell } from './findings.ts';
import type { Exchange, HttpClient, Outcome } from './http-client.ts';
import { checkErrorHeaders, checkPlaylistHeaders } from './http-rules.ts';
import { Histogram } from './measurements.ts';
import { MediaChecker } from './media-checker.ts';
import { MediaLoader } from './media-loader.ts';
import { contains, type MediaPlaylist, nextPosition, type Position, partHint } from './media-playlist.ts';
import { readMediaPlaylist } from './media-playlist-reader.ts';
import { PlaylistHistory } from './playlist-history.ts';
import { isMultivariant } from './playlist-lines.ts';
import { checkPlaylist } from './playlist-rules.ts';
import { checkReports } from './rendition-reports.ts';

export type FollowerOptions = {
  readonly url: string;
  readonly client: HttpClient;
  readonly tell: Tell;
  readonly note: (text: string) => void;
  readonly over: AbortSignal;
  readonly clock: Clock;
  /** Allowance for the network in every time limit. */
  readonly networkMs: number;
  /** The other renditions of the stream. */
  readonly others: () => readonly RenditionFollower[];
};

/** 6.2.5.2: a hold ends after three target durations. */
const MAX_HOLD_TARGETS = 3;
/** One reload in this many is also requested as a delta update, or with a content coding. */
const DELTA_EVERY = 4;
const CODING_EVERY = 7;
const CODINGS = ['gzip', 'br'];
const RETRY_MS = 1_000;
/** Failures in a row that end the check of a stream. */
const MAX_FAILURES = 5;
/** How rarely removed media is requested. */
const REMOVED_PROBE_MS = 2_000;

/** A request beside the reload, for the same position. */
type Companion = { readonly kind: 'delta' | 'coding'; readonly outcome: Promise<Outcome> };

export class RenditionFollower {
  readonly url: string;
  readonly media: MediaChecker;
  readonly arrival: ArrivalTimes;
  /** How long blocking reloads were held. */
  readonly holds = new Histogram();
  readonly #options: FollowerOptions;
  readonly #loader: MediaLoader;
  readonly #history = new PlaylistHistory();
  #isDone = false;
  #reloads = 0;
  #failures = 0;
  #lastProbeMs = 0;
  #probes: Promise<unknown> = Promise.resolve();
  #waiters: (() => void)[] = [];

  constructor(options: FollowerOptions) {
    this.url = options.url;
    this.#options = options;
    this.#loader = new MediaLoader(options.client, options.tell);
    this.media = new MediaChecker({ loader: this.#loader, tell: options.tell, note: options.note });
    this.arrival = new ArrivalTimes(options.clock, options.networkMs);
  }

  /** The latest; undefined before the first. */
  get playlist(): MediaPlaylist | undefined {
    return this.#history.last;
  }

  get reloads(): number {
    return this.#reloads;
  }

  /** Resolves with the next playlist, or if there will be none. */
  nextUpdate(): Promise<void> {
    if (this.#isDone || this.#options.over.aborted) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Resolves when the stream has ended and was checked, is lost, or the check is over. */
  async run(): Promise<void> {
    const { over } = this.#options;
    while (!over.aborted && this.playlist?.hasEnded !== true && this.#failures < MAX_FAILURES) {
      if (this.playlist === undefined) this.#take(await this.#options.client.get(this.url));
      else await this.#reload(this.playlist);
      if (this.#failures > 0) await this.#wait(RETRY_MS);
    }
    if (this.#failures >= MAX_FAILURES && !over.aborted)
      this.#options.tell('stream_lost', `${this.#failures} requests in a row failed`, { url: this.url });
    if (this.playlist?.hasEnded === true) await this.#afterEnd(this.playlist);
    this.#isDone = true;
    this.#wake();
    await this.media.finish();
    await this.#probes;
  }

  /** An ended playlist ignores directives (6.2.5.2) and does not change (4.4.3.4). */
  async #afterEnd(playlist: MediaPlaylist): Promise<void> {
    const url = withDirectives(playlist.url, nextPosition(playlist));
    const outcome = await this.#options.client.get(url, { timeoutMs: AT_ONCE_MS + this.#options.networkMs });
    if (outcome.kind === 'failed' && outcome.isTimeout)
      this.#tellLine(url)(
        'blocking_reload_slow',
        `the playlist has ended; ${urlQuery(url)}: ${outcome.reason}`,
      );
    if (outcome.kind === 'answered' && outcome.status === 200) this.#take(outcome);
  }

  async #reload(playlist: MediaPlaylist): Promise<void> {
    const target = playlist.targetDuration ?? 1;
    if (playlist.serverControl?.canBlockReload !== true) return this.#poll(playlist, target);
    const position = nextPosition(playlist);
    const hasParts = playlist.partTarget !== undefined;
    const url = withDirectives(playlist.url, hasParts ? position : { msn: position.msn });
    const maxHoldMs = MAX_HOLD_TARGETS * target * 1000 + this.#options.networkMs;
    const companions = this.#companions(playlist, url);
    const outcome = await this.#options.client.get(url, { timeoutMs: maxHoldMs });
    if (outcome.kind === 'failed' && outcome.isTimeout) {
      this.#tellLine(url)('blocking_reload_slow', `${urlQuery(url)}: ${outcome.reason}`);
      this.arrival.checkStall(playlist, this.#options.clock.monotonicMs(), this.#tellLine(url));
      return;
    }
    if (outcome.kind === 'answered' && outcome.status === 503) return this.#afterRefusal(playlist, outcome);
    if (outcome.kind === 'answered' && outcome.status === 200)
      this.holds.add(outcome.headersMs - outcome.sentMs);
    const taken = this.#take(outcome);
    if (taken === undefined) return;
    for (const companion of companions) await this.#checkCompanion(companion, playlist, taken);
    await this.#checkMet(taken, position, hasParts, url);
  }

  async #checkMet(taken: MediaPlaylist, position: Position, hasParts: boolean, url: string): Promise<void> {
    if (taken.hasEnded || contains(taken, position, hasParts)) return;
    const { msn, part } = nextPosition(taken);
    this.#tellLine(url)(
      'blocking_reload_unmet',
      `${urlQuery(url)} was answered with a playlist that ends before part ${part} of segment ${msn}`,
    );
    await this.#wait(RETRY_MS);
  }

  /** 6.3.4: a target duration after a change, half of one without. */
  async #poll(playlist: MediaPlaylist, target: number): Promise<void> {
    const before = playlist.text;
    await this.#wait((target * 1000) / 2);
    const canSkip = playlist.serverControl?.canSkipUntil !== undefined;
    const companions = canSkip ? this.#companions(playlist, playlist.url) : [];
    const taken = this.#take(await this.#options.client.get(playlist.url));
    if (taken === undefined) return;
    for (const companion of companions) await this.#checkCompanion(companion, playlist, taken);
    if (taken.text !== before) await this.#wait((target * 1000) / 2);
  }

  async #afterRefusal(playlist: MediaPlaylist, refusal: Exchange): Promise<void> {
    checkErrorHeaders(refusal, this.#options.tell);
    this.arrival.checkStall(playlist, refusal.endMs, this.#tellLine(refusal.url));
    await this.#wait(RETRY_MS);
  }

  /** Reads and checks an answer; undefined if it is not a playlist. */
  #take(outcome: Outcome): MediaPlaylist | undefined {
    if (outcome.kind === 'cancelled') return undefined;
    const { url } = outcome;
    if (outcome.kind === 'failed') {
      this.#failures += 1;
      this.#options.tell('request_failed', outcome.reason, { url });
      return undefined;
    }
    if (outcome.status !== 200) {
      this.#failures += 1;
      checkErrorHeaders(outcome, this.#options.tell);
      this.#options.tell('playlist_status', `a media playlist is answered with ${outcome.status}`, { url });
      return undefined;
    }
    this.#failures = 0;
    return this.#accept(outcome);
  }

  #accept(exchange: Exchange): MediaPlaylist {
    const text = exchange.bytes.toString('utf8');
    const tell = this.#tellLine(exchange.url);
    if (isMultivariant(text))
      tell('mixed_playlist', 'a multivariant playlist where a media playlist is listed');
    const last = this.#history.last;
    // Relative URIs are resolved without the directives of this request.
    const playlist = readMediaPlaylist(text, withoutQuery(exchange.url, this.url), tell);
    this.#reloads += 1;
    checkPlaylistHeaders(exchange, playlist, this.#options.tell);
    checkPlaylist(playlist, tell);
    this.#history.check(playlist, tell);
    const isPolled = playlist.serverControl?.canBlockReload !== true;
    this.arrival.note(playlist, exchange.endMs, isPolled, tell);
    checkReports(this, this.#options.others(), tell);
    this.media.update(playlist, (msn) => this.#history.partsOf(msn));
    const hint = partHint(playlist);
    const holdMs = MAX_HOLD_TARGETS * (playlist.targetDuration ?? 1) * 1000 + this.#options.networkMs;
    if (hint !== undefined && !playlist.hasEnded) this.#loader.prefetch(hint, holdMs);
    this.#probe(last, playlist);
    this.#wake();
    return playlist;
  }

  #probe(last: MediaPlaylist | undefined, playlist: MediaPlaylist): void {
    const { client, tell, networkMs } = this.#options;
    if (this.#reloads === 2 && !playlist.hasEnded)
      this.#probing(probeDirectives(client, playlist, AT_ONCE_MS + networkMs, tell));
    const nowMs = this.#options.clock.monotonicMs();
    if (last === undefined || nowMs - this.#lastProbeMs < REMOVED_PROBE_MS) return;
    const removed = last.segments.find(({ msn, isGap }) => msn < playlist.mediaSequence && !isGap);
    if (removed === undefined || removed.isOpen) return;
    this.#lastProbeMs = nowMs;
    this.#probing(probeRemoved(client, { url: removed.url, name: `segment ${removed.msn}` }, tell));
    const part = this.#partThatLeft(last, playlist);
    if (part !== undefined) this.#probing(probeRemoved(client, part, tell));
  }

  /** Waits for the requests beside the reload. */
  #probing(probe: Promise<void>): void {
    this.#probes = Promise.all([this.#probes, probe]).then(() => undefined);
  }

  /** A part whose tag was removed while its segment stays. */
  #partThatLeft(last: MediaPlaylist, playlist: MediaPlaylist): { url: string; name: string } | undefined {
    for (const { msn, parts } of last.segments) {
      const now = playlist.segments.find((segment) => segment.msn === msn);
      const part = parts.find(({ isGap }) => !isGap);
      if (part !== undefined && now !== undefined && now.parts.length === 0)
        return { url: part.url, name: `part ${part.index} of segment ${msn}` };
    }
    return undefined;
  }

  #companions(playlist: MediaPlaylist, url: string): readonly Companion[] {
    const { client } = this.#options;
    const companions: Companion[] = [];
    const canSkip = playlist.serverControl?.canSkipUntil !== undefined;
    if (canSkip && this.#reloads % DELTA_EVERY === 0)
      companions.push({ kind: 'delta', outcome: client.get(withDirectives(url, { skip: true })) });
    if (this.#reloads % CODING_EVERY === 0)
      companions.push({
        kind: 'coding',
        outcome: client.get(url, { headers: { 'accept-encoding': this.#coding() } }),
      });
    return companions;
  }

  /** In sequence, because a server makes each coding separately. */
  #coding(): string {
    return CODINGS[Math.floor(this.#reloads / CODING_EVERY) % CODINGS.length] ?? 'gzip';
  }

  async #checkCompanion(companion: Companion, before: MediaPlaylist, whole: MediaPlaylist): Promise<void> {
    const outcome = await companion.outcome;
    const { url } = outcome;
    const tell = this.#tellLine(url);
    if (outcome.kind === 'failed' && companion.kind === 'coding')
      tell('coding_differs', `requested with gzip or br: ${outcome.reason}`);
    if (outcome.kind !== 'answered' || outcome.status !== 200) return;
    const playlist = readMediaPlaylist(outcome.bytes.toString('utf8'), withoutQuery(url, this.url), tell);
    if (playlist.hasEnded) return;
    if (companion.kind === 'delta') return checkDelta(before, playlist, whole, tell);
    if (!outcome.headers.has('content-encoding')) return;
    checkDelta(before, playlist, whole, (code, message, line) => {
      if (code === 'delta_wrong') tell('coding_differs', message, line);
    });
  }

  #tellLine(url: string): LineTell {
    return (code, message, line?: Line) => {
      const place = line === undefined || line.number === 0 ? {} : { line: line.number, text: line.text };
      this.#options.tell(code, message, { url, ...place });
    };
  }

  #wake(): void {
    for (const waiter of this.#waiters.splice(0)) waiter();
  }

  async #wait(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#options.over }).catch(() => undefined);
  }
}

/** The directives of a request, for messages. */
function urlQuery(url: string): string {
  return new URL(url).search.slice(1);
}

/** The URL after redirects, without our directives. */
function withoutQuery(answered: string, asked: string): string {
  const url = new URL(answered);
  for (const name of ['_HLS_msn', '_HLS_part', '_HLS_skip']) url.searchParams.delete(name);
  return url.href === new URL(asked).href ? asked : url.href;
}
