// The whole check: finds a stream's media playlists, follows all of them at once, and reports (RFC 8216bis 6).

import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../clock.ts';
import type { Line } from './attribute-list.ts';
import { CannotCheck } from './cannot-check.ts';
import { type FindingGroup, Findings } from './findings.ts';
import { type Exchange, HttpClient } from './http-client.ts';
import { checkPlaylistHeaders } from './http-rules.ts';
import type { Distribution } from './measurements.ts';
import { peakBitrate } from './measurements.ts';
import type { MeasuredSegment } from './media-checker.ts';
import { type MultivariantPlaylist, readMultivariantPlaylist } from './multivariant-playlist.ts';
import { isMultivariant } from './playlist-lines.ts';
import { RenditionFollower } from './rendition-follower.ts';
import { checkVariant, comparableSegments, type RenditionMedia } from './variant-rules.ts';

export type CheckOptions = {
  /** Of a multivariant or a media playlist. */
  readonly url: string;
  /** How long to follow a stream that does not end. */
  readonly seconds: number;
  /** Allowance for the network in every time limit; one second by default. */
  readonly networkMs?: number;
  /** Ends the check early; findings until then are reported. */
  readonly signal?: AbortSignal;
};

export type RenditionSummary = {
  readonly url: string;
  readonly targetDuration: number | undefined;
  readonly partTarget: number | undefined;
  readonly hasEnded: boolean;
  readonly playlists: number;
  readonly segments: number;
  readonly parts: number;
  /** Bits per second of the loaded segments. */
  readonly averageBitrate: number;
  readonly peakBitrate: number;
  readonly frameRate: number | undefined;
  readonly tracks: readonly string[];
  /** Now − PROGRAM-DATE-TIME of the playlist's end, by this machine's clock, when it arrived. */
  readonly latencyMs: Distribution | undefined;
  readonly jitterMs: Distribution | undefined;
  readonly holdMs: Distribution | undefined;
};

export type CheckReport = {
  readonly url: string;
  readonly startedAt: string;
  readonly seconds: number;
  readonly requests: number;
  readonly bytes: number;
  readonly renditions: readonly RenditionSummary[];
  /** What was not checked, and why. */
  readonly notes: readonly string[];
  readonly errors: number;
  readonly warnings: number;
  /** Errors first; empty when nothing was found. */
  readonly findings: readonly FindingGroup[];
};

/** A stream that is starting answers 503 or holds the request. */
const START_WAIT_MS = 15_000;
const RETRY_MS = 1_000;
const MAX_RENDITIONS = 8;
const NETWORK_MS = 1_000;
/** Bandwidth, codecs and resolution may change with every segment, so they are compared repeatedly. */
const MULTIVARIANT_EVERY_MS = 3_000;
/** Most notes; each is reported once. */
const MAX_NOTES = 20;

/** Throws CannotCheck if there is nothing to check; the message says what to do. */
export async function checkStream(options: CheckOptions): Promise<CheckReport> {
  const check = new StreamCheck(options);
  try {
    return await check.run();
  } finally {
    check.close();
  }
}

class StreamCheck {
  readonly #options: CheckOptions;
  readonly #client = new HttpClient();
  readonly #over = new AbortController();
  readonly #findings = new Findings(systemClock);
  readonly #notes = new Set<string>();
  readonly #startedMs = systemClock.monotonicMs();
  readonly #startedAt = new Date(systemClock.epochMs()).toISOString();
  #followers: readonly RenditionFollower[] = [];

  constructor(options: CheckOptions) {
    this.#options = options;
    options.signal?.addEventListener('abort', () => this.close(), { once: true });
  }

