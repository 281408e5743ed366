// How often publishers of a name came back without having stopped; remembered longer than their streams.

import type { MonotonicClock } from '../clock.ts';
import type { LiveStream } from '../live/live-stream.ts';

const WINDOW_MS = 300_000;
/** Names that are remembered, a few hundred bytes each: twice the default limit of streams. */
const MAX_NAMES = 2_000;
/** More than a rule asks for. */
const MAX_TIMES = 64;

type History = { readonly returnedAtMs: number[]; hasStopped: boolean; seenAtMs: number };

export class Reconnects {
  readonly #clock: MonotonicClock;
  /** The longest unseen first. */
  readonly #histories = new Map<string, History>();

  constructor(clock: MonotonicClock) {
    this.#clock = clock;
  }

  /** The stream has another state. */
  note({ name, state, endReason }: Pick<LiveStream, 'name' | 'state' | 'endReason'>): void {
    const isConnecting = state === 'connecting';
    if (!isConnecting && state !== 'reconnecting' && state !== 'ended') return;
    const nowMs = this.#clock.monotonicMs();
    const known = this.#histories.get(name);
    const history = known ?? { returnedAtMs: [], hasStopped: true, seenAtMs: nowMs };
    history.seenAtMs = nowMs;
    if (!isConnecting) history.hasStopped = endReason?.kind === 'stopped';
    else if (!history.hasStopped) history.returnedAtMs.push(nowMs);
    if (history.returnedAtMs.length > MAX_TIMES) history.returnedAtMs.shift();
    this.#histories.delete(name);
    this.#histories.set(name, history);
    this.#forget(nowMs);
  }

  /** In the last five minutes. */
  count(name: string): number {
    const afterMs = this.#clock.monotonicMs() - WINDOW_MS;
    return this.#histories.get(name)?.returnedAtMs.filter((atMs) => atMs > afterMs).length ?? 0;
  }

  #forget(nowMs: number): void {
    for (const [name, { seenAtMs }] of this.#histories) {
      if (this.#histories.size <= MAX_NAMES && nowMs - seenAtMs < WINDOW_MS) return;
      this.#histories.delete(name);
    }
  }
}
