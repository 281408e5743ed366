// The page's one WebSocket: follows one stream's state and numbers, keeps the clock's skew, and comes back
// by itself. Losing it never touches a playing video; the page only stops learning news.
import type {
  ClientMessage,
  STATS_SUBPROTOCOL,
  StatsTopic,
  StatusMessage,
  TickMessage,
} from '../server/stats/stats-message.ts';
import { BackOff } from './back-off.ts';
import { ClockSkew } from './clock-skew.ts';
import { parseServerMessage } from './server-message.ts';

const SUBPROTOCOL: typeof STATS_SUBPROTOCOL = 'sluice.stats.v1';

/** One ping in this time keeps the skew fresh, proxies from closing an idle socket, and finds a dead link. */
const PING_INTERVAL_MS = 30_000;
/** A few at the start: the best of several exchanges is far closer than the first, which pays for warming up. */
const FIRST_PINGS = 4;
const FIRST_PING_GAP_MS = 200;
/**
 * A gateway that is started again is back in seconds: for the first ten of them no wait exceeds four, and the player waits
 * for nothing but this news. A longer absence is met at a pace that suits a gateway which returns to a full house.
 */
const BACK_OFF = { firstMs: 500, maxMs: 15_000, growth: 1.5 } as const;

/** Who wants to know. */
export type LiveStatusListener = {
  readonly onStatus: (status: StatusMessage) => void;
  readonly onTick: (tick: TickMessage) => void;
  /** The link came up (true) or went down. */
  readonly onLink: (isUp: boolean) => void;
};

export type LiveStatusOptions = {
  /** Absolute ws: or wss: address. */
  readonly url: string;
  readonly name: string;
  readonly topics: readonly StatsTopic[];
  readonly listener: LiveStatusListener;
};

/** Follows one stream for as long as the page lives. */
export class LiveStatus {
  readonly #options: LiveStatusOptions;
  readonly #skew = new ClockSkew();
  readonly #backOff = new BackOff(BACK_OFF);
  #socket: WebSocket | undefined;
  #isUp = false;
  #awaitsPong = false;
  #retryTimer: number | undefined;
  #pingTimers: number[] = [];

  constructor(options: LiveStatusOptions) {
    this.#options = options;
    window.addEventListener('online', () => this.#hurry());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.#hurry();
    });
  }

  /** The server's clock minus ours; undefined until it has been asked. */
  get skewMs(): number | undefined {
    return this.#skew.skewMs;
  }

  /** Connects, and from then on stays connected as far as possible. */
  open(): void {
    window.clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    const socket = new WebSocket(this.#options.url, SUBPROTOCOL);
    this.#socket = socket;
    socket.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (socket === this.#socket) this.#receive(event.data);
    });
    socket.addEventListener('close', () => this.#lose(socket));
  }

  #receive(data: unknown): void {
    const message = parseServerMessage(data);
    switch (message?.op) {
      case 'hello':
        this.#welcome();
        break;
      case 'pong':
        this.#awaitsPong = false;
        this.#skew.add({ t0: message.t0, t1: message.t1, t2: message.t2, t3: Date.now() });
        break;
      case 'status':
        if (message.name === this.#options.name) this.#options.listener.onStatus(message);
        break;
      case 'tick':
        if (message.name === this.#options.name) this.#options.listener.onTick(message);
        break;
      case 'error':
        console.warn(`sluice: ${message.code}: ${message.message}`);
        break;
      case undefined:
        break;
      default:
        message satisfies never;
    }
  }

  #welcome(): void {
    this.#isUp = true;
    this.#skew.reset();
    for (const topic of this.#options.topics) this.#send({ op: 'sub', topic, name: this.#options.name });
    this.#stopPinging();
    for (let ping = 0; ping < FIRST_PINGS; ping += 1) {
      this.#pingTimers.push(window.setTimeout(() => this.#ping(), ping * FIRST_PING_GAP_MS));
    }
    this.#pingTimers.push(window.setInterval(() => this.#beat(), PING_INTERVAL_MS));
    this.#options.listener.onLink(true);
  }

  /** A ping unanswered for a whole interval is a dead link, whatever TCP believes. */
  #beat(): void {
    const socket = this.#socket;
    if (this.#awaitsPong && socket !== undefined) {
      this.#lose(socket);
      socket.close();
      return;
    }
    this.#backOff.reset(); // only a link that lived this long counts as a success
    this.#ping();
  }

  #ping(): void {
    this.#awaitsPong = true;
    this.#send({ op: 'ping', t0: Date.now() });
  }

  #send(message: ClientMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #lose(socket: WebSocket): void {
    if (socket !== this.#socket) return;
    this.#socket = undefined;
    this.#awaitsPong = false;
    this.#stopPinging();
    this.#retryTimer = window.setTimeout(() => this.open(), this.#backOff.next());
    if (this.#isUp || this.#backOff.attempts === 1) this.#options.listener.onLink(false);
    this.#isUp = false;
  }

  /** The network is back, or somebody looks again: no reason to wait out the back-off. */
  #hurry(): void {
    if (this.#retryTimer !== undefined) this.open();
  }

  #stopPinging(): void {
    for (const timer of this.#pingTimers) window.clearTimeout(timer); // clears intervals too (HTML §8.6)
    this.#pingTimers = [];
  }
}
