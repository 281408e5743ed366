// Peers that let time pass: clients that connect and say nothing, and publishers that become silent.
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { RtmpPublisher } from '../../server/relay/rtmp-publisher.ts';
import { type AttackedGateway, startAttackedGateway } from '../hostile/attacked-gateway.ts';
import { TINY_TAGS, videoFrame } from '../hostile/media-bytes.ts';
import { whenDone } from '../support/cleanup.ts';

/** The duration of the clip with which every publisher here begins. */
const CLIP_MS = 4_000;

async function openGateway(): Promise<AttackedGateway> {
  const gateway = await startAttackedGateway();
  whenDone(() => gateway.stop());
  return gateway;
}

it('closes two hundred silent connections at the deadline, and says so', async () => {
  const gateway = await openGateway();
  // Forty per address: below the limit per address, which another test covers.
  const closed = Array.from({ length: 200 }, (_, at) => {
    const socket = connect({
      port: gateway.rtmpPort,
      host: '127.0.0.1',
      localAddress: `127.2.0.${1 + (at % 5)}`,
    });
    whenDone(() => void socket.destroy());
    socket.resume();
    return new Promise<string>((resolve) => {
      socket.once('error', (error) => resolve(error.message));
      socket.once('end', () => resolve('closed by the gateway'));
    });
  });
  const ends = await Promise.all(closed);
  expect(ends.filter((end) => end !== 'closed by the gateway')).toEqual([]);
  const line = await gateway.untilLine(({ code }) => code === 'publish_deadline');
  expect(line['reason']).toContain('5000 ms');
  expect(gateway.texts.filter((text) => text.includes('rtmp connection closed')).length).toBeLessThan(200);
});

async function startPublisher(gateway: AttackedGateway, streamName: string): Promise<RtmpPublisher> {
  const publisher = new RtmpPublisher({
    host: '127.0.0.1',
    port: gateway.rtmpPort,
    app: 'live',
    streamName,
  });
  whenDone(() => publisher.close());
  await publisher.started;
  for (const { kind, timestamp, body } of TINY_TAGS) {
    if (kind === 'video') publisher.video(timestamp, body);
    else if (kind === 'audio') publisher.audio(timestamp, body);
  }
  await gateway.untilLine((line) => line['stream'] === streamName && line['state'] === 'live');
  return publisher;
}

function sendSecond(publisher: RtmpPublisher, fromMs: number): void {
  for (let ms = fromMs; ms < fromMs + 1_000; ms += 40) publisher.video(ms, videoFrame(300, ms === fromMs));
}

it.each([3, 8])('keeps a publisher that stalls for %i s', async (seconds) => {
  const gateway = await openGateway();
  const name = `stall-${seconds}`;
  const publisher = await startPublisher(gateway, name);
  // The silence itself is the input.
  await delay(seconds * 1_000);
  sendSecond(publisher, CLIP_MS + seconds * 1_000);
  publisher.close();
  // Before that a line says that the sound has stopped.
  const isEnd = ({ stream, msg }: Record<string, unknown>): boolean =>
    stream === name && msg === 'rtmp connection closed';
  const end = await gateway.untilLine(isEnd);
  expect(end['code']).toBe('unpublished');
});

it('ends a publisher that stalls for ten seconds, and keeps its place for it', async () => {
  const gateway = await openGateway();
  const publisher = await startPublisher(gateway, 'stall-10');
  const fault = await publisher.closed;
  expect(fault?.code).not.toBe('closed');
  const end = await gateway.untilLine((line) => line['stream'] === 'stall-10' && 'code' in line);
  expect(end['code']).toBe('publisher_silent');
  await gateway.untilLine((line) => line['stream'] === 'stall-10' && line['state'] === 'reconnecting');
  const again = await startPublisher(gateway, 'stall-10');
  again.close();
});
