// When a WebSocket that says nothing is given up. A proxy may accept the upgrade and pass nothing on, and a connection can
// die without a word to either end: only what is heard counts.

/** From opening to the first status: a server answers at once, and the viewer waits for it. */
const FIRST_STATUS_MS = 5_000;
/** Silence after which the server is asked; it also keeps proxies from closing an idle socket. */
const QUIET_MS = 15_000;
/** The same once numbers come every second. */
const QUIET_TICKS_MS = 5_000;
/** A question unanswered for this long means that the link is dead, whatever TCP believes. */
const ANSWER_MS = 5_000;

/** `probe`: ask now, then look again; `dead`: give the socket up. */
export type SilenceVerdict = 'fine' | 'probe' | 'dead';

/** Watches one socket at a time. All times are of one monotonic clock. */
export class SocketSilence {
  #openedAtMs = 0;
  #heardAtMs = 0;
  #probedAtMs: number | undefined;
  #hasStatus = false;
  #hasTicks = false;

  /** A new socket is being opened. */
  opened(nowMs: number): void {
    this.#openedAtMs = nowMs;
    this.#heardAtMs = nowMs;
    this.#probedAtMs = undefined;
    this.#hasStatus = false;
    this.#hasTicks = false;
  }

  /** A message came. */
  heard(nowMs: number, op: string): void {
    this.#heardAtMs = nowMs;
    this.#probedAtMs = undefined;
    if (op === 'status') this.#hasStatus = true;
    // A stream that ends or is lost sends its numbers for a while only: the next status says what to expect.
    if (op === 'tick' || op === 'status') this.#hasTicks = op === 'tick';
  }

  /** To be asked about once a second. */
  look(nowMs: number): SilenceVerdict {
    if (!this.#hasStatus) return nowMs - this.#openedAtMs >= FIRST_STATUS_MS ? 'dead' : 'fine';
    if (this.#probedAtMs !== undefined) return nowMs - this.#probedAtMs >= ANSWER_MS ? 'dead' : 'fine';
    if (nowMs - this.#heardAtMs < (this.#hasTicks ? QUIET_TICKS_MS : QUIET_MS)) return 'fine';
    this.#probedAtMs = nowMs;
    return 'probe';
  }
}
