// The listener's limits, a fault inside one connection, and a log that a flood cannot fill.

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createGateway } from '../../../server/app.ts';
import { systemClock } from '../../../server/clock.ts';
import { EventLog } from '../../../server/event-log.ts';
import { DEFAULT_INGEST_LIMITS } from '../../../server/ingest/limits.ts';
import { OneAddressWarning } from '../../../server/ingest/one-address-warning.ts';
import { RtmpServer } from '../../../server/ingest/rtmp-server.ts';
import { openToPrivateNetworks } from '../../../server/live/authorizer.ts';
import type { Sink } from '../../../server/live/sink.ts';
import { StreamRegistry } from '../../../server/live/stream-registry.ts';
import { whenDone } from '../../support/cleanup.ts';
import { clockOf } from '../../support/clock.ts';
import { connectRaw } from '../../support/rtmp-bytes.ts';
import { CollectedLog, goLive, openGateway, startSource } from '../gateway-fixture.ts';

test('one address opens so many connections and no more', async () => {
  const open = await openGateway({ rtmp: { maxConnectionsPerAddress: 3 } });
  const held = [];
  for (let at = 0; at < 3; at += 1) held.push(await connectRaw(open.rtmpPort));
  const oneMore = await connectRaw(open.rtmpPort);
  await oneMore.untilClosed(5_000);
  expect(await open.log.untilClosed('too_many_from_address')).toMatchObject({ remote: '127.0.0.1' });
  // A released place can be used again.
  held[0]?.end();
  await held[0]?.untilClosed(5_000);
  await goLive(open, 'again');
});

test('all together open so many connections and no more', async () => {
  const open = await openGateway({ rtmp: { maxConnections: 2 } });
  await connectRaw(open.rtmpPort);
  await connectRaw(open.rtmpPort);
  await (await connectRaw(open.rtmpPort)).untilClosed(5_000);
  await open.log.untilClosed('too_many_connections');
});

