// HTTPS clients: Node's HTTP/2 and HTTP/1.1 for complete answers, and raw frames for invalid input.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';
import { Agent, request } from 'node:https';
import path from 'node:path';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { whenDone } from './cleanup.ts';
import { FRAME } from './http2-frames.ts';

const CERTIFICATES = path.resolve(import.meta.dirname, '../cases/certificates');
/** A self-signed pair for 127.0.0.1 and localhost. */
export const TEST_TLS = {
  certificate: path.join(CERTIFICATES, 'first.crt'),
  key: path.join(CERTIFICATES, 'first.key'),
};
const ca = readFileSync(TEST_TLS.certificate);

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
  /** As `request.httpVersion` has it. */
  readonly version: '2.0' | '1.1';
};
export type Ask = (
  path: string,
  method?: string,
  headers?: Readonly<Record<string, string>>,
) => Promise<Answer>;

/** An HTTP/2 connection; it ends with the test. */
export async function connectHttp2(port: number): Promise<ClientHttp2Session> {
  const session = connect(`https://127.0.0.1:${port}`, { ca });
  whenDone(() => session.destroy());
  // Tests assert errors of the connection themselves.
  session.on('error', () => {});
  await once(session, 'remoteSettings');
  return session;
}

/** Sends a request on a new stream; rejects if the stream fails. */
export function askHttp2(
  session: ClientHttp2Session,
  target: string,
  method = 'GET',
  headers = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ...headers, ':path': target, ':method': method });
    const chunks: Buffer[] = [];
    let answered: IncomingHttpHeaders = {};
    stream.on('response', (received) => {
      answered = received;
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.once('error', reject);
    stream.once('close', () => {
      if (answered[':status'] === undefined || stream.rstCode !== 0)
        reject(new Error(`${target} ended with ${stream.rstCode}`));
      resolve({
        status: Number(answered[':status']),
        headers: answered,
        body: Buffer.concat(chunks),
        version: '2.0',
      });
    });
    stream.end();
  });
}

/** HTTP/1.1 inside TLS, a new connection for each request. */
export function askHttps(port: number): Ask {
  const agent = new Agent({ ca, keepAlive: false });
  return (target, method = 'GET', headers = {}) =>
    new Promise((resolve, reject) => {
      const asked = request({ agent, host: '127.0.0.1', port, path: target, method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
            version: '1.1',
          }),
        );
      });
      asked.once('error', reject);
      asked.end();
    });
}

/** TLS with `h2`, if the server supports it, before any frame. */
export async function openHttp2Socket(
  port: number,
  options: ConnectionOptions & { allowHalfOpen?: boolean } = {},
): Promise<TLSSocket> {
  const socket = connectTls({ port, host: '127.0.0.1', ca, ALPNProtocols: ['h2'], ...options });
  whenDone(() => void socket.destroy());
  await once(socket, 'secureConnect');
  socket.on('error', () => {});
  return socket;
}

/** Resolves when the connection is closed. */
export function untilClosed(socket: TLSSocket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
}

/** Reads until the server has closed or sent GOAWAY with an error (clause 6.8). */
export function untilRefused(socket: TLSSocket): Promise<void> {
  let received = Buffer.of();
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 9 && received.length >= 9 + received.readUIntBE(0, 3)) {
        const end = 9 + received.readUIntBE(0, 3);
        if (received[3] === FRAME.goaway && received.readUInt32BE(13) !== 0) resolve();
        received = received.subarray(end);
      }
    });
  });
}
