// A gateway whose operator's server decides who may publish: names, keys that are known here, words, and publishers that leave.
import { expect, test } from 'vitest';
import { newKey } from '../../../server/access/key-digest.ts';
import { startBackend, withJson, withStatus } from '../../support/backend.ts';
import { openGateway, startSource, untilState } from '../gateway-fixture.ts';
import { connectEncoder } from '../ingest/raw-encoder.ts';

const KEY = 'key-that-nobody-sees';

test('the name of the answer is public, and the key stands nowhere', async () => {
  const backend = await startBackend(withStatus(302, '', { location: 'show' }));
  const auth = { publishUrl: backend.url, publishDoneUrl: backend.url, format: 'nginx-rtmp' };
  const open = await openGateway({ auth });
  expect(open.gateway.info().rtmp.needsKey).toBe(true);
  const live = untilState(open.gateway, 'show', 'live');
  const source = await startSource(open.rtmpPort, `${KEY}?token=also-hidden`);
  source.sendUntil(2_500);
  await live;
  backend.answerWith(withStatus(200));
  source.publisher.close();
  await backend.untilRequests(2);
  expect(Object.fromEntries(new URLSearchParams(backend.requests[1]?.body))).toMatchObject({
    call: 'publish_done',
    name: KEY,
  });
  const metrics = await (await fetch(open.url('/metrics'))).text();
  expect(metrics).toContain('sluice_callback_answers_total{action="publish",result="allowed"} 1');
  const told = [
    metrics,
    ...open.log.texts,
    JSON.stringify([open.gateway.streams(), open.gateway.info()]),
  ].join('\n');
  expect(told).toContain('show');
  expect(told).not.toMatch(/key-that|also-hidden/);
});

test('a key that is known here decides without the callback, and works where there is no answer', async () => {
  const backend = await startBackend(withStatus(500));
  const [key, late] = [newKey(), newKey()];
  const list = [
    { name: 'show', key },
    { name: 'late', key: late, expires: 1 },
  ];
  const open = await openGateway({ keys: { list }, auth: { publishUrl: backend.url } });
  await startSource(open.rtmpPort, key);
  const expired = await connectEncoder(open.rtmpPort, late);
  expect(await expired.rejected).toContain('expired');
  expect(backend.requests).toEqual([]);
  const unknown = await connectEncoder(open.rtmpPort, KEY);
  expect(await unknown.rejected).toContain('gave no usable answer');
  expect(backend.requests).toHaveLength(1);
});

test('a program of its own process has a key that works without the callback', async () => {
  const backend = await startBackend(withStatus(403));
  const open = await openGateway({ auth: { publishUrl: backend.url } });
  await startSource(open.rtmpPort, open.gateway.publishKeyFor('demo'));
  expect(backend.requests).toEqual([]);
});

test('refusals count as wrong keys, and failures of the back-end do not', async () => {
  const backend = await startBackend(withStatus(500));
  const open = await openGateway({ auth: { publishUrl: backend.url, cache: '0s' } });
  const rejectionOf = async (key: string) => (await connectEncoder(open.rtmpPort, key)).rejected;
  for (let attempt = 0; attempt < 12; attempt += 1)
    expect(await rejectionOf(`fails-${attempt}`)).toContain('gave no usable answer');
  backend.answerWith(withJson({ allow: false, reason: 'no such event' }));
  for (let attempt = 0; attempt < 10; attempt += 1)
    expect(await rejectionOf(`guess-${attempt}`)).toContain('no such event');
  expect(await rejectionOf('guess-10')).toContain('too many wrong stream keys');
  expect(backend.requests).toHaveLength(22);
});

test('a publisher that leaves while the back-end thinks ends the request', async () => {
  const backend = await startBackend(() => {});
  const auth = { publishUrl: backend.url, timeout: '20s' };
  const open = await openGateway({ auth, rtmp: { publishDeadline: '30s' } });
  const encoder = await connectEncoder(open.rtmpPort, KEY);
  await backend.untilRequests(1);
  // As FCUnpublish and deleteStream, which encoders send before they close.
  encoder.raw.socket.end(Buffer.alloc(80));
  await open.log.untilClosed('peer_closed');
  await backend.untilNoSockets();
  expect(open.gateway.streams()).toEqual([]);
});

test('what an impatient publisher sends meanwhile waits, up to a limit', async () => {
  const backend = await startBackend(() => {});
  const auth = { publishUrl: backend.url, timeout: '20s', format: 'mediamtx' };
  const open = await openGateway({ auth, rtmp: { publishDeadline: '30s' } });
  const encoder = await connectEncoder(open.rtmpPort, 'show');
  await backend.untilRequests(1);
  encoder.raw.socket.write(Buffer.alloc(64 * 1024 * 1024));
  // The gateway reads other connections meanwhile, and would have read this one.
  for (let other = 2; other < 6; other += 1) {
    await connectEncoder(open.rtmpPort, `other-${other}`);
    await backend.untilRequests(other);
  }
  expect(open.log.lines.filter(({ code }) => code !== undefined)).toEqual([]);
  expect(encoder.raw.socket.writableLength).toBeGreaterThan(0);
  expect(encoder.raw.socket.destroyed).toBe(false);
});

test('the words of a slow back-end come before the deadline of the connection', async () => {
  const backend = await startBackend(() => {});
  const open = await openGateway({ auth: { publishUrl: backend.url, timeout: '200ms' } });
  const encoder = await connectEncoder(open.rtmpPort, KEY);
  expect(await encoder.rejected).toBe(
    'NetStream.Publish.BadName: the server that decides who may publish did not answer in time; try again, or tell the operator',
  );
  await open.log.untilClosed('callback_timeout');
});

test.each([
  [
    { auth: { publishUrl: 'https://b.example/', timeout: '5s' } },
    'set rtmp.publish-deadline to 6000ms or more',
  ],
  [{ auth: { playUrl: 'https://b.example/', format: 'ome' } }, 'auth.secret is empty'],
  [{ auth: { secret: 'short' } }, 'auth.secret must be whsec_'],
  [{ auth: { publishUrl: 'ftp://b.example/' } }, 'an http or https address'],
  [{ auth: { publishUrl: 'https://me:pass@b.example/' } }, 'no user and password'],
  [{ auth: { format: 'mediamtx', publishDoneUrl: 'https://b.example/' } }, 'mediamtx has no such message'],
])('settings that cannot work are refused: %j', async (options, message) => {
  await expect(openGateway(options)).rejects.toThrow(message);
});
