// The state of one stream, from the page's WebSocket, or by HTTP while no WebSocket works. It reconnects by itself. Its
// loss never affects a playing video.
import type {
  ErrorMessage,
  StatsTopic,
  StatusMessage,
  TickMessage,
} from '../../server/stats/stats-message.ts';
import { currentToken } from '../page/access-token.ts';
import { isDenial, type LiveMessage } from './server-message.ts';
import { SocketLink } from './socket-link.ts';
import { StatusPoll } from './status-poll.ts';

/** The gateway waits this long before it loads keys again. */
const UNCHECKED_RETRY_MS = 5_000;

/** How the page gets the state now. */
export type Link = 'socket' | 'http' | 'down';

/** The receiver of the state. */
export type LiveStatusListener = {
  /**
   * `isNews`: the player has to follow it. It is not if it only repeats the state that the player knows, such as one by HTTP, or one
   * with another number of viewers.
   */
  readonly onStatus: (status: StatusMessage, isNews: boolean) => void;
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
  readonly #socket: SocketLink;
  readonly #poll: StatusPoll;
  #link: Link | undefined;
  /** Nobody knows what has happened since the last status: the next one is news. */
  #isUncertain = true;
  /** What the last status said to the player. */
  #news = '';
  #retryTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LiveStatusOptions) {
    this.#options = options;
    const { socketUrl, statusUrl, name, listener } = options;
    this.#socket = new SocketLink({
      url: socketUrl,
      onOpen: () => this.#subscribe(),
      onMessage: (message) => this.#receive(message),
      // Without a socket the state is requested by HTTP, and the socket is tried again.
      onDown: () => this.#poll.start(),
    });
    this.#poll = new StatusPoll({
      url: statusUrl,
      name,
      onStatus: (status, clock) => {
        if (clock !== undefined) this.#socket.skew.add(clock);
        // One answer to `askWhy` says nothing about the socket.
        if (this.#poll.isOn) this.#tellLink('http');
        this.#tellStatus(status);
      },
      onDenied: (code) => {
        if (!this.#socket.isOpen) this.#tellLink('http');
        listener.onDenied(code);
      },
      onFailure: () => {
        if (!this.#socket.isOpen) this.#tellLink('down');
      },
    });
  }

  /** The server's clock minus the page's; undefined until the first answer. */
  get skewMs(): number | undefined {
    return this.#socket.skew.skewMs;
  }

  /** Connects, and reconnects whenever the connection is lost. */
  open(): void {
    this.#socket.open();
  }

  #receive(message: LiveMessage): void {
    const { name, listener } = this.#options;
    if ('name' in message && message.name !== name) return;
    switch (message.op) {
      case 'status':
        this.#poll.stop();
        this.#tellLink('socket');
        return this.#tellStatus(message);
      case 'tick':
        return listener.onTick(message);
      case 'error':
        return this.#refused(message);
      default:
        return;
    }
  }

  #refused({ code, message }: ErrorMessage): void {
    if (isDenial(code)) {
      this.#poll.stop();
      this.#tellLink('socket');
      return this.#options.listener.onDenied(code);
    }
    // The keys of JWTs cannot be loaded at this moment.
    if (code === 'playback_token_unchecked') this.#subscribeLater();
    console.warn(`sluice: ${code}: ${message}`);
  }

  /** Once for all topics: each of them is refused. */
  #subscribeLater(): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.#subscribe(), UNCHECKED_RETRY_MS);
  }

  #subscribe(): void {
    this.#isUncertain = true;
    const token = currentToken();
    const { topics, name } = this.#options;
    for (const topic of topics)
      this.#socket.send({ op: 'sub', topic, name, ...(token === undefined ? {} : { token }) });
  }

  /** There is another token: asks with it. */
  renew(): void {
    this.#isUncertain = true;
    if (this.#socket.isOpen) this.#subscribe();
    else this.#socket.hurry();
  }

  /** Asks by HTTP, once, why the player has no access. */
  askWhy(): void {
    this.#poll.ask();
  }

  #tellLink(link: Link): void {
    if (link === this.#link) return;
    this.#link = link;
    this.#isUncertain = true;
    this.#options.listener.onLink(link);
  }

  #tellStatus(status: StatusMessage): void {
    const { state, since, hls, codecs, captions } = status;
    const news = JSON.stringify([state, since, hls, codecs, captions]);
    const isNews = this.#isUncertain || news !== this.#news;
    this.#isUncertain = false;
    this.#news = news;
    this.#options.listener.onStatus(status, isNews);
  }
}
