// What a connection does between the turns of its socket: the checks of every second, and memory that is free again.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { systemClock } from '../../../server/clock.ts';
import { EventLog } from '../../../server/event-log.ts';
import { HoldClock } from '../../../server/ingest/hold-clock.ts';
import { DEFAULT_INGEST_LIMITS } from '../../../server/ingest/limits.ts';
import { RtmpConnection } from '../../../server/ingest/rtmp-connection.ts';
import type { LiveStream } from '../../../server/live/live-stream.ts';
import { StreamRegistry } from '../../../server/live/stream-registry.ts';
import { silentLogger } from '../../../server/log.ts';
import { AVC_720P } from '../../cases/avc-configs.ts';
import { EncoderScript } from '../../cases/rtmp-script.ts';
import { videoFrame } from '../../hostile/media-bytes.ts';
import { whenDone } from '../../support/cleanup.ts';

/** A publisher on a socket of loopback, which has sent no media. */
async function openPublisher(onStreamCreated: (stream: LiveStream) => void = () => {}) {
  const registry = new StreamRegistry({
    graceMs: 1_000,
    clock: systemClock,
    onStreamCreated,
    onStateChange: () => {},
    onSinkFault: () => {},
    onStreamRemoved: () => {},
  });
  const server = createServer().listen(0, '127.0.0.1');
  whenDone(() => void server.close());
  whenDone(() => registry.close());
  await once(server, 'listening');
  const peer = connect((server.address() as AddressInfo).port, '127.0.0.1');
  whenDone(() => void peer.destroy());
  const [socket] = (await once(server, 'connection')) as [Socket];
  const ends: string[] = [];
  const keep = ({ code }: Readonly<Record<string, unknown>>): void => void ends.push(String(code));
  const key = { revoked: undefined as string | undefined };
  const connection = new RtmpConnection({
    socket,
    registry,
    authorizer: {
      authorizePublish: ({ name }) => ({ kind: 'allowed', name, revocation: () => key.revoked }),
    },
    rtmpLimits: {},
    limits: DEFAULT_INGEST_LIMITS,
    holds: new HoldClock(systemClock, silentLogger),
    log: silentLogger,
    endings: new EventLog({ info: keep, warn: keep }, systemClock),
    onPublishing: () => {},
    onClosed: () => {},
  });
  const script = new EncoderScript();
  peer.write(Buffer.concat([script.opening(), script.publish('name')]));
  await once(peer, 'data');
  return { peer, socket, connection, script, key, ends };
}

test('a publisher whose key was withdrawn cannot stay by a flood of small messages', async () => {
  const { peer, socket, connection, script, key, ends } = await openPublisher();
  // A message of no bytes, and the same again in each byte: a chunk of type 3 (RTMP 1.0, clause 5.3.1.2.4).
  const first = script.message({ type: 19, messageStreamId: 1, timestamp: 0, body: Buffer.alloc(0) }, 8);
  peer.write(Buffer.concat([first, Buffer.alloc(30_000, 0xc8)]));
  await once(socket, 'data');
  key.revoked = 'the key was removed';
  connection.checkSilence();
  expect(ends.at(-1)).not.toBe('publish_revoked');
  // Most is still unread.
  connection.checkSilence();
  expect(ends.at(-1)).toBe('publish_revoked');
});

test('a large message keeps no memory when it was handled, although nothing follows it', async () => {
  const handled = new Promise<Buffer>((resolve) => {
    void openPublisher((stream) => {
      stream.addSink({
        onSourceStart: () => {},
        onTrack: () => {},
        // The first picture is a copy, because it is unknown at first whether more of it follows.
        onSample: ({ data, dts }) => {
          if (dts > 0) resolve(data);
        },
        onSourceEnd: () => {},
        onEnd: () => {},
      });
    }).then(({ peer, script }) => {
      const config = Buffer.concat([Buffer.from('1700000000', 'hex'), AVC_720P.record]);
      const frames = [0, 40].map((at) => script.video(at, videoFrame(200_000, at === 0)));
      peer.write(Buffer.concat([script.video(0, config), ...frames]));
    });
  });
  const data = await handled;
  await new Promise((resolve) => setImmediate(resolve));
  // Freed memory has no bytes.
  expect(data.length).toBe(0);
});
