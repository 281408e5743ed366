// A small HTTP/1.1 client for load (RFC 9112): prepared requests, one at a time on a connection, answers with a length, and one
// read buffer for all connections. Nothing is made for an answer, because the load must cost less than the server.

import { connect, type Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';

export type RawAnswer = {
  readonly status: number;
  readonly bodyBytes: number;
  /** Empty unless the body was asked for. */
  readonly body: Buffer;
};

/** Gets what happens to a request, once. */
export type AnswerListener = {
  /** The body is `bytes` from `start` to `end`, during the call; empty unless it was asked for. */
  readonly answered: (status: number, bodyBytes: number, bytes: Buffer, start: number, end: number) => void;
  readonly failed: (error: Error) => void;
};

const STATUS_AT = 'HTTP/1.1 '.length;
const LENGTH_NAME = 'content-length:';
const [LINE_END, SPACE, ZERO, NINE] = [0x0a, 0x20, 0x30, 0x39];
/** An upper case letter with this bit is the lower case one. */
const LOWER = 0x20;
/** RFC 1952 clause 2.3.1. */
const GZIP_MAGIC = [0x1f, 0x8b];
const EMPTY = Buffer.alloc(0);
const readBuffer = Buffer.allocUnsafeSlow(256 * 1024);

/** The request line and headers of a GET. Like browsers over plain HTTP it accepts gzip. */
export function rawRequest(path: string): string {
  return `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: */*\r\naccept-encoding: gzip\r\n\r\n`;
}

/** The text of a playlist, compressed or not. */
export function playlistText(body: Buffer): string {
  const isGzip = body[0] === GZIP_MAGIC[0] && body[1] === GZIP_MAGIC[1];
  return (isGzip ? gunzipSync(body) : body).toString('latin1');
}

export class RawConnection {
  readonly #socket: Socket;
  #listener: AnswerListener | undefined;
  #keepsBody = false;
  /** The part of a head that came in an earlier read. */
  #head = EMPTY;
  #status = 0;
  /** Bytes of the body still to come; undefined while the head is read. */
  #missing: number | undefined;
  #bodyBytes = 0;
  /** Parts of a body that came in earlier reads. */
  #body: Buffer[] = [];

  constructor(port: number) {
    const onread = {
      buffer: readBuffer,
      callback: (length: number): boolean => {
        this.#read(readBuffer, length);
        return true;
      },
    };
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true, onread });
    this.#socket.once('error', (error) => this.#fail(error));
    this.#socket.once('close', () => this.#fail(new Error(`port ${port} closed the connection`)));
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  /** Sends a request; the previous one must have been answered. */
  send(request: string, keepsBody: boolean, listener: AnswerListener): void {
    this.#listener = listener;
    this.#keepsBody = keepsBody;
    if (this.isOpen) this.#socket.write(request, 'latin1');
    else this.#fail(new Error('the connection is closed'));
  }

  /** As `send`; the body is a copy. */
  ask(request: string, keepsBody: boolean): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      this.send(request, keepsBody, {
        answered: (status, bodyBytes, bytes, start, end) =>
          resolve({ status, bodyBytes, body: Buffer.from(bytes.subarray(start, end)) }),
        failed: reject,
      });
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(bytes: Buffer, length: number): void {
    if (this.#missing !== undefined) return this.#readBody(bytes, 0, length);
    if (this.#head.length > 0) {
      const all = Buffer.concat([this.#head, bytes.subarray(0, length)]);
      this.#head = EMPTY;
      this.#readHead(all, all.length);
    } else {
      this.#readHead(bytes, length);
    }
  }

  #readHead(bytes: Buffer, length: number): void {
    let contentLength = -1;
    let lineAt = 0;
    for (let at = bytes.indexOf(LINE_END); at >= 0 && at < length; at = bytes.indexOf(LINE_END, lineAt)) {
      // An empty line.
      if (at - lineAt <= 1) return this.#startBody(bytes, at + 1, length, contentLength);
      if (isLengthAt(bytes, lineAt)) contentLength = numberAt(bytes, lineAt + LENGTH_NAME.length);
      lineAt = at + 1;
    }
    this.#head = Buffer.from(bytes.subarray(0, length));
  }

  #startBody(bytes: Buffer, start: number, length: number, contentLength: number): void {
    this.#status = numberAt(bytes, STATUS_AT);
    if (contentLength < 0) {
      const head = bytes.toString('latin1', 0, start);
      return void this.#socket.destroy(new Error(`an answer without a length: ${head}`));
    }
    this.#missing = contentLength;
    this.#bodyBytes = contentLength;
    this.#readBody(bytes, start, length);
  }

  #readBody(bytes: Buffer, start: number, length: number): void {
    const missing = this.#missing ?? 0;
    const end = Math.min(length, start + missing);
    this.#missing = missing - (end - start);
    if (this.#missing > 0) {
      if (this.#keepsBody) this.#body.push(Buffer.from(bytes.subarray(start, end)));
    } else if (!this.#keepsBody) {
      this.#finish(bytes, end, end);
    } else if (this.#body.length === 0) {
      this.#finish(bytes, start, end);
    } else {
      const body = Buffer.concat([...this.#body, bytes.subarray(start, end)]);
      this.#body = [];
      this.#finish(body, 0, body.length);
    }
  }

  #finish(bytes: Buffer, start: number, end: number): void {
    const listener = this.#listener;
    this.#listener = undefined;
    this.#missing = undefined;
    listener?.answered(this.#status, this.#bodyBytes, bytes, start, end);
  }

  #fail(error: Error): void {
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.failed(error);
  }
}

function isLengthAt(bytes: Buffer, at: number): boolean {
  for (let index = 0; index < LENGTH_NAME.length; index += 1) {
    const byte = bytes[at + index] ?? 0;
    if ((byte | LOWER) !== LENGTH_NAME.charCodeAt(index)) return false;
  }
  return true;
}

/** The decimal number at a place, perhaps after spaces. */
function numberAt(bytes: Buffer, at: number): number {
  let index = at;
  while (bytes[index] === SPACE) index += 1;
  let value = 0;
  for (let byte = bytes[index] ?? 0; byte >= ZERO && byte <= NINE; byte = bytes[index] ?? 0) {
    value = value * 10 + byte - ZERO;
    index += 1;
  }
  return value;
}
