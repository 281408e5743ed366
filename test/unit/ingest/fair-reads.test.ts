// How much of one connection is read in one turn of the event loop, because others are waiting.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { systemClock } from '../../../server/clock.ts';
import { EventLog } from '../../../server/event-log.ts';
import { HoldClock } from '../../../server/ingest/hold-clock.ts';
import { DEFAULT_INGEST_LIMITS } from '../../../server/ingest/limits.ts';
import { RtmpConnection } from '../../../server/ingest/rtmp-connection.ts';
import { openToPrivateNetworks } from '../../../server/live/authorizer.ts';
import { StreamRegistry } from '../../../server/live/stream-registry.ts';
import { silentLogger } from '../../../server/log.ts';
import { EncoderScript } from '../../cases/rtmp-script.ts';
import { whenDone } from '../../support/cleanup.ts';

const MIB = 1024 * 1024;

test('a publisher that always has more is read 128 KiB at most before others have their turn', async () => {
  const registry = new StreamRegistry({
    graceMs: 1_000,
    clock: systemClock,
    onStreamCreated: () => {},
    onStateChange: () => {},
    onSinkFault: () => {},
    onStreamRemoved: () => {},
  });
  const accepted = new Promise<Socket>((resolve) => {
    const server = createServer((socket) => {
      new RtmpConnection({
        socket,
        registry,
        authorizer: openToPrivateNetworks,
        rtmpLimits: {},
        limits: DEFAULT_INGEST_LIMITS,
        holds: new HoldClock(systemClock, silentLogger),
        log: silentLogger,
        endings: new EventLog(silentLogger, systemClock),
        onPublishing: () => {},
        onClosed: () => {},
      });
      resolve(socket);
    });
    server.listen(0, '127.0.0.1', () => {
      client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    });
    whenDone(() => void server.close());
    whenDone(() => registry.close());
  });
  let client: Socket | undefined;
  const socket = await accepted;
  const peer = client;
  if (peer === undefined) throw new Error('there is no client');
  whenDone(() => void peer.destroy());
  const script = new EncoderScript();
  peer.write(Buffer.concat([script.opening(), script.publish('many')]));
  await once(peer, 'data');
  const chunks = script.control({ kind: 'set-chunk-size', chunkBytes: 65_536 });
  peer.write(Buffer.concat([chunks, ...Array.from({ length: 8 }, () => script.video(0, Buffer.alloc(MIB)))]));
  const wanted = socket.bytesRead + 8 * MIB;
  let most = 0;
  for (let last = socket.bytesRead; socket.bytesRead < wanted && !socket.destroyed; ) {
    await new Promise((resolve) => setImmediate(resolve));
    most = Math.max(most, socket.bytesRead - last);
    last = socket.bytesRead;
  }
  expect(socket.destroyed).toBe(false);
  expect(most).toBeGreaterThan(32 * 1024);
  expect(most).toBeLessThanOrEqual(128 * 1024);
});
