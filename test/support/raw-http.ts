// Raw HTTP/1.1, plain or inside TLS: requests as bytes, and the answers of one connection in order.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { whenDone } from './cleanup.ts';
import { TEST_TLS } from './http2-client.ts';

export type RawHttp = {
  readonly socket: Socket;
  readonly send: (text: string) => void;
  /** The first `count` complete answers; rejects if the connection closes before. */
  readonly answers: (count: number) => Promise<HttpAnswer[]>;
  /** All complete answers, after the server has closed. */
  readonly untilClosed: () => Promise<HttpAnswer[]>;
};

export type HttpAnswer = {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

/** A connection of HTTP/1.1; it ends with the test. */
export async function dialHttp(port: number, isTls = false): Promise<RawHttp> {
  const ca = readFileSync(TEST_TLS.certificate);
  const socket = isTls
    ? connectTls({ port, host: '127.0.0.1', ca, ALPNProtocols: ['http/1.1'] })
    : connect({ port, host: '127.0.0.1', noDelay: true });
  whenDone(() => void socket.destroy());
  await once(socket, isTls ? 'secureConnect' : 'connect');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => void chunks.push(chunk));
  // Tests assert the received answers, not the kind of close.
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const read = (): HttpAnswer[] => readAnswers(Buffer.concat(chunks));
  return {
    socket,
    send: (text) => void socket.write(Buffer.from(text, 'latin1')),
    answers: async (count) => {
      for (;;) {
        const found = read();
        if (found.length >= count) return found.slice(0, count);
        if (socket.closed) throw new Error(`closed after ${found.length} of ${count} answers`);
        await Promise.race([once(socket, 'data').catch(() => undefined), closed]);
      }
    },
    untilClosed: async () => {
      await closed;
      return read();
    },
  };
}

/** GET with a host; `lines` are further header lines. */
export function getText(path: string, ...lines: readonly string[]): string {
  return [`GET ${path} HTTP/1.1`, 'host: x', ...lines, '', ''].join('\r\n');
}

/** Complete answers at the start of `bytes`, up to a 101. */
export function readAnswers(bytes: Buffer): HttpAnswer[] {
  const answers: HttpAnswer[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf('\r\n\r\n', at);
    if (end === -1) return answers;
    const [first = '', ...lines] = bytes.toString('latin1', at, end).split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    );
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1]);
    if (Number.isNaN(status)) throw new Error(`no answer begins with ${JSON.stringify(first.slice(0, 80))}`);
    const bodyAt = end + 4;
    const length = status === 101 ? bytes.length - bodyAt : Number(headers['content-length'] ?? 0);
    if (bytes.length < bodyAt + length) return answers;
    answers.push({ status, headers, body: bytes.subarray(bodyAt, bodyAt + length) });
    at = bodyAt + length;
  }
}
