// A client of `WS /ws/v1` that keeps its messages in order until they are read, and checks each against its schema.
import { once } from 'node:events';
import { expect } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { SERVER_SCHEMAS } from '../../server/stats/message-schemas.ts';
import type { OperatorMessage } from '../../server/stats/operator-message.ts';
import { OPERATOR_SCHEMAS } from '../../server/stats/operator-schemas.ts';
import { type ServerMessage, STATS_SUBPROTOCOL } from '../../server/stats/stats-message.ts';
import { whenDone } from './cleanup.ts';
import { leakSearch } from './leak-search.ts';

export type WireMessage = ServerMessage | OperatorMessage;
export type Op<Kind extends WireMessage['op']> = Extract<WireMessage, { op: Kind }>;

/** The longest wait for a message. */
const LIMIT_MS = 30_000;

const SCHEMAS = { ...SERVER_SCHEMAS, ...OPERATOR_SCHEMAS };

/** The message of a text; fails if it is not as its schema says. */
export function checkedMessage(text: string): WireMessage {
  const message = JSON.parse(text) as WireMessage;
  const checked = SCHEMAS[message.op].safeParse(message);
  expect(checked.error?.issues, text.slice(0, 500)).toBeUndefined();
  return message;
}

export class SocketClient {
  readonly socket: WebSocket;
  readonly texts: string[] = [];
  #taken = 0;

  constructor(socket: WebSocket) {
    this.socket = socket;
    const saw = leakSearch.sawPieces('websocket', socket.url);
    socket.on('message', (data) => {
      this.texts.push(String(data));
      saw(String(data));
    });
  }

  /** Opens a WebSocket; `root` is the HTTP address of the gateway. */
  static async open(
    root: string,
    options: ClientOptions = {},
    protocols: string[] = [STATS_SUBPROTOCOL],
  ): Promise<SocketClient> {
    const socket = new WebSocket(root.replace('http', 'ws'), protocols, options);
    whenDone(() => socket.terminate());
    const client = new SocketClient(socket);
    await once(socket, 'open');
    return client;
  }

  /** The next message with this `op`; earlier ones are skipped. */
  async next<Kind extends WireMessage['op']>(op: Kind): Promise<Op<Kind>> {
    for (;;) {
      const text = this.texts[this.#taken];
      if (text === undefined) {
        await this.#arrival(op);
        continue;
      }
      this.#taken += 1;
      const message = checkedMessage(text);
      if (message.op === op) return message as Op<Kind>;
    }
  }

  async #arrival(op: string): Promise<void> {
    const signal = AbortSignal.timeout(LIMIT_MS);
    await once(this.socket, 'message', { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
      throw new Error(`no message in ${LIMIT_MS} ms; '${op}' was expected`);
    });
  }

  /** The first message with this `op` that satisfies the condition. Rejects after half a minute without one. */
  async until<Kind extends WireMessage['op']>(
    op: Kind,
    satisfies: (message: Op<Kind>) => boolean,
  ): Promise<Op<Kind>> {
    const deadline = performance.now() + LIMIT_MS;
    for (;;) {
      const message = await this.next(op);
      if (satisfies(message)) return message;
      if (performance.now() > deadline)
        throw new Error(`no '${op}' was as expected in ${LIMIT_MS} ms; the last: ${JSON.stringify(message)}`);
    }
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Resolves when the gateway has read everything sent so far. */
  async settled(): Promise<void> {
    this.send({ op: 'ping', t0: 1 });
    await this.next('pong');
  }
}
