// The state by HTTP, from a real gateway and from servers in front of one.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import type { StatusMessage } from '../../../../server/stats/stats-message.ts';
import type { ClockSample } from '../../../../web/live/clock-skew.ts';
import { StatusPoll } from '../../../../web/live/status-poll.ts';
import { whenDone } from '../../../support/cleanup.ts';
import { goLive, openGateway } from '../../gateway-fixture.ts';

type Told =
  | { readonly status: StatusMessage; readonly clock: ClockSample | undefined }
  | 'failure'
  | { readonly denial: string };

/** Polls `url` until `isEnough` is true; returns all results in order. */
function pollUntil(url: string, isEnough: (told: readonly Told[]) => boolean): Promise<readonly Told[]> {
  const told: Told[] = [];
  return new Promise((resolve) => {
    const note = (each: Told): void => {
      told.push(each);
      if (!isEnough(told)) return;
      poll.stop();
      resolve(told);
    };
    const poll = new StatusPoll({
      url,
      name: 'show',
      onStatus: (status, clock) => note({ status, clock }),
      onDenied: (denial) => note({ denial }),
      onFailure: () => note('failure'),
    });
    whenDone(() => poll.stop());
    poll.start();
  });
}

async function answering(status: number, type: string, body: string): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  whenDone(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/streams/show`;
}

const once = (told: readonly Told[]): boolean => told.length > 0;

test('a stream that is live comes with all that the socket tells, and with the server’s clock', async () => {
  const open = await openGateway();
  await goLive(open, 'show');
  const [told] = await pollUntil(open.url('/api/v1/streams/show'), once);
  expect(told).toMatchObject({
    status: {
      op: 'status',
      name: 'show',
      state: 'live',
      hls: 'live/show/index.m3u8',
      codecs: expect.stringContaining('avc1'),
      since: expect.any(Number),
      targetLatencyMs: expect.any(Number),
    },
    clock: { t0: expect.any(Number), t1: expect.any(Number) },
  });
});

test('a name that nobody publishes is offline, and found when it goes live', async () => {
  const open = await openGateway();
  const isLive = (told: readonly Told[]): boolean => {
    const last = told.at(-1);
    if (told.length === 1) void goLive(open, 'show');
    return last !== undefined && last !== 'failure' && 'status' in last && last.status.state === 'live';
  };
  const [first] = await pollUntil(open.url('/api/v1/streams/show'), isLive);
  expect(first).toMatchObject({ status: { state: 'offline', viewers: 0 } });
});

test('may be asked from a sandboxed frame, whose origin is "null"', async () => {
  const open = await openGateway();
  await goLive(open, 'show');
  for (const path of ['/api/v1/streams/show', '/api/v1/streams/nobody']) {
    const { headers } = await fetch(open.url(path), { headers: { origin: 'null' } });
    expect(headers.get('access-control-allow-origin')).toBe('*');
  }
});

test.each([
  ['a proxy’s own 404', 404, 'text/html', '<h1>Not found</h1>'],
  ['a server that fails', 502, 'text/html', 'Bad gateway'],
  ['a page instead of the answer', 200, 'text/html', '<h1>Welcome</h1>'],
  ['another stream', 200, 'application/json', '{"name":"other","state":"live"}'],
])('%s is no news of the stream', async (_what, status, type, body) => {
  const url = await answering(status, type, body);
  expect(await pollUntil(url, once)).toEqual(['failure']);
});

test('a server that is out of reach is a failure', async () => {
  const open = await openGateway();
  const url = open.url('/api/v1/streams/show');
  await open.gateway.close();
  expect(await pollUntil(url, once)).toEqual(['failure']);
});

test('a signed stream without a valid token is denied, with the reason; any other 403 is a failure', async () => {
  const open = await openGateway({ playback: { streams: { show: 'signed' } } });
  await goLive(open, 'show');
  const [told] = await pollUntil(open.url('/api/v1/streams/show'), once);
  expect(told).toEqual({ denial: 'playback_token_missing' });
  const [other] = await pollUntil(await answering(403, 'text/html', '<h1>no</h1>'), once);
  expect(other).toBe('failure');
});
