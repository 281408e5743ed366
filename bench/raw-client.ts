// A small HTTP/1.1 client for load (RFC 9112): prepared requests, one at a time on a connection, answers with a length, and one
// read buffer for all connections.

import { connect, type Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';

export type RawAnswer = {
  readonly status: number;
  readonly bodyBytes: number;
  /** Empty unless the body was asked for. */
  readonly body: Buffer;
};

type Pending = {
  readonly keepsBody: boolean;
  readonly resolve: (answer: RawAnswer) => void;
  readonly reject: (error: Error) => void;
};

const END_OF_HEAD = '\r\n\r\n';
const STATUS_AT = 'HTTP/1.1 '.length;
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
  #pending: Pending | undefined;
  #head = '';
  #status = 0;
  /** Bytes of the body still to come; undefined while the head is read. */
  #missing: number | undefined;
  #bodyBytes = 0;
  #body: Buffer[] = [];

  constructor(port: number) {
    const onread = {
      buffer: readBuffer,
      callback: (length: number): boolean => {
        this.#read(length);
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
  ask(request: string, keepsBody: boolean): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      this.#pending = { keepsBody, resolve, reject };
      if (this.isOpen) this.#socket.write(request, 'latin1');
      else this.#fail(new Error('the connection is closed'));
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(length: number): void {
    let start = 0;
    if (this.#missing === undefined) {
      const known = this.#head.length;
      this.#head += readBuffer.toString('latin1', 0, length);
      const end = this.#head.indexOf(END_OF_HEAD, Math.max(0, known - END_OF_HEAD.length));
      if (end < 0) return;
      start = end + END_OF_HEAD.length - known;
      this.#missing = this.#lengthOf(this.#head.slice(0, end + 2));
      this.#head = '';
      if (this.#missing === undefined) return;
    }
    const count = Math.min(this.#missing, length - start);
    if (this.#pending?.keepsBody === true && count > 0) {
      this.#body.push(Buffer.from(readBuffer.subarray(start, start + count)));
    }
    this.#bodyBytes += count;
    this.#missing -= count;
    if (this.#missing === 0) this.#finish();
  }

  #lengthOf(head: string): number | undefined {
    this.#status = Number(head.slice(STATUS_AT, STATUS_AT + 3));
    const length = /\r\ncontent-length: *(\d+)\r\n/i.exec(head)?.[1];
    if (length !== undefined) return Number(length);
    this.#socket.destroy(new Error(`an answer without a length: ${head}`));
    return undefined;
  }

  #finish(): void {
    const pending = this.#pending;
    const body = this.#body.length === 0 ? EMPTY : Buffer.concat(this.#body);
    const answer = { status: this.#status, bodyBytes: this.#bodyBytes, body };
    this.#pending = undefined;
    this.#missing = undefined;
    this.#bodyBytes = 0;
    this.#body = [];
    pending?.resolve(answer);
  }

  #fail(error: Error): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.reject(error);
  }
}
