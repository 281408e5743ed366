// HTTPS clients: node's own HTTP/2 and HTTP/1.1 for whole answers, and bare frames for what no client would send.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';
import { Agent, request } from 'node:https';
import path from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { whenDone } from './cleanup.ts';

const CERTIFICATES = path.resolve(import.meta.dirname, '../cases/certificates');
/** A pair for 127.0.0.1 and localhost that nobody vouches for. */
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
export type Ask = (path: string, method?: string) => Promise<Answer>;

/** An HTTP/2 connection; it ends with the test. */
export async function connectHttp2(port: number): Promise<ClientHttp2Session> {
  const session = connect(`https://127.0.0.1:${port}`, { ca });
  whenDone(() => session.destroy());
  // What a test does to a connection is asserted where it is done.
  session.on('error', () => {});
  await once(session, 'remoteSettings');
  return session;
}

/** Asks on a stream of its own; rejects when the stream fails. */
export function askHttp2(session: ClientHttp2Session, target: string, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': target, ':method': method });
    const chunks: Buffer[] = [];
    let headers: IncomingHttpHeaders = {};
    stream.on('response', (received) => {
      headers = received;
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.once('error', reject);
    stream.once('close', () => {
      if (headers[':status'] === undefined || stream.rstCode !== 0)
        reject(new Error(`${target} ended with ${stream.rstCode}`));
      resolve({ status: Number(headers[':status']), headers, body: Buffer.concat(chunks), version: '2.0' });
    });
    stream.end();
  });
}

/** HTTP/1.1 inside TLS, a connection for each question. */
export function askHttps(port: number): Ask {
  const agent = new Agent({ ca, keepAlive: false });
  return (target, method = 'GET') =>
    new Promise((resolve, reject) => {
      const asked = request({ agent, host: '127.0.0.1', port, path: target, method }, (response) => {
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

/** TLS with `h2` agreed on and nothing said yet. */
export async function openHttp2Socket(port: number): Promise<TLSSocket> {
  const socket = connectTls({ port, host: '127.0.0.1', ca, ALPNProtocols: ['h2'] });
  whenDone(() => void socket.destroy());
  await once(socket, 'secureConnect');
  socket.on('error', () => {});
  return socket;
}

/** RFC 9113 clause 3.4: what a client begins with. */
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
export const FRAME = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  continuation: 9,
} as const;
export const END_STREAM = 0x1;
export const END_HEADERS = 0x4;

/** One frame (clause 4.1). */
export function frame(
  type: number,
  flags: number,
  streamId: number,
  payload: Uint8Array = Buffer.of(),
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, payload]);
}

/** `GET path` in HPACK without Huffman or table (RFC 7541): fields 2, 7 of the static table, 4 and 1 with a value. */
export function headerBlock(target: string): Buffer {
  return Buffer.concat([Buffer.of(0x82, 0x87), literal(4, target), literal(1, '127.0.0.1')]);
}

function literal(index: number, value: string): Buffer {
  const bytes = Buffer.from(value);
  if (bytes.length > 126) throw new Error('a longer text needs another length form');
  return Buffer.concat([Buffer.of(index, bytes.length), bytes]);
}