  async run(): Promise<CheckReport> {
    const first = await this.#fetchFirst();
    const text = first.bytes.toString('utf8');
    const multivariant = isMultivariant(text) ? this.#readMultivariant(first) : undefined;
    const urls = multivariant === undefined ? [first.url] : this.#mediaUrls(multivariant);
    this.#followers = urls.map((url) => this.#follow(url));
    const timer = setTimeout(() => this.close(), this.#options.seconds * 1000);
    const all = Promise.all(this.#followers.map((follower) => follower.run()));
    const watch = multivariant === undefined ? undefined : this.#watchMultivariant(first.url, all);
    await all;
    await watch;
    clearTimeout(timer);
    return this.#report();
  }

  close(): void {
    this.#over.abort();
    this.#client.close();
  }

  async #fetchFirst(): Promise<Exchange> {
    const { url } = this.#options;
    for (;;) {
      const outcome = await this.#client.get(url);
      const waitedMs = systemClock.monotonicMs() - this.#startedMs;
      if (outcome.kind === 'cancelled') throw new CannotCheck(`${url}: stopped before it was answered`);
      if (outcome.kind === 'failed')
        throw new CannotCheck(`${url}: ${outcome.reason}. Is the server running, and the address right?`);
      if (outcome.status === 503 && waitedMs < START_WAIT_MS) {
        await delay(RETRY_MS, undefined, { signal: this.#over.signal }).catch(() => undefined);
        continue;
      }
      if (outcome.status !== 200)
        throw new CannotCheck(
          `${url}: status ${outcome.status}. Publish the stream first, and name its playlist (…/index.m3u8)`,
        );
      if (!outcome.bytes.subarray(0, 1024).includes('#EXT'))
        throw new CannotCheck(`${url}: this is not an HLS playlist. Name one (…/index.m3u8)`);
      return outcome;
    }
  }

  #readMultivariant(exchange: Exchange): MultivariantPlaylist {
    const { url } = exchange;
    checkPlaylistHeaders(exchange, { targetDuration: undefined, hasEnded: false }, this.#findings.tell);
    return readMultivariantPlaylist(exchange.bytes.toString('utf8'), url, (code, message, line) =>
      this.#tellLine(url, code, message, line),
    );
  }

  #mediaUrls({ variants, renditions, url }: MultivariantPlaylist): readonly string[] {
    if (renditions.some(({ type }) => type === 'SUBTITLES'))
      this.#note('subtitle renditions were not inspected');
    const media = renditions.filter(({ type }) => type !== 'SUBTITLES');
    const urls = [...new Set([...variants, ...media].map((one) => one.url))];
    if (urls.length === 0) throw new CannotCheck(`${url}: the multivariant playlist has no variant`);
    if (urls.length > MAX_RENDITIONS)
      this.#note(`only the first ${MAX_RENDITIONS} of ${urls.length} renditions were followed`);
    return urls.slice(0, MAX_RENDITIONS);
  }

  #follow(url: string): RenditionFollower {
    const follower: RenditionFollower = new RenditionFollower({
      url,
      client: this.#client,
      tell: this.#findings.tell,
      note: (text) => this.#note(text),
      over: this.#over.signal,
      clock: systemClock,
      networkMs: this.#options.networkMs ?? NETWORK_MS,
      others: () => this.#followers.filter((other) => other !== follower),
    });
    return follower;
  }

  async #watchMultivariant(url: string, all: Promise<unknown>): Promise<void> {
    let isDone = false;
    const done = all.then(() => {
      isDone = true;
    });
    while (!isDone) {
      const pause = delay(MULTIVARIANT_EVERY_MS, undefined, { signal: this.#over.signal });
      await Promise.race([pause.catch(() => undefined), done]);
      await this.#compareMultivariant(url);
    }
  }

  async #compareMultivariant(url: string): Promise<void> {
    const before = this.#followers.map((follower) => [follower, follower.media.measured] as const);
    const outcome = await this.#client.get(url);
    if (outcome.kind !== 'answered') return;
    const { status } = outcome;
    const hasEnded = this.#followers.every(({ playlist }) => playlist?.hasEnded === true);
    if (status !== 200) {
      const what = `the multivariant playlist is answered with ${status}`;
      if (!hasEnded) this.#findings.tell('playlist_status', what, { url });
      return;
    }
    const multivariant = this.#readMultivariant(outcome);
    // The first request may have started before; the second started afterwards.
    for (let updates = 0; updates < 2; updates += 1)
      await Promise.all(this.#followers.map((follower) => follower.nextUpdate()));
    const media = new Map(before.map(([follower, known]) => [follower.url, mediaOf(follower, known)]));
    for (const variant of multivariant.variants) {
      const urls = multivariant.renditions.filter(({ group }) => variant.groups.includes(group));
      const played = [variant.url, ...urls.map((one) => one.url)];
      const inspected = played.flatMap((one) => media.get(one) ?? []);
      const isWhole = new Set(played).size === inspected.length;
      checkVariant(variant, inspected, isWhole, (code, message, line) =>
        this.#tellLine(url, code, message, line),
      );
    }
  }

  #report(): CheckReport {
    const findings = this.#findings.groups();
    const count = (level: string): number =>
      findings.filter((group) => group.level === level).reduce((sum, group) => sum + group.total, 0);
    return {
      url: this.#options.url,
      startedAt: this.#startedAt,
      seconds: Math.round((systemClock.monotonicMs() - this.#startedMs) / 100) / 10,
      requests: this.#client.requests,
      bytes: this.#client.bytes,
      renditions: this.#followers.map(summarize),
      notes: [...this.#notes],
      errors: count('error'),
      warnings: count('warning'),
      findings,
    };
  }

  #note(text: string): void {
    if (this.#notes.size < MAX_NOTES) this.#notes.add(text);
  }

  #tellLine(url: string, code: FindingGroup['code'], message: string, line: Line | undefined): void {
    const place = line === undefined ? {} : { line: line.number, text: line.text };
    this.#findings.tell(code, message, { url, ...place });
  }
}

/** What a variant is compared with. */
function mediaOf(follower: RenditionFollower, before: readonly MeasuredSegment[]): readonly RenditionMedia[] {
  const { playlist, media } = follower;
  const segments = playlist === undefined ? [] : comparableSegments(before, playlist.segments);
  if (segments.length === 0) return [];
  return [{ segments, targetDuration: playlist?.targetDuration ?? 1, frameRate: media.frameRate }];
}

function summarize(follower: RenditionFollower): RenditionSummary {
  const { media, playlist, arrival, holds, url } = follower;
  const { parts, segments, segmentBytes, seconds } = media.counts;
  const target = playlist?.targetDuration;
  return {
    url,
    targetDuration: target,
    partTarget: playlist?.partTarget?.value,
    hasEnded: playlist?.hasEnded === true,
    playlists: follower.reloads,
    segments,
    parts,
    averageBitrate: seconds > 0 ? Math.round((segmentBytes * 8) / seconds) : 0,
    peakBitrate: Math.round(peakBitrate(media.measured, target ?? 1)),
    frameRate: media.frameRate,
    tracks: media.measured.at(-1)?.tracks.map(({ codec }) => codec) ?? [],
    latencyMs: arrival.latency.summary(),
    jitterMs: arrival.jitter.summary(),
    holdMs: holds.summary(),
  };
}
