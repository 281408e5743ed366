// Events that wait for one receiver, in a lane for each stream: a stream's events are sent in order, and one at a time.

import { z } from 'zod';
import { memoized } from '../memoized.ts';

export const queuedEventSchema = memoized(() =>
  z.object({
    /** `webhook-id`: the same at each try. */
    id: z.string(),
    type: z.string(),
    /** The lane; empty for events without a stream. */
    stream: z.string(),
    body: z.string(),
    failedTries: z.number().int().nonnegative(),
    /** When it may be sent, milliseconds since the Unix epoch; for reading it again after a restart. */
    dueAt: z.number(),
  }),
);

/** An event in a queue. `dueMs` is the same time as `dueAt`, on the monotonic clock. */
export type QueuedEvent = z.infer<ReturnType<typeof queuedEventSchema>> & { dueMs: number };

/** Of these the next one says the same, or there are many more: they are lost first. */
const LESSER_TYPES: ReadonlySet<string> = new Set(['viewers.count', 'stream.rejected']);

export class EventQueue {
  readonly #maxEvents: number;
  /** Streams that waited longest are first. No lane is empty. */
  readonly #lanes = new Map<string, QueuedEvent[]>();
  /** In order of arrival. */
  readonly #events = new Set<QueuedEvent>();
  /** Lanes whose first event is being sent. */
  readonly #busy = new Set<string>();

  constructor(maxEvents: number) {
    this.#maxEvents = maxEvents;
  }

  get size(): number {
    return this.#events.size;
  }

  get sendingCount(): number {
    return this.#busy.size;
  }

  /** In order of arrival. */
  list(): readonly QueuedEvent[] {
    return [...this.#events];
  }

  /** @returns the event that was lost because the queue was full, if any */
  add(event: QueuedEvent): QueuedEvent | undefined {
    this.#replaceCount(event);
    const lost = this.#events.size < this.#maxEvents ? undefined : this.#oldest();
    if (lost !== undefined) this.remove(lost);
    const lane = this.#lanes.get(event.stream);
    if (lane === undefined) this.#lanes.set(event.stream, [event]);
    else lane.push(event);
    this.#events.add(event);
    return lost;
  }

  /** The next event to send, whose lane is busy from now on; or how long to wait for one. */
  take(nowMs: number): QueuedEvent | { readonly waitMs: number | undefined } {
    let dueMs: number | undefined;
    for (const [stream, lane] of this.#lanes) {
      const [first] = lane;
      if (first === undefined || this.#busy.has(stream)) continue;
      if (first.dueMs > nowMs) {
        dueMs = Math.min(first.dueMs, dueMs ?? first.dueMs);
        continue;
      }
      this.#busy.add(stream);
      // Others are first next time.
      this.#lanes.delete(stream);
      this.#lanes.set(stream, lane);
      return first;
    }
    return { waitMs: dueMs === undefined ? undefined : dueMs - nowMs };
  }

  /** An event that was taken waits again. */
  putBack({ stream }: QueuedEvent): void {
    this.#busy.delete(stream);
  }

  remove(event: QueuedEvent): void {
    if (!this.#events.delete(event)) return;
    const lane = this.#lanes.get(event.stream) ?? [];
    const rest = lane.filter((each) => each !== event);
    if (lane[0] === event) this.#busy.delete(event.stream);
    if (rest.length === 0) this.#lanes.delete(event.stream);
    else this.#lanes.set(event.stream, rest);
  }

  clear(): void {
    this.#lanes.clear();
    this.#events.clear();
    this.#busy.clear();
  }

  /** A newer number of viewers replaces the one that waits just before it. */
  #replaceCount(event: QueuedEvent): void {
    const last = this.#lanes.get(event.stream)?.at(-1);
    if (event.type !== 'viewers.count' || last?.type !== event.type || this.#isSending(last)) return;
    event.failedTries = last.failedTries;
    event.dueAt = last.dueAt;
    event.dueMs = last.dueMs;
    this.remove(last);
  }

  #oldest(): QueuedEvent | undefined {
    const idle = [...this.#events].filter((event) => !this.#isSending(event));
    return idle.find(({ type }) => LESSER_TYPES.has(type)) ?? idle[0];
  }

  #isSending(event: QueuedEvent): boolean {
    return this.#busy.has(event.stream) && this.#lanes.get(event.stream)?.[0] === event;
  }
}
