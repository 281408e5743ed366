// When to close a silent WebSocket. A proxy may accept the upgrade and forward nothing, and a connection can be lost
// without notice to either end. Only received messages count.

/** From opening to the first answer to a subscription: a server answers immediately, and the viewer waits for it. */
const FIRST_ANSWER_MS = 5_000;
/** Silence after which a ping is sent. The ping also stops proxies from closing an idle socket. */
const QUIET_MS = 15_000;
/** The same while numbers arrive every second. */
const QUIET_TICKS_MS = 5_000;
/** When a ping is not answered within this time the link is dead, even if TCP still has a connection. */
const ANSWER_MS = 5_000;

/** First messages of topics, and refusals. */
const ANSWERS: readonly string[] = ['status', 'streams', 'snapshot', 'serverSnapshot', 'error'];
/** Messages that arrive every second. */
const TICKS: readonly string[] = ['tick', 'streams', 'detail', 'server'];

/** `probe`: send a ping, then check again. `dead`: close the socket. */
export type SilenceVerdict = 'fine' | 'probe' | 'dead';

/** Watches one socket at a time. All times are of one monotonic clock. */
export class SocketSilence {
  #openedAtMs = 0;
  #heardAtMs = 0;
  #probedAtMs: number | undefined;
  #hasAnswer = false;
  #hasTicks = false;

  /** A new socket is being opened. */
  opened(nowMs: number): void {
    this.#openedAtMs = nowMs;
    this.#heardAtMs = nowMs;
    this.#probedAtMs = undefined;
    this.#hasAnswer = false;
    this.#hasTicks = false;
  }

  /** A message came. */
  heard(nowMs: number, op: string): void {
    this.#heardAtMs = nowMs;
    this.#probedAtMs = undefined;
    if (ANSWERS.includes(op)) this.#hasAnswer = true;
    // A stream that ends or is lost sends its numbers only for a while: the next status says what to expect.
    if (TICKS.includes(op)) this.#hasTicks = true;
    else if (ANSWERS.includes(op)) this.#hasTicks = false;
  }

  /** Call this once a second. `isAnswerDue`: something was subscribed. */
  look(nowMs: number, isAnswerDue = true): SilenceVerdict {
    if (!this.#hasAnswer && isAnswerDue) return nowMs - this.#openedAtMs >= FIRST_ANSWER_MS ? 'dead' : 'fine';
    if (this.#probedAtMs !== undefined) return nowMs - this.#probedAtMs >= ANSWER_MS ? 'dead' : 'fine';
    if (nowMs - this.#heardAtMs < (this.#hasTicks ? QUIET_TICKS_MS : QUIET_MS)) return 'fine';
    this.#probedAtMs = nowMs;
    return 'probe';
  }
}
