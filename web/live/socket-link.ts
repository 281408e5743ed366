// One WebSocket to the gateway that comes back by itself: it connects, measures the clocks, notices silence, and waits longer after
// each failure. It does not know what its messages mean. It works in pages, in workers, and in programs that have WebSocket.
import type { STATS_SUBPROTOCOL } from '../../server/stats/stats-message.ts';
import { BackOff } from '../page/back-off.ts';
import { ClockSkew } from './clock-skew.ts';
import { type ClientMessage, type LiveMessage, parseMessage } from './server-message.ts';
import { SocketSilence } from './socket-silence.ts';

const SUBPROTOCOL: typeof STATS_SUBPROTOCOL = 'sluice.stats.v1';

const LOOK_INTERVAL_MS = 1_000;
/** The skew between two clocks changes by a few milliseconds in this time. */
const PING_INTERVAL_MS = 30_000;
/** Several pings at the start: the best exchange is far more exact than the first one, which is slow. */
const FIRST_PINGS = 4;
const FIRST_PING_GAP_MS = 200;
/** A restarting gateway is back in seconds: no wait in the first ten seconds exceeds four. After that the waits grow. */
const BACK_OFF = { firstMs: 500, maxMs: 15_000, growth: 1.5 } as const;

type Timer = ReturnType<typeof setTimeout>;

type EventSource = {
  readonly addEventListener: (type: string, listener: () => void) => void;
  readonly removeEventListener: (type: string, listener: () => void) => void;
};
/** What pages have, and other programs may not have. */
const page = globalThis as Partial<EventSource> & {
  readonly document?: EventSource & { readonly visibilityState: string };
};

export type SocketLinkOptions = {
  /** Absolute ws: or wss: address. */
  readonly url: string;
  /** The gateway has greeted: subscribe. */
  readonly onOpen: () => void;
  readonly onMessage: (message: LiveMessage) => void;
  /** The connection was lost or not made; the next attempt follows by itself. */
  readonly onDown: () => void;
  /** Whether an answer to a subscription is awaited; always by default. A socket without an answer is closed after seconds. */
  readonly awaitsAnswer?: () => boolean;
};

export class SocketLink {
  /** Between this clock and the gateway's. */
  readonly skew = new ClockSkew();
  readonly #options: SocketLinkOptions;
  readonly #backOff = new BackOff(BACK_OFF);
  readonly #silence = new SocketSilence();
  #socket: WebSocket | undefined;
  #retryTimer: Timer | undefined;
  /** The gateway asked for at least this wait. */
  #askedWaitMs = 0;
  #timers: Timer[] = [];
  #isClosed = false;

  constructor(options: SocketLinkOptions) {
    this.#options = options;
    page.addEventListener?.('online', this.#hurry);
    page.document?.addEventListener('visibilitychange', this.#hurryIfVisible);
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Connects, and connects again whenever the connection is lost. */
  open(): void {
    if (this.#isClosed) return;
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    this.#silence.opened(performance.now());
    let socket: WebSocket;
    try {
      socket = new WebSocket(this.#options.url, SUBPROTOCOL);
    } catch {
      this.#fail(); // forbidden by a policy or removed by an extension
      return;
    }
    this.#socket = socket;
    socket.addEventListener('message', (event: { readonly data: unknown }) => {
      if (socket === this.#socket) this.#receive(event.data);
    });
    socket.addEventListener('close', () => this.#lose(socket));
    // Without a listener some programs end at an error; `close` follows it.
    socket.addEventListener('error', () => undefined);
    this.#timers.push(setInterval(() => this.#look(), LOOK_INTERVAL_MS));
  }

  /** Ends the connection for good. */
  close(): void {
    this.#isClosed = true;
    page.removeEventListener?.('online', this.#hurry);
    page.document?.removeEventListener('visibilitychange', this.#hurryIfVisible);
    clearTimeout(this.#retryTimer);
    this.#stopTimers();
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  /** Does nothing while there is no connection. */
  send(message: ClientMessage): void {
    if (this.isOpen) this.#socket?.send(JSON.stringify(message));
  }

  /** There is no reason to wait longer for the next attempt. */
  hurry(): void {
    this.#hurry();
  }

  readonly #hurry = (): void => {
    if (this.#retryTimer !== undefined) this.open();
  };

  readonly #hurryIfVisible = (): void => {
    if (page.document?.visibilityState === 'visible') this.#hurry();
  };

  #receive(data: unknown): void {
    const message = parseMessage(data);
    if (message === undefined) return;
    this.#silence.heard(performance.now(), message.op);
    if (message.op === 'hello') this.#welcome();
    else if (message.op === 'pong')
      this.skew.add({ t0: message.t0, t1: message.t1, t2: message.t2, t3: Date.now() });
    else if (message.op === 'bye') this.#askedWaitMs = message.retryMs;
    else this.#options.onMessage(message);
  }

  #welcome(): void {
    this.skew.reset();
    this.#options.onOpen();
    for (let ping = 0; ping < FIRST_PINGS; ping += 1)
      this.#timers.push(setTimeout(() => this.#ping(), ping * FIRST_PING_GAP_MS));
    this.#timers.push(
      setInterval(() => {
        this.#backOff.reset(); // only a link that lasted this long counts as a success
        this.#ping();
      }, PING_INTERVAL_MS),
    );
  }

  #look(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    const verdict = this.#silence.look(performance.now(), this.#options.awaitsAnswer?.() ?? true);
    if (verdict === 'probe') this.#ping();
    if (verdict !== 'dead') return;
    this.#lose(socket);
    socket.close();
  }

  #ping(): void {
    this.send({ op: 'ping', t0: Date.now() });
  }

  #lose(socket: WebSocket): void {
    if (socket !== this.#socket) return;
    this.#socket = undefined;
    this.#fail();
  }

  #fail(): void {
    this.#stopTimers();
    const waitMs = Math.max(this.#backOff.next(), this.#askedWaitMs);
    this.#askedWaitMs = 0;
    this.#retryTimer = setTimeout(() => this.open(), waitMs);
    this.#options.onDown();
  }

  #stopTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer); // also clears intervals (HTML 8.6)
    this.#timers = [];
  }
}