test('silence is watched for also after a listen() that failed', async () => {
  const blocker = createServer().listen(0, '127.0.0.1');
  whenDone(() => void blocker.close());
  await once(blocker, 'listening');
  const address = blocker.address();
  const httpPort = typeof address === 'object' && address !== null ? address.port : 0;
  const log = new CollectedLog();
  const gateway = createGateway({
    logger: log.logger,
    rtmp: { port: 0, host: '127.0.0.1', silence: '500ms' },
    http: { port: httpPort, host: '127.0.0.1' },
  });
  whenDone(() => gateway.close());
  await expect(gateway.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' });
  blocker.close();
  await once(blocker, 'close');
  const { rtmpPort } = await gateway.listen();
  const source = await startSource(rtmpPort, 'silent');
  source.sendUntil(1_000);
  expect(await log.untilClosed('publisher_silent')).toMatchObject({ stream: 'silent' });
});

test('in a full house who has not published gives way to a newcomer, and a publisher stays', async () => {
  const open = await openGateway({ rtmp: { maxConnections: 3, publishDeadline: '1m' } });
  const source = await goLive(open, 'stays');
  const from = async (localAddress: string): Promise<Socket> => {
    const socket = connect({ port: open.rtmpPort, host: '127.0.0.1', localAddress });
    whenDone(() => void socket.destroy());
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket.resume();
  };
  const idle = [await from('127.0.0.2'), await from('127.0.0.2')];
  const newcomer = await from('127.0.0.3');
  expect(await open.log.untilClosed('gave_way')).toMatchObject({ remote: '127.0.0.2' });
  expect(idle.map(({ readyState }) => readyState)).toContain('open');
  expect(newcomer.destroyed).toBe(false);
  source.sendUntil(4_000);
  expect(open.gateway.streams()).toMatchObject([{ name: 'stays', state: 'live' }]);
});

test('one private address of all peers is told once, with the remedy', () => {
  const log = new CollectedLog();
  const warnings = (): unknown[] => log.lines.filter(({ level }) => level === 40);
  const behindDocker = new OneAddressWarning(log.logger);
  for (let at = 0; at < 3; at += 1) {
    behindDocker.noteConnection('172.17.0.1');
    behindDocker.notePublish('172.17.0.1');
  }
  expect(warnings()).toMatchObject([
    { remote: '172.17.0.1', msg: expect.stringContaining('userland-proxy') },
  ]);
  for (const [first, second] of [
    ['192.168.1.2', '192.168.1.3'],
    ['127.0.0.1', '127.0.0.1'],
    ['192.0.2.1', '192.0.2.1'],
  ] as const) {
    const warning = new OneAddressWarning(log.logger);
    warning.noteConnection(first);
    warning.noteConnection(second);
    warning.notePublish(second);
  }
  expect(warnings()).toHaveLength(1);
});

test('a trusted network that is none is refused by name', () => {
  expect(() => createGateway({ rtmp: { trustedNetworks: '100.64.0.0/33' } })).toThrow(/100\.64\.0\.0\/33/);
});

test('an essential sink that fails ends the one connection that feeds it', async () => {
  const log = new CollectedLog();
  const bug: Sink = {
    onSourceStart: () => {},
    onTrack: () => {},
    onSample: () => {
      throw new TypeError('planted');
    },
    onSourceEnd: () => {
      throw new TypeError('planted, at the end');
    },
    onEnd: () => {},
  };
  const samples = new Map<string, number>();
  const registry = new StreamRegistry({
    graceMs: 1_000,
    clock: systemClock,
    onStreamCreated: (stream) => {
      if (stream.name === 'bug') stream.addSink(bug, { isEssential: true });
      const count = (): void => void samples.set(stream.name, (samples.get(stream.name) ?? 0) + 1);
      stream.addSink({ ...bug, onSample: count, onSourceEnd: () => {} });
    },
    onStateChange: () => {},
    onSinkFault: () => {},
    onStreamRemoved: () => {},
  });
  const server = new RtmpServer({
    registry,
    authorizer: openToPrivateNetworks,
    rtmpLimits: {},
    limits: DEFAULT_INGEST_LIMITS,
    log: log.logger,
  });
  whenDone(() => registry.close());
  whenDone(() => server.close());
  const port = await server.listen(0, '127.0.0.1');
  const good = await startSource(port, 'good');
  const bad = await startSource(port, 'bug');
  bad.sendUntil(200);
  expect(await bad.publisher.closed).toMatchObject({ code: 'rejected' });
  await log.until(({ code, stream }) => code === 'internal_error' && stream === 'bug');
  expect(log.lines.filter(({ msg }) => msg === 'a fault of the gateway itself').length).toBeGreaterThan(0);
  expect(log.lines.filter(({ code }) => code !== undefined)).toHaveLength(1);
  good.sendUntil(1_000);
  good.publisher.close();
  await log.until(({ code, stream }) => code === 'unpublished' && stream === 'good');
  expect(samples.get('good')).toBeGreaterThan(50);
});

test('a flood of one reason is ten lines a second, and then how many were left out', () => {
  let now = 0;
  const log = new CollectedLog();
  const endings = new EventLog(
    log.logger,
    clockOf(() => now),
  );
  for (let at = 0; at < 10_000; at += 1)
    endings.write('info', { code: 'not_rtmp', remote: '192.0.2.1' }, 'closed');
  endings.write('info', { code: 'other' }, 'closed');
  expect(log.lines.filter(({ code }) => code === 'not_rtmp')).toHaveLength(10);
  expect(log.lines.filter(({ code }) => code === 'other')).toHaveLength(1);
  now = 1_000;
  endings.write('info', { code: 'not_rtmp' }, 'closed');
  endings.write('info', { code: 'not_rtmp' }, 'closed');
  expect(log.lines.at(-2)).toMatchObject({ code: 'not_rtmp', unwritten: 9_990 });
  expect(log.lines.at(-1)).not.toHaveProperty('unwritten');
});

test('connections that are reset before they are accepted leave nothing behind', async () => {
  const open = await openGateway({ rtmp: { maxConnectionsPerAddress: 5 } });
  for (let round = 0; round < 40; round += 1) {
    const sockets = Array.from({ length: 5 }, () => connect(open.rtmpPort, '127.0.0.1'));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    for (const socket of sockets) socket.resetAndDestroy();
  }
  // The next connection is accepted, and nothing was logged for unknown addresses.
  await goLive(open, 'behind');
  expect(open.log.lines.filter(({ remote }) => remote === 'unknown')).toEqual([]);
});
