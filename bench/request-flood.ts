// Many connections in one process that each send the next request when the last is answered.

import { RawConnection, rawRequest } from './raw-client.ts';
import { answerCalls } from './worker.ts';

export type FloodCalls = {
  readonly flood: {
    readonly request: { readonly url: string; readonly connections: number };
    readonly reply: undefined;
  };
  /** Since the last call. Throws if a request has failed. */
  readonly take: {
    readonly request: undefined;
    readonly reply: { readonly answers: number; readonly bytes: number };
  };
};

let answers = 0;
let bytes = 0;
let fault: unknown;

answerCalls<FloodCalls>({
  flood: ({ url, connections }) => {
    const { port, pathname } = new URL(url);
    const request = rawRequest(pathname);
    for (let index = 0; index < connections; index += 1) {
      repeat(new RawConnection(Number(port)), request).catch((error: unknown) => {
        fault ??= error;
      });
    }
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

async function repeat(connection: RawConnection, request: string): Promise<void> {
  for (;;) {
    const { status, bodyBytes } = await connection.ask(request, false);
    if (status !== 200) throw new Error(`${request.split('\r\n')[0]} was answered with ${status}`);
    answers += 1;
    bytes += bodyBytes;
  }
}
