// The state of one stream, from the page's WebSocket, or by HTTP while no WebSocket works. It reconnects by itself. Its
// loss never affects a playing video.
import type {
  ClientMessage,
  STATS_SUBPROTOCOL,
  StatsTopic,
  StatusMessage,
  TickMessage,
} from '../../server/stats/stats-message.ts';
import { currentToken } from '../page/access-token.ts';
import { BackOff } from '../page/back-off.ts';
import { ClockSkew } from './clock-skew.ts';
import { isDenial, parseServerMessage } from './server-message.ts';
import { SocketSilence } from './socket-silence.ts';
import { StatusPoll } from './status-poll.ts';

const SUBPROTOCOL: typeof STATS_SUBPROTOCOL = 'sluice.stats.v1';

const LOOK_INTERVAL_MS = 1_000;
/** The skew between two clocks changes by a few milliseconds in this time. */
const PING_INTERVAL_MS = 30_000;
/** Several pings at the start: the best exchange is far more exact than the first one, which is slow. */
const FIRST_PINGS = 4;
const FIRST_PING_GAP_MS = 200;
/** The gateway waits this long before it loads keys again. */
const UNCHECKED_RETRY_MS = 5_000;
/** A restarting gateway is back in seconds: no wait in the first ten seconds exceeds four. After that the waits grow. */
const BACK_OFF = { firstMs: 500, maxMs: 15_000, growth: 1.5 } as const;

/** How the page gets the state now. */
export type Link = 'socket' | 'http' | 'down';

/** The receiver of the state. */
export type LiveStatusListener = {
  readonly onStatus: (status: StatusMessage) => void;
  readonly onTick: (tick: TickMessage) => void;
  /** The viewer has no access to the stream, or no longer; `code` says why. */
  readonly onDenied: (code: string) => void;
  /** Called before the first status that arrives by another link, and when no link is left. */
  readonly onLink: (link: Link) => void;
};

export type LiveStatusOptions = {
  /** Absolute ws: or wss: address. */
  readonly socketUrl: string;
  /** Absolute address of the stream in the API. */
  readonly statusUrl: string;
  readonly name: string;
  readonly topics: readonly StatsTopic[];
  readonly listener: LiveStatusListener;
};

/** Follows one stream until the page closes. */
export class LiveStatus {
  readonly #options: LiveStatusOptions;
  readonly #skew = new ClockSkew();
  readonly #backOff = new BackOff(BACK_OFF);
  readonly #silence = new SocketSilence();
  readonly #poll: StatusPoll;
  #socket: WebSocket | undefined;
  #link: Link | undefined;
  #retryTimer: number | undefined;
  #timers: number[] = [];

  constructor(options: LiveStatusOptions) {
    this.#options = options;
    const { statusUrl, name, listener } = options;
    this.#poll = new StatusPoll({
      url: statusUrl,
      name,
      onStatus: (status, clock) => {
        if (clock !== undefined) this.#skew.add(clock);
        this.#tellLink('http');
        listener.onStatus(status);
      },
      onDenied: (code) => {
        if (this.#socket?.readyState !== WebSocket.OPEN) this.#tellLink('http');
        listener.onDenied(code);
      },
      onFailure: () => {
        if (this.#socket?.readyState !== WebSocket.OPEN) this.#tellLink('down');
      },
    });
    window.addEventListener('online', () => this.#hurry());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.#hurry();
    });
  }

  /** The server's clock minus the page's; undefined until the first answer. */
  get skewMs(): number | undefined {
    return this.#skew.skewMs;
  }

  /** Connects, and reconnects whenever the connection is lost. */
  open(): void {
    window.clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    this.#silence.opened(performance.now());
    let socket: WebSocket;
    try {
      socket = new WebSocket(this.#options.socketUrl, SUBPROTOCOL);
    } catch {
      this.#fail(); // forbidden by a policy or removed by an extension
      return;
    }
    this.#socket = socket;
    socket.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (socket === this.#socket) this.#receive(event.data);
    });
    socket.addEventListener('close', () => this.#lose(socket));
    this.#timers.push(window.setInterval(() => this.#look(), LOOK_INTERVAL_MS));
  }

  #receive(data: unknown): void {
    const message = parseServerMessage(data);
    if (message === undefined) return;
    const { name, listener } = this.#options;
    const isOurs = !('name' in message) || message.name === name;
    if (isOurs) this.#silence.heard(performance.now(), message.op);
    switch (message.op) {
      case 'hello':
        this.#welcome();
        break;
      case 'pong':
        this.#skew.add({ t0: message.t0, t1: message.t1, t2: message.t2, t3: Date.now() });
        break;
      case 'status':
        if (!isOurs) break;
        this.#poll.stop();
        this.#tellLink('socket');
        listener.onStatus(message);
        break;
      case 'tick':
        if (isOurs) listener.onTick(message);
        break;
      case 'error':
        if (isDenial(message.code) && isOurs) {
          this.#poll.stop();
          this.#tellLink('socket');
          listener.onDenied(message.code);
          break;
        }
        // The keys of JWTs cannot be loaded at this moment.
        if (message.code === 'playback_token_unchecked' && isOurs)
          this.#timers.push(window.setTimeout(() => this.#subscribe(), UNCHECKED_RETRY_MS));
        console.warn(`sluice: ${message.code}: ${message.message}`);
        break;
      default:
        message satisfies never;
    }
  }

  #welcome(): void {
    this.#skew.reset();
    this.#subscribe();
    for (let ping = 0; ping < FIRST_PINGS; ping += 1) {
      this.#timers.push(window.setTimeout(() => this.#ping(), ping * FIRST_PING_GAP_MS));
    }
    this.#timers.push(
      window.setInterval(() => {
        this.#backOff.reset(); // only a link that lasted this long counts as a success
        this.#ping();
      }, PING_INTERVAL_MS),
    );
  }

  #subscribe(): void {
    const token = currentToken();
    const { topics, name } = this.#options;
    for (const topic of topics)
      this.#send({ op: 'sub', topic, name, ...(token === undefined ? {} : { token }) });
  }

  /** There is another token: asks with it. */
  renew(): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#subscribe();
    else this.#hurry();
  }

  /** Asks by HTTP, once, why the player has no access. */
  askWhy(): void {
    this.#poll.ask();
  }

  #look(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    const verdict = this.#silence.look(performance.now());
    if (verdict === 'probe') this.#ping();
    if (verdict !== 'dead') return;
    this.#lose(socket);
    socket.close();
  }

  #ping(): void {
    this.#send({ op: 'ping', t0: Date.now() });
  }

  #send(message: ClientMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #lose(socket: WebSocket): void {
    if (socket !== this.#socket) return;
    this.#socket = undefined;
    this.#fail();
  }

  /** Without a socket the state is requested by HTTP, and the socket is tried again. */
  #fail(): void {
    for (const timer of this.#timers) window.clearTimeout(timer); // also clears intervals (HTML 8.6)
    this.#timers = [];
    this.#retryTimer = window.setTimeout(() => this.open(), this.#backOff.next());
    this.#poll.start();
  }

  #tellLink(link: Link): void {
    if (link === this.#link) return;
    this.#link = link;
    this.#options.listener.onLink(link);
  }

  /** The network is back, or the page is visible again: there is no reason to wait longer. */
  #hurry(): void {
    if (this.#retryTimer !== undefined) this.open();
  }
}
