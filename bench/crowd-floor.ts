// Lower bounds for answering many requests: a server that holds every request and answers all with the same bytes in one
// loop, as bare node:http, and as TCP with ready bytes.

import { createServer, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { answerCalls } from './worker.ts';

export type FloorKind = 'http' | 'tcp';

export type CrowdFloorCalls = {
  readonly listen: {
    readonly request: { readonly kind: FloorKind; readonly body: Buffer };
    readonly reply: { readonly port: number };
  };
  /** Number of waiting requests. */
  readonly waiting: { readonly request: undefined; readonly reply: number };
  readonly release: { readonly request: undefined; readonly reply: undefined };
};

const BACKLOG = 4_096;
const HEADERS: readonly string[] = ['content-encoding', 'gzip', 'content-length'];

let held: (() => void)[] = [];

answerCalls<CrowdFloorCalls>({
  listen: ({ kind, body: given }) =>
    new Promise((resolve, reject) => {
      const body = Buffer.from(given);
      const server = kind === 'http' ? httpServer(body) : tcpServer(body);
      server.once('error', reject);
      server.listen(0, '127.0.0.1', BACKLOG, () => {
        const address = server.address();
        if (address === null || typeof address === 'string') reject(new Error('the system gave no port'));
        else resolve({ port: address.port });
      });
    }),
  waiting: () => held.length,
  release: () => {
    const waiting = held;
    held = [];
    for (const answer of waiting) answer();
    return undefined;
  },
});

function httpServer(body: Buffer): Server {
  const headers = [...HEADERS, String(body.length)];
  const answer = (response: ServerResponse): void => void response.writeHead(200, headers).end(body);
  return createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (_request, response) =>
    held.push(() => answer(response)),
  );
}

/** Each read counts as a request. */
function tcpServer(body: Buffer): Server {
  const [coding, gzip, length] = HEADERS;
  const head = `HTTP/1.1 200 OK\r\n${coding}: ${gzip}\r\n${length}: ${body.length}\r\n\r\n`;
  const bytes = Buffer.concat([Buffer.from(head), body]);
  return createTcpServer((socket: Socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', () => held.push(() => void socket.write(bytes)));
  });
}
