// The least that answering a crowd costs in Node: a bare node:http server that holds every request, and answers all of them
// with the same bytes in one loop.

import { createServer, type ServerResponse } from 'node:http';
import { answerCalls } from './worker.ts';

export type CrowdFloorCalls = {
  readonly listen: { readonly request: { readonly body: Buffer }; readonly reply: { readonly port: number } };
  /** How many wait. */
  readonly waiting: { readonly request: undefined; readonly reply: number };
  readonly release: { readonly request: undefined; readonly reply: undefined };
};

let held: ServerResponse[] = [];
let body = Buffer.alloc(0);

answerCalls<CrowdFloorCalls>({
  listen: ({ body: given }) =>
    new Promise((resolve, reject) => {
      body = Buffer.from(given);
      const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (_request, response) =>
        held.push(response),
      );
      server.once('error', reject);
      server.listen(0, '127.0.0.1', 4_096, () => {
        const address = server.address();
        if (address === null || typeof address === 'string') reject(new Error('the system gave no port'));
        else resolve({ port: address.port });
      });
    }),
  waiting: () => held.length,
  release: () => {
    const waiting = held;
    held = [];
    const headers = ['content-encoding', 'gzip', 'content-length', String(body.length)];
    for (const response of waiting) response.writeHead(200, headers).end(body);
    return undefined;
  },
});
