// What the code of media reads of a request and calls on its answer: node:http's, HTTP/2's, and those of direct connections have it.

import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';

export type HttpRequest = Pick<
  IncomingMessage,
  'method' | 'url' | 'httpVersion' | 'rawHeaders' | 'headers' | 'socket'
>;

export interface HttpReply {
  readonly req: HttpRequest;
  /** Null for a pipelined request before its turn. */
  readonly socket: Socket | null;
  readonly headersSent: boolean;
  readonly writableEnded: boolean;
  readonly destroyed: boolean;
  /** An array alternates names and values. */
  writeHead(status: number, headers: OutgoingHttpHeaders | string[]): unknown;
  write(bytes: Uint8Array): boolean;
  end(bytes?: Uint8Array): unknown;
  cork(): void;
  uncork(): void;
  /** `close` follows the last byte or a lost connection. */
  once(event: 'close' | 'drain' | 'socket', listener: () => void): unknown;
  destroy(): unknown;
}

/** Answers requests for media. It never throws. */
export type MediaRoute = {
  /** Whether the target of a GET is media, a playlist or captions. */
  readonly serves: (target: string) => boolean;
  readonly handle: (request: HttpRequest, reply: HttpReply) => void;
};
