// `GET /api/v1/streams/{name}/events`: the messages of the topic `detail` as server-sent events (WHATWG HTML clause 9.2), for curl and
// other programs without a WebSocket. They have the places of WebSockets.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { GatewayError } from '../errors.ts';
import { guarded } from '../guard.ts';
import type { Logger } from '../log.ts';
import type { AdminCaller } from './admin-gate.ts';
import type { Broadcast } from './broadcast.ts';
import { topicKey } from './followers.ts';
import { type Problem, sendProblem } from './http-replies.ts';
import { isOver } from './is-over.ts';
import { markOpenEnded } from './open-ended.ts';
import type { OperatorTopics } from './operator-topics.ts';
import type { Subscriber } from './subscriber.ts';

/** Every message begins so. */
const OP = /^\{"op":"(\w+)"/;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  // nginx would collect events before it forwards them.
  'x-accel-buffering': 'no',
};

export type EventStreamsOptions = {
  readonly operators: Pick<OperatorTopics, 'follow' | 'unfollow'>;
  /** Takes a place of the client of a request, or returns why there is none. */
  readonly enter: (request: IncomingMessage) => Problem | { readonly leave: () => void };
  readonly log: Logger;
};

class EventStream implements Subscriber {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  get unreadBytes(): number {
    return this.#response.writableLength;
  }

  write(text: string): void {
    if (this.#response.writableEnded || this.#response.destroyed) return;
    this.#response.write(`event: ${OP.exec(text)?.[1]}\ndata: ${text}\n\n`);
  }

  writeBroadcast({ text }: Broadcast): void {
    this.write(text);
  }

  drop(): void {
    this.#response.destroy();
  }

  end(): void {
    this.#response.end();
  }
}

export class EventStreams {
  readonly #options: EventStreamsOptions;
  readonly #open = new Set<EventStream>();

  constructor(options: EventStreamsOptions) {
    this.#options = options;
  }

  /** Those that are open. */
  get count(): number {
    return this.#open.size;
  }

  /** Answers a request of an operator, until its client leaves. */
  open(request: IncomingMessage, response: ServerResponse, name: string, caller: AdminCaller): void {
    if (request.method === 'HEAD') {
      response.writeHead(200, HEADERS).end();
      return;
    }
    // The client left while it was admitted: no `close` would follow to release its place.
    if (isOver(response)) return;
    const { operators, enter, log } = this.#options;
    const entered = enter(request);
    if (!('leave' in entered)) return sendProblem(response, entered, ['retry-after', '12']);
    const stream = new EventStream(response);
    const close = guarded({ log }, () => {
      entered.leave();
      this.#open.delete(stream);
      operators.unfollow(stream, topicKey('detail', name));
    });
    response.once('close', close);
    response.on(
      'error',
      guarded({ log }, () => stream.drop()),
    );
    markOpenEnded(response);
    response.writeHead(200, HEADERS);
    this.#open.add(stream);
    operators.follow({
      subscriber: stream,
      subject: { topic: 'detail', name },
      caller,
      onRefused: ({ code, detail }) => {
        const message = detail ?? new GatewayError('invalid-state', code).message;
        stream.write(JSON.stringify({ op: 'error', code, message, topic: 'detail', name }));
        stream.end();
      },
    });
  }

  /** Ends all with `farewell`. */
  close(farewell: () => string): void {
    for (const stream of this.#open) {
      stream.write(farewell());
      stream.end();
    }
  }
}
