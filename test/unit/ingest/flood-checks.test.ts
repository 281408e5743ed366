// The checks of every second, on a publisher whose bytes are never read to their end.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { systemClock } from '../../../server/clock.ts';
import { EventLog } from '../../../server/event-log.ts';
import { HoldClock } from '../../../server/ingest/hold-clock.ts';
import { DEFAULT_INGEST_LIMITS } from '../../../server/ingest/limits.ts';
import { RtmpConnection } from '../../../server/ingest/rtmp-connection.ts';
import { StreamRegistry } from '../../../server/live/stream-registry.ts';
import { silentLogger } from '../../../server/log.ts';
import { EncoderScript } from '../../cases/rtmp-script.ts';
import { whenDone } from '../../support/cleanup.ts';

test('a publisher whose key was withdrawn cannot stay by a flood of small messages', async () => {
  const registry = new StreamRegistry({
    graceMs: 1_000,
    clock: systemClock,
    onStreamCreated: () => {},
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
  let revoked: string | undefined;
  const connection = new RtmpConnection({
    socket,
    registry,
    authorizer: {
      authorizePublish: ({ name }) => ({ kind: 'allowed', name, revocation: () => revoked }),
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
  peer.write(Buffer.concat([script.opening(), script.publish('flood')]));
  await once(peer, 'data');
  // A message of no bytes, and the same again in each byte: a chunk of type 3 (RTMP 1.0, clause 5.3.1.2.4).
  const first = script.message({ type: 19, messageStreamId: 1, timestamp: 0, body: Buffer.alloc(0) }, 8);
  peer.write(Buffer.concat([first, Buffer.alloc(30_000, 0xc8)]));
  await once(socket, 'data');
  revoked = 'the key was removed';
  connection.checkSilence();
  expect(ends.at(-1)).not.toBe('publish_revoked');
  // Most is still unread.
  connection.checkSilence();
  expect(ends.at(-1)).toBe('publish_revoked');
});
