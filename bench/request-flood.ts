// Many connections in one process that each send the next request when the last is answered.

import { RawConnection, rawRequest } from './raw-client.ts';
import { answerCalls } from './worker.ts';

export type FloodCalls = {
  readonly flood: {
    readonly request: { readonly url: string; readonly connections: number };
    readonly reply: undefined;
  };
  /** What all connections request from now on; files of a live stream are removed after a while. */
  readonly aim: { readonly request: { readonly url: string }; readonly reply: undefined };
  /** Since the last call. Throws if a request has failed. */
  readonly take: {
    readonly request: undefined;
    readonly reply: { readonly answers: number; readonly bytes: number };
  };
};

let answers = 0;
let bytes = 0;
let fault: unknown;
let request = '';

answerCalls<FloodCalls>({
  flood: ({ url, connections }) => {
    const { port } = new URL(url);
    request = requestFor(url);
    for (let index = 0; index < connections; index += 1) {
      repeat(new RawConnection(Number(port))).catch((error: unknown) => {
        fault ??= error;
      });
    }
    return undefined;
  },
  aim: ({ url }) => {
    request = requestFor(url);
    return undefined;
  },
  take: () => {
    if (fault !== undefined) throw fault;
    const taken = { answers, bytes };
    answers = 0;
    bytes = 0;
    return taken;
  },
});

function requestFor(url: string): string {
  return rawRequest(new URL(url).pathname);
}

async function repeat(connection: RawConnection): Promise<void> {
  for (;;) {
    const sent = request;
    const { status, bodyBytes } = await connection.ask(sent, false);
    if (status !== 200) throw new Error(`${sent.split('\r\n')[0]} was answered with ${status}`);
    answers += 1;
    bytes += bodyBytes;
  }
}
