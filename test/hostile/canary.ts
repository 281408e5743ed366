// The stream beside the attack: a clip published in a loop, and a viewer that misses nothing of it.

import { spawn } from 'node:child_process';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { fetchFresh, fetchMedia, listParts, reload } from '../support/hls-client.ts';
import type { AttackedGateway } from './attacked-gateway.ts';
import { CANARY_NAME, INTRUDER_MARK } from './marks.ts';

const PUBLISHER = path.resolve(import.meta.dirname, 'canary-publisher.ts');
const PROBE_INTERVAL_MS = 100;
/** What the playlist of an undisturbed stream never has. */
const BREAK = /^#EXT-X-(?:DISCONTINUITY|GAP|ENDLIST)$|^#EXT-X-DISCONTINUITY-SEQUENCE:[^0]|GAP=YES/m;

/** What the viewer saw from its first playlist to its last. */
export type CanaryReport = {
  readonly parts: number;
  /** Seconds of media in those parts. */
  readonly mediaSeconds: number;
  readonly wallSeconds: number;
  /** The longest time between two new parts, milliseconds, with the parts that came after it. */
  readonly longestWaitMs: number;
  /** Faults in the sequence of parts, discontinuities, and bytes that are not the canary's; empty is healthy. */
  readonly faults: readonly string[];
  /** Times that `/livez` took to answer, milliseconds, sorted. */
  readonly answerMs: readonly number[];
};

export type Canary = {
  /** Stops publishing and watching; resolves with all that was seen. */
  readonly stop: () => Promise<CanaryReport>;
  /** Faults so far. */
  readonly faults: readonly string[];
};

/** Publishes the clip and watches it; resolves when the stream is live. */
export async function startCanary(gateway: AttackedGateway): Promise<Canary> {
  const publisher = spawn(process.execPath, ['--import', 'tsx', PUBLISHER, String(gateway.rtmpPort)], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const closed = new Promise<void>((resolve) => publisher.once('close', () => resolve()));
  const playlistUrl = `${gateway.httpUrl}/live/${CANARY_NAME}/index.m3u8`;
  await Promise.race([
    untilPlayable(playlistUrl, gateway),
    closed.then(() => Promise.reject(new Error('the canary could not be published'))),
  ]);
  const viewer = new Viewer(`${gateway.httpUrl}/live/${CANARY_NAME}/main.m3u8`);
  void closed.then(() => viewer.note("the canary's connection ended"));
  const watching = viewer.watch();
  const probe = new Probe(`${gateway.httpUrl}/livez`);
  const probing = probe.run();
  return {
    faults: viewer.faults,
    stop: async () => {
      viewer.stop();
      probe.stop();
      await Promise.all([watching, probing]);
      const report = { ...viewer.report(), answerMs: probe.answerMs.toSorted((a, b) => a - b) };
      publisher.stdin.end();
      await closed;
      return report;
    },
  };
}

/** Asks until the stream can be played: the log is not asked, for some gateways' log is read by nobody. */
async function untilPlayable(url: string, gateway: AttackedGateway): Promise<void> {
  while (gateway.isRunning()) {
    const response = await fetchFresh(url).catch(() => undefined);
    await response?.text().catch(() => '');
    if (response?.status === 200) return;
    await delay(PROBE_INTERVAL_MS);
  }
  throw new Error('the gateway ended before the canary was live');
}

type Position = { readonly msn: number; readonly partIndex: number };

/** Blocking reload from part to part; every part is fetched and looked into. */
class Viewer {
  readonly faults: string[] = [];
  readonly #mediaUrl: string;
  #isStopped = false;
  #last: Position | undefined;
  #parts = 0;
  #mediaSeconds = 0;
  readonly #startedAt = performance.now();
  #lastPartAt = performance.now();
  #longestWaitMs = 0;

  constructor(mediaUrl: string) {
    this.#mediaUrl = mediaUrl;
  }

  stop(): void {
    this.#isStopped = true;
  }

  note(fault: string): void {
    if (!this.#isStopped) this.faults.push(fault);
  }

  async watch(): Promise<void> {
    try {
      let answer = await fetchMedia(this.#mediaUrl);
      while (!this.#isStopped) {
        await this.#take(answer);
        answer = await reload(this.#mediaUrl, answer);
      }
    } catch (error) {
      this.note(`the canary's playlist failed: ${String(error)}`);
    }
  }

  report(): Omit<CanaryReport, 'answerMs'> {
    return {
      parts: this.#parts,
      mediaSeconds: this.#mediaSeconds,
      wallSeconds: (performance.now() - this.#startedAt) / 1000,
      longestWaitMs: this.#longestWaitMs,
      faults: this.faults,
    };
  }

  async #take(answer: Awaited<ReturnType<typeof fetchMedia>>): Promise<void> {
    if (BREAK.test(answer.text)) this.note(`the canary's playlist has a break:\n${answer.text}`);
    const fresh = listParts(answer).filter((part) => this.#last === undefined || isAfter(part, this.#last));
    for (const part of fresh) {
      if (this.#last !== undefined && !follows(part, this.#last))
        this.note(`part ${part.msn}.${part.partIndex} follows ${this.#last.msn}.${this.#last.partIndex}`);
      // A part that ends a segment is followed by part 0 of the next: only one that was listed tells.
      this.#last = { msn: part.msn, partIndex: part.partIndex };
      this.#parts += 1;
      this.#mediaSeconds += part.duration;
      const response = await fetchFresh(part.url);
      const bytes = Buffer.from(await response.arrayBuffer());
      if (response.status !== 200) this.note(`${part.url} answered ${response.status}`);
      if (bytes.includes(INTRUDER_MARK)) this.note(`${part.url} holds an intruder's bytes`);
    }
    if (fresh.length === 0) return;
    const now = performance.now();
    this.#longestWaitMs = Math.max(this.#longestWaitMs, now - this.#lastPartAt);
    this.#lastPartAt = now;
  }
}

function isAfter(part: Position, last: Position): boolean {
  return part.msn > last.msn || (part.msn === last.msn && part.partIndex > last.partIndex);
}

function follows(part: Position, last: Position): boolean {
  if (part.msn === last.msn) return part.partIndex === last.partIndex + 1;
  return part.msn === last.msn + 1 && part.partIndex === 0;
}

/** How long the gateway takes to say that it lives: its event loop as a client sees it. */
class Probe {
  readonly answerMs: number[] = [];
  readonly #url: string;
  #isStopped = false;

  constructor(url: string) {
    this.#url = url;
  }

  stop(): void {
    this.#isStopped = true;
  }

  async run(): Promise<void> {
    while (!this.#isStopped) {
      const askedAt = performance.now();
      const response = await fetchFresh(this.#url).catch(() => undefined);
      await response?.text();
      this.answerMs.push(performance.now() - askedAt);
      await delay(PROBE_INTERVAL_MS);
    }
  }
}
