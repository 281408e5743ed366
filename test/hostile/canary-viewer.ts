// The canary's viewer, in its own process, so that a busy attacker does not look like a late gateway. `canary-viewer.ts URL`
// loads the whole stream, reports each fault over IPC at once, and sends the report on request.

import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { fetchFresh, fetchMedia, listParts, reload } from '../support/hls-client.ts';
import { CANARY_NAME, INTRUDER_MARK } from './marks.ts';

const PROBE_INTERVAL_MS = 100;
/** Tags that the playlist of an undisturbed stream never has. */
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

/** What the process says over its channel. */
export type ViewerWord =
  | { readonly kind: 'watching' }
  | { readonly kind: 'fault'; readonly fault: string }
  | { readonly kind: 'report'; readonly report: CanaryReport };

type Position = { readonly msn: number; readonly partIndex: number };

/** Blocking reload from part to part; every part is loaded and checked. */
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
    if (this.#isStopped) return;
    this.faults.push(fault);
    say({ kind: 'fault', fault });
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
      // The playlist shows whether the next part is part 0 of the next segment.
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

/** Measures the answer of `/livez`: the event loop as a client sees it. */
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

const say = (word: ViewerWord): void => void process.send?.(word);
const httpUrl = process.argv[2] ?? '';
const viewer = new Viewer(`${httpUrl}/live/${CANARY_NAME}/main.m3u8`);
const probe = new Probe(`${httpUrl}/livez`);
const done = Promise.all([viewer.watch(), probe.run()]);
say({ kind: 'watching' });
process.once('message', async () => {
  viewer.stop();
  probe.stop();
  await done;
  const report = { ...viewer.report(), answerMs: probe.answerMs.toSorted((a, b) => a - b) };
  process.send?.({ kind: 'report', report } satisfies ViewerWord, () => process.exit(0));
});
process.once('disconnect', () => process.exit(0));
