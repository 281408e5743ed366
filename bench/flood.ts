// A load generator that costs little: connections that request one URL again as soon as they have the answer, and drop its bytes.

import { connect, type Socket } from 'node:net';
import { answerCalls } from './worker.ts';

export type FloodCalls = {
  /** @returns the number of whole answers with status 200. Rejects if another status came. */
  readonly flood: {
    readonly request: { readonly url: string; readonly connections: number; readonly ms: number };
    readonly reply: number;
  };
};

const HEAD_END = '\r\n\r\n';

answerCalls<FloodCalls>({
  flood: async ({ url, connections, ms }) => {
    const { hostname, port, pathname, host } = new URL(url);
    // As browsers and players ask.
    const request = Buffer.from(
      `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nAccept-Encoding: gzip, br\r\nAccept: */*\r\nUser-Agent: flood\r\n\r\n`,
    );
    let answers = 0;
    const until = performance.now() + ms;
    const one = (): Promise<void> =>
      new Promise((resolve, reject) => {
        const socket = connect(Number(port), hostname);
        ask(socket, request, () => {
          answers += 1;
          return performance.now() < until;
        }).then(resolve, reject);
      });
    await Promise.all(Array.from({ length: connections }, one));
    return answers;
  },
});

/** Requests until `onAnswer` says no. */
function ask(socket: Socket, request: Buffer, onAnswer: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = -1;
    socket.setNoDelay(true);
    socket.once('error', reject);
    socket.once('connect', () => socket.write(request));
    socket.on('data', (bytes: Buffer) => {
      // Servers send the head in one piece here, and one answer at a time.
      if (left < 0) {
        const end = bytes.indexOf(HEAD_END);
        const head = bytes.toString('latin1', 0, end);
        const length = /content-length: (\d+)/i.exec(head)?.[1];
        if (end < 0 || !head.startsWith('HTTP/1.1 200') || length === undefined) {
          socket.destroy();
          reject(new Error(`unexpected answer: ${head.split('\r\n')[0]}`));
          return;
        }
        left = Number(length) - (bytes.length - end - HEAD_END.length);
      } else left -= bytes.length;
      if (left > 0) return;
      left = -1;
      if (onAnswer()) socket.write(request);
      else {
        socket.destroy();
        resolve();
      }
    });
  });
}
