// An answer on a direct connection: head and body in one write, without what node:http does for answers of any other kind.

import { type OutgoingHttpHeaders, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { systemClock } from '../clock.ts';
import type { HttpReply, HttpRequest } from './http-exchange.ts';
import { KEEP_ALIVE_TIMEOUT_MS } from './http-limits.ts';

const EMPTY = Buffer.alloc(0);
const NO_CHUNKS: readonly { readonly bytes: Uint8Array }[] = [];
/** As node:http writes it. */
const KEPT_OPEN = `Connection: keep-alive\r\nKeep-Alive: timeout=${KEEP_ALIVE_TIMEOUT_MS / 1000}\r\n`;

export class DirectReply implements HttpReply {
  readonly req: HttpRequest;
  readonly socket: Socket;
  headersSent = false;
  writableEnded = false;
  destroyed = false;
  /** Called when the answer of a held request begins. */
  onHeldAnswer: (() => void) | undefined;
  readonly #onSent: () => void;
  /** Mostly one; none for most playlists. */
  #onClose: (() => void)[] | undefined;
  #head: { readonly status: number; readonly headers: readonly string[] } | undefined;

  /** `onSent` is called when the system has taken all bytes. */
  constructor(request: HttpRequest, socket: Socket, onSent: () => void) {
    this.req = request;
    this.socket = socket;
    this.#onSent = onSent;
  }

  writeHead(status: number, headers: OutgoingHttpHeaders | string[]): this {
    const list = Array.isArray(headers)
      ? headers
      : Object.entries(headers).flatMap(([name, value]) => [name, String(value)]);
    this.#head = { status, headers: list };
    return this;
  }

  /** The length of the body has to be among the headers. */
  write(bytes: Uint8Array): boolean {
    this.#sendHead(undefined);
    return this.socket.write(bytes);
  }

  end(bytes: Uint8Array = EMPTY): void {
    this.socket.cork();
    this.#sendHead(bytes.length);
    this.#endWith(bytes);
    this.socket.uncork();
  }

  /** Sends a whole answer: `head`, and the chunks of a body that is not part of it. */
  endReady(head: Buffer, chunks = NO_CHUNKS): void {
    this.#begin();
    if (chunks.length === 0) return this.#endWith(head);
    this.socket.cork();
    let last: Uint8Array = head;
    for (const { bytes } of chunks) {
      this.socket.write(last);
      last = bytes;
    }
    this.#endWith(last);
    this.socket.uncork();
  }

  cork(): void {
    this.socket.cork();
  }

  uncork(): void {
    this.socket.uncork();
  }

  once(event: 'close' | 'drain' | 'socket', listener: () => void): void {
    if (event !== 'close') throw new Error(`a direct answer has no event ${event}`);
    this.#onClose ??= [];
    this.#onClose.push(listener);
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** All bytes were sent, or the connection was lost. */
  close(isLost: boolean): void {
    this.destroyed = isLost;
    const listeners = this.#onClose ?? [];
    this.#onClose = undefined;
    for (const listener of listeners) listener();
  }

  #begin(): void {
    this.headersSent = true;
    this.onHeldAnswer?.();
  }

  #endWith(bytes: Uint8Array): void {
    this.writableEnded = true;
    // An empty write would call back too, but later.
    this.socket.write(bytes, this.#onSent);
  }

  #sendHead(length: number | undefined): void {
    if (this.headersSent) return;
    this.#begin();
    const { status, headers } = this.#head ?? { status: 200, headers: [] };
    const hasLength = headers.some((name, at) => at % 2 === 0 && name.toLowerCase() === 'content-length');
    if (!hasLength && length === undefined) throw new Error('a direct answer needs its length first');
    const all = hasLength ? headers : [...headers, 'content-length', String(length)];
    this.socket.write(headOf(status, all), 'latin1');
  }
}

/** The head of an answer, as node:http writes it on a connection that stays open. It is valid for a second. */
export function headOf(status: number, headers: readonly string[]): string {
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;
  for (let at = 0; at < headers.length; at += 2) text += `${headers[at]}: ${headers[at + 1]}\r\n`;
  return `${text}Date: ${new Date(systemClock.epochMs()).toUTCString()}\r\n${KEPT_OPEN}\r\n`;
}
