// What a player reports about itself: state, latency, buffer, start-up, stalls and errors, as lines of Common Media Client Data
// version 2 (CTA-5004-B). It has no clock and sends nothing itself.
import type { Playback } from './playback.ts';
import { StallWait } from './stall-wait.ts';

/** The values of one moment. */
export type MeasuredFacts = {
  readonly playback: Playback;
  /** The video element has not yet reached the position that it was sent to. */
  readonly isSeeking: boolean;
  /** The publisher sends: otherwise a wait is not the viewer's. */
  readonly isLive: boolean;
  readonly latencyMs: number | undefined;
  readonly bufferMs: number | undefined;
  readonly bitrateBps: number | undefined;
};

/** States of CTA-5004-B: starting, playing, seeking, rebuffering, paused, preloading, ended, fatal error, quit. */
type State = 's' | 'p' | 'k' | 'r' | 'a' | 'd' | 'e' | 'f' | 'q';
/** Play state change, time interval, error. */
type EventType = 'ps' | 't' | 'e';

/**
 * The gateway takes a player for gone after 25 s, so one report may be lost. Changes are not waited for: a stall is reported as
 * soon as it is one.
 */
const INTERVAL_MS = 10_000;

/** Call `look` at every change and a few times a second; `nowMs` is of a monotonic clock. */
export class ViewerMeasure {
  readonly #session: string;
  readonly #content: string;
  #state: State | undefined;
  #hasPlayed = false;
  #startedAtMs: number | undefined;
  #startupMs: number | undefined;
  #hasToldStartup = false;
  readonly #wait = new StallWait();
  #stallSinceMs: number | undefined;
  #stalls = 0;
  #stalledMs = 0;
  #reportedAtMs = Number.NEGATIVE_INFINITY;
  #number = 0;

  /** `session` is random, and `content` is the name of the stream. */
  constructor(session: string, content: string) {
    this.#session = session;
    this.#content = content;
  }

  /** The lines to send now, oldest first; usually none. `epochMs` is the time for people. */
  look(nowMs: number, epochMs: number, facts: MeasuredFacts): readonly string[] {
    const before = this.#state;
    const state = this.#stateOf(nowMs, facts);
    this.#state = state;
    if (state === undefined) {
      this.#settle(nowMs);
      // Nothing is played any more.
      return before === undefined || before === 'e' ? [] : [this.#line('ps', nowMs, epochMs, 'e', facts)];
    }
    this.#keepTimes(nowMs, state, facts);
    if (state !== before) {
      const error = errorOf(before, state, facts);
      const lines = error === undefined ? [] : [this.#line('e', nowMs, epochMs, state, facts, error)];
      return [...lines, this.#line('ps', nowMs, epochMs, state, facts)];
    }
    if (state === 'e' || nowMs - this.#reportedAtMs < INTERVAL_MS) return [];
    return [this.#line('t', nowMs, epochMs, state, facts)];
  }

  /** The final report of a page that closes; none if it has reported nothing. */
  quit(nowMs: number, epochMs: number, facts: MeasuredFacts): readonly string[] {
    if (this.#state === undefined) return [];
    this.#settle(nowMs);
    this.#state = undefined;
    return [this.#line('ps', nowMs, epochMs, 'q', facts)];
  }

  #stateOf(nowMs: number, facts: MeasuredFacts): State | undefined {
    const { playback } = facts;
    this.#wait.look(nowMs, playback === 'buffering' || playback === 'loading');
    switch (playback) {
      case 'playing':
        this.#hasPlayed = true;
        return 'p';
      case 'buffering':
      case 'loading':
        return this.#waitingState(facts);
      case 'paused':
        return 'a';
      case 'waiting-for-click':
        return 'd';
      case 'ended':
        this.#hasPlayed = false;
        return 'e';
      case 'denied':
      case 'unsupported':
        return 'f';
      case 'idle':
        this.#hasPlayed = false;
        return undefined;
    }
  }

  /** A wait before the first picture is the start, and one after a seek belongs to it. */
  #waitingState({ isSeeking }: MeasuredFacts): State {
    if (!this.#hasPlayed) return 's';
    if (isSeeking || this.#state === 'k') return 'k';
    if (this.#state !== 'r' && this.#wait.stallSinceMs === undefined) return this.#state ?? 'p';
    return 'r';
  }

  #keepTimes(nowMs: number, state: State, { isLive }: MeasuredFacts): void {
    if (state === 's') this.#startedAtMs ??= nowMs;
    if (state === 'p' && this.#startedAtMs !== undefined) this.#startupMs ??= nowMs - this.#startedAtMs;
    if (state !== 'r') this.#settle(nowMs);
    else if (isLive && this.#stallSinceMs === undefined) {
      this.#stalls += 1;
      this.#stallSinceMs = this.#wait.stallSinceMs ?? nowMs;
    }
  }

  /** A stall is over. */
  #settle(nowMs: number): void {
    if (this.#stallSinceMs !== undefined) this.#stalledMs += nowMs - this.#stallSinceMs;
    this.#stallSinceMs = undefined;
  }

  /** Sent once in a session. */
  #untoldStartupMs(): number | undefined {
    if (this.#startupMs === undefined || this.#hasToldStartup) return undefined;
    this.#hasToldStartup = true;
    return Math.round(this.#startupMs);
  }

  #line(
    event: EventType,
    nowMs: number,
    epochMs: number,
    state: State,
    { latencyMs, bufferMs, bitrateBps }: MeasuredFacts,
    error?: string,
  ): string {
    this.#reportedAtMs = nowMs;
    const fields: (readonly [key: string, value: string | number | undefined])[] = [
      ['bl', listOf(bufferMs)],
      ['br', listOf(bitrateBps === undefined ? undefined : bitrateBps / 1000)],
      ['bsa', listOf(this.#stalls)],
      ['bsda', listOf(this.#stalledMs)],
      ['cid', `"${this.#content}"`],
      ['e', event],
      ['ec', error === undefined ? undefined : `("${error}")`],
      // A position that a viewer went back to, or a picture that stands still, is no latency of the gateway.
      ['ltc', state === 'p' && latencyMs !== undefined ? Math.round(latencyMs) : undefined],
      ['msd', this.#untoldStartupMs()],
      ['sf', 'h'],
      ['sid', `"${this.#session}"`],
      ['sn', this.#number],
      ['sta', state],
      ['ts', Math.round(epochMs)],
      ['v', 2],
    ];
    this.#number += 1;
    const known = fields.filter(([, value]) => value !== undefined);
    return known.map(([key, value]) => `${key}=${value}`).join(',');
  }
}

/** One number for all tracks together (clause "Inner list"). */
function listOf(value: number | undefined): string | undefined {
  return value === undefined || !Number.isFinite(value) ? undefined : `(${Math.round(value)})`;
}

/** Why playback failed: the browser cannot decode the stream, or the engine had to be started again. */
function errorOf(
  before: State | undefined,
  state: State,
  { playback, isLive }: MeasuredFacts,
): string | undefined {
  if (playback === 'unsupported') return 'unsupported';
  return state === 'r' && before !== 'r' && playback === 'loading' && isLive ? 'loaded-again' : undefined;
}
