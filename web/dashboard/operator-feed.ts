// The messages for operators, from one WebSocket. It connects again by itself and then subscribes again, so that a snapshot
// fills the hole.
import type { OperatorMessage } from '../../server/stats/operator-message.ts';
import type { STATS_SUBPROTOCOL } from '../../server/stats/stats-message.ts';
import { BackOff } from '../page/back-off.ts';
import { parseOperatorMessage } from './operator-message-parse.ts';
import { adminToken } from './operator-token.ts';

const SUBPROTOCOL: typeof STATS_SUBPROTOCOL = 'sluice.stats.v1';

const BACK_OFF = { firstMs: 500, maxMs: 10_000, growth: 1.6 } as const;
/** Messages come every second: after this silence the connection is dead, even if TCP still has one. */
const SILENCE_MS = 6_000;
const LOOK_MS = 1_000;

export type FeedLink = 'connecting' | 'live' | 'lost';

export type FeedListener = {
  readonly onMessage: (message: OperatorMessage) => void;
  readonly onLink: (link: FeedLink) => void;
  /** The token is missing, wrong or no longer valid. */
  readonly onRefused: (code: string, detail: string) => void;
  /** The stream is not known to the gateway. */
  readonly onUnknownStream: (name: string) => void;
  readonly onVersion: (version: string) => void;
};

type Topic =
  | { readonly topic: 'streams' | 'server' }
  | { readonly topic: 'detail'; readonly name: string };

export class OperatorFeed {
  readonly #url: string;
  readonly #listener: FeedListener;
  readonly #backOff = new BackOff(BACK_OFF);
  #socket: WebSocket | undefined;
  #name: string | undefined;
  #isOpen = false;
  #heardAt = 0;
  #sequence = new Map<string, number>();
  #retryTimer: number | undefined;

  constructor(url: string, listener: FeedListener) {
    this.#url = url;
    this.#listener = listener;
    window.setInterval(() => this.#look(), LOOK_MS);
    window.addEventListener('online', () => this.#hurry());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.#hurry();
    });
  }

  /** Shows one stream, or all. */
  show(name: string | undefined): void {
    const before = this.#topics();
    this.#name = name;
    if (!this.#isOpen) return this.#open();
    for (const topic of before) if (topic.topic !== 'server') this.#send({ op: 'unsub', ...topic });
    for (const topic of this.#topics()) if (topic.topic !== 'server') this.#subscribe(topic);
  }

  close(): void {
    this.#isOpen = false;
    window.clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  #open(): void {
    this.#isOpen = true;
    window.clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    this.#heardAt = performance.now();
    this.#listener.onLink('connecting');
    const socket = new WebSocket(this.#url, SUBPROTOCOL);
    this.#socket = socket;
    socket.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (socket === this.#socket) this.#receive(event.data);
    });
    socket.addEventListener('close', () => {
      if (socket === this.#socket) this.#lose();
    });
  }

  #receive(data: unknown): void {
    this.#heardAt = performance.now();
    const message = parseOperatorMessage(data);
    if (message === undefined) return;
    switch (message.op) {
      case 'hello':
        this.#listener.onVersion(message.version);
        for (const topic of this.#topics()) this.#subscribe(topic);
        break;
      case 'error':
        if (isRefusal(message.code)) this.#listener.onRefused(message.code, message.message);
        else if (message.code === 'no_such_stream') this.#listener.onUnknownStream(message.name ?? '');
        break;
      case 'bye':
        break; // the socket closes, and the next attempt waits anyway
      default:
        this.#pass(message);
    }
  }

  #pass(message: Exclude<OperatorMessage, { op: 'bye' }>): void {
    if ('name' in message && message.name !== this.#name) return;
    if (message.op === 'streams' || message.op === 'serverSnapshot' || message.op === 'snapshot') {
      this.#backOff.reset();
      this.#listener.onLink('live');
    }
    this.#followSequence(message);
    this.#listener.onMessage(message);
  }

  /** After a gap in the numbers the history has a hole: a new snapshot fills it. */
  #followSequence(message: Exclude<OperatorMessage, { op: 'bye' }>): void {
    if (!('seq' in message)) return;
    const topic = topicOf(message.op);
    const last = this.#sequence.get(topic);
    this.#sequence.set(topic, message.seq);
    const isTick = message.op === 'detail' || message.op === 'server';
    if (!isTick || last === undefined || message.seq <= last + 1) return;
    if (topic === 'server') this.#subscribe({ topic });
    else if (this.#name !== undefined) this.#subscribe({ topic: 'detail', name: this.#name });
  }

  #topics(): readonly Topic[] {
    const shown: Topic =
      this.#name === undefined ? { topic: 'streams' } : { topic: 'detail', name: this.#name };
    return [shown, { topic: 'server' }];
  }

  #subscribe(topic: Topic): void {
    this.#sequence.delete(topic.topic);
    const token = adminToken();
    this.#send({ op: 'sub', ...topic, ...(token === undefined ? {} : { token }) });
  }

  #send(message: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #lose(): void {
    this.#socket = undefined;
    if (!this.#isOpen) return;
    this.#listener.onLink('lost');
    this.#retryTimer = window.setTimeout(() => this.#open(), this.#backOff.next());
  }

  #look(): void {
    const socket = this.#socket;
    if (socket === undefined || performance.now() - this.#heardAt < SILENCE_MS) return;
    this.#lose();
    socket.close();
  }

  /** The network is back, or the page is visible again: there is no reason to wait longer. */
  #hurry(): void {
    if (this.#retryTimer !== undefined) this.#open();
  }
}

function topicOf(op: string): 'streams' | 'server' | 'detail' {
  if (op === 'streams') return 'streams';
  return op === 'server' || op === 'serverSnapshot' ? 'server' : 'detail';
}

function isRefusal(code: string): boolean {
  return code.startsWith('admin_') || code === 'unknown_admin_token' || code === 'token_attempts';
}
