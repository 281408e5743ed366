// A small back-end for callbacks and webhooks: answers as the test says, keeps what was asked, and counts its sockets.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { whenDone } from './cleanup.ts';
import { leakSearch } from './leak-search.ts';

export type BackendRequest = {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};

type Answer = (request: BackendRequest, response: ServerResponse) => void;

export type Backend = {
  readonly url: string;
  readonly port: number;
  readonly requests: BackendRequest[];
  /** Changes how it answers. */
  readonly answerWith: (answer: Answer) => void;
  /** Resolves when this many requests were received. */
  readonly untilRequests: (count: number) => Promise<void>;
  /** Resolves when no connection is open. */
  readonly untilNoSockets: () => Promise<void>;
  /** Closes the port and every connection. */
  readonly stop: () => Promise<void>;
};

export async function startBackend(answer: Answer, port = 0): Promise<Backend> {
  let current = answer;
  const sockets = new Set<Socket>();
  const requests: BackendRequest[] = [];
  const waiters = new Set<() => void>();
  const changed = (): void => {
    for (const waiter of waiters) waiter();
  };
  const until = (holds: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (!holds()) return;
        waiters.delete(check);
        resolve();
      };
      waiters.add(check);
      check();
    });
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const request = { url: incoming.url ?? '', headers: incoming.headers, body };
      requests.push(request);
      // A callback has the key by its purpose: the back-end checks it.
      if (incoming.headers['webhook-id'] !== undefined)
        leakSearch.saw('webhook', request.url, JSON.stringify(request));
      current(request, response);
      changed();
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      changed();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  whenDone(stop);
  const { port: ownPort } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${ownPort}/hook`,
    port: ownPort,
    requests,
    answerWith: (next) => {
      current = next;
    },
    untilRequests: (count) => until(() => requests.length >= count),
    untilNoSockets: () => until(() => sockets.size === 0),
    stop,
  };
}

/** Answers with a status and a body. */
export function withStatus(status: number, body = '', headers: Record<string, string> = {}): Answer {
  return (_request, response) => void response.writeHead(status, headers).end(body);
}

export function withJson(value: unknown, status = 200): Answer {
  return withStatus(status, JSON.stringify(value), { 'content-type': 'application/json' });
}
