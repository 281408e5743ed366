// The lower bound: a server that answers an encoder's commands and then discards the media.

import { createServer, type Socket } from 'node:net';
import { Session } from '../server/rtmp/session.ts';
import type { SessionOutput } from '../server/rtmp/session-output.ts';
import { answerCalls } from './worker.ts';

export type FloorCalls = {
  readonly listen: { readonly request: undefined; readonly reply: { readonly port: number } };
  readonly bytesReceived: { readonly request: undefined; readonly reply: number };
};

let bytesReceived = 0;

answerCalls<FloorCalls>({
  listen: () =>
    new Promise((resolve, reject) => {
      const server = createServer({ noDelay: true }, receive);
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        if (address === null || typeof address === 'string') reject(new Error('the system gave no port'));
        else resolve({ port: address.port });
      });
    }),
  bytesReceived: () => bytesReceived,
});

/** Uses the gateway's session up to the publish command, and discards everything after it. */
function receive(socket: Socket): void {
  const session = new Session();
  const answer = (outputs: readonly SessionOutput[]): void => {
    for (const output of outputs) {
      if (output.kind === 'send') socket.write(output.bytes);
      if (output.kind !== 'publish-requested') continue;
      socket.removeAllListeners('data');
      socket.on('data', (bytes) => {
        bytesReceived += bytes.length;
      });
      answer(session.accept());
    }
  };
  socket.on('data', (bytes) => answer(session.receive(bytes)));
  socket.on('error', () => socket.destroy());
}
