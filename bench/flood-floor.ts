// The lower bound of node:http: a server that answers every path with its ready bytes and headers.

import { createServer } from 'node:http';
import { answerCalls } from './worker.ts';

export type FloodFloorCalls = {
  readonly listen: {
    readonly request: { readonly bodies: Readonly<Record<string, Buffer>> };
    readonly reply: { readonly port: number };
  };
};

answerCalls<FloodFloorCalls>({
  listen: ({ bodies }) =>
    new Promise((resolve, reject) => {
      const answers = new Map(
        Object.entries(bodies).map(([path, body]) => {
          const bytes = Buffer.from(body);
          const headers = ['content-type', 'video/mp4', 'content-length', String(bytes.length)];
          return [path, { headers, bytes }] as const;
        }),
      );
      const server = createServer({ noDelay: true }, (request, response) => {
        const answer = answers.get(request.url ?? '');
        if (answer === undefined) response.writeHead(404).end();
        else response.writeHead(200, answer.headers).end(answer.bytes);
      });
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        if (address === null || typeof address === 'string') reject(new Error('the system gave no port'));
        else resolve({ port: address.port });
      });
    }),
});
