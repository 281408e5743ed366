// What the set-up page knows of a stream where no WebSocket opens.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { StreamWatch } from '../../../../web/setup/stream-watch.ts';

/** One that a proxy never answers. */
class SilentSocket extends EventTarget {
  static readonly OPEN = 1;
  readonly readyState = 0;
  send(): void {}
  close(): void {}
}

test('a stream that needs a token is closed, by HTTP too', async () => {
  vi.stubGlobal('WebSocket', SilentSocket);
  vi.useFakeTimers({ toFake: ['setInterval', 'setTimeout', 'performance'] });
  onTestFinished(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
  const server = createServer((_request, response) => {
    response.writeHead(403, { 'content-type': 'application/problem+json' });
    response.end(JSON.stringify({ status: 403, code: 'playback_token_missing' }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const watch = new StreamWatch(`http://127.0.0.1:${port}/`, () => undefined);
  watch.watch('show');
  vi.advanceTimersByTime(5_000);
  await watch.ask();
  expect(watch.facts).toMatchObject({ isReachable: true, isClosed: true, status: undefined });
});
