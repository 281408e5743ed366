// What the set-up page knows of a stream: by HTTP where no WebSocket opens, and from the messages of one.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { StreamWatch } from '../../../../web/setup/stream-watch.ts';

/** Nothing is sent; what a gateway says is put in by the test. */
class QuietSocket extends EventTarget {
  static readonly OPEN = 1;
  static last: QuietSocket | undefined;
  readyState = 0;

  constructor() {
    super();
    QuietSocket.last = this;
  }

  send(): void {}
  close(): void {}

  hear(message: object): void {
    this.readyState = QuietSocket.OPEN;
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }));
  }
}

beforeEach(() => {
  vi.stubGlobal('WebSocket', QuietSocket);
  vi.useFakeTimers({ toFake: ['setInterval', 'setTimeout', 'performance'] });
  onTestFinished(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
});

test('a stream that needs a token is closed, by HTTP too', async () => {
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

test('findings are the worst first, with what was measured in this second', () => {
  const watch = new StreamWatch('http://127.0.0.1:9/', () => undefined);
  watch.watch('show');
  const issue = (code: string, severity: string, observed: string) => ({ code, severity, observed });
  const detail = (op: string, issues: object[]) => ({
    op,
    name: 'show',
    seq: 1,
    t: 1,
    card: { encoder: 'OBS' },
    d: {},
    recent: {},
    hour: {},
    health: { issues },
  });
  const socket = QuietSocket.last;
  socket?.hear({ op: 'hello', v: 1 });
  socket?.hear(detail('snapshot', [issue('bFrames', 'info', '30 %')]));
  socket?.hear({ op: 'issue', name: 'show', issue: issue('noVideo', 'error', 'no picture') });
  socket?.hear(detail('detail', [issue('noVideo', 'error', 'no picture'), issue('bFrames', 'info', '60 %')]));
  expect(watch.facts.issues.map(({ code, observed }) => `${code} ${observed}`)).toEqual([
    'noVideo no picture',
    'bFrames 60 %',
  ]);
});
