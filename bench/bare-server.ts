// Lower bounds for answering requests: Node servers that answer every request with the same bytes, as node:http with a
// prepared buffer, and as TCP with a prepared answer.

import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { LISTEN_BACKLOG } from '../server/early-port.ts';
import { answerCalls } from './worker.ts';

export type BareKind = 'http' | 'tcp';

export type BareCalls = {
  readonly listen: {
    readonly request: { readonly kind: BareKind; readonly body: Buffer };
    readonly reply: { readonly port: number };
  };
};

answerCalls<BareCalls>({
  listen: ({ kind, body }) =>
    new Promise((resolve, reject) => {
      const server = kind === 'http' ? httpServer(Buffer.from(body)) : tcpServer(Buffer.from(body));
      server.once('error', reject);
      server.listen({ port: 0, host: '127.0.0.1', backlog: LISTEN_BACKLOG }, () => {
        const address = server.address();
        if (address === null || typeof address === 'string') reject(new Error('the system gave no port'));
        else resolve({ port: address.port });
      });
    }),
});

function httpServer(body: Buffer): Server {
  const headers = ['content-type', 'application/octet-stream', 'content-length', String(body.length)];
  return createServer({ keepAliveTimeout: 0 }, (_request, response) => {
    response.writeHead(200, headers);
    response.end(body);
  });
}

/** Each read counts as a request: the client sends the next one after the answer. */
function tcpServer(body: Buffer): TcpServer {
  const head = Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n`);
  const bytes = Buffer.concat([head, body]);
  return createTcpServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', () => socket.write(bytes));
  });
}
