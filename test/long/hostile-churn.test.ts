// Many of everything: connections, unknown names, publishers that come and go, media faster than real time. A canary
// stream loses nothing, and memory does not grow.
import { Agent, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { RtmpPublisher } from '../../server/relay/rtmp-publisher.ts';
import { logFaults, misses } from '../hostile/attack.ts';
import { type AttackedGateway, startAttackedGateway } from '../hostile/attacked-gateway.ts';
import { type Canary, startCanary } from '../hostile/canary.ts';
import { CATALOGUE } from '../hostile/catalogue.ts';
import { CANARY_NAME } from '../hostile/marks.ts';
import { TINY_TAGS, VIDEO_CONFIG, videoFrame } from '../hostile/media-bytes.ts';
import { MAX_BUFFER_GROWTH_BYTES, MAX_GROWTH_BYTES } from '../hostile/oracle.ts';
import { playCatalogue } from '../hostile/play-catalogue.ts';
import { whenDone, whenFileDone } from '../support/cleanup.ts';
import { fetchFresh, fetchMedia } from '../support/hls-client.ts';

const MIB = 1024 * 1024;
/** Heap and buffers together. */
const MAX_MORE_BYTES = MAX_GROWTH_BYTES + MAX_BUFFER_GROWTH_BYTES;
/** A stream may keep a ring of 64 MiB; its blocks are slightly larger than the parts. */
const MAX_STREAM_BYTES = 64 * MIB * 1.15 + MIB;

let gateway: AttackedGateway;
let canary: Canary;

beforeAll(async () => {
  // More than any row here waits for, and fewer than in the floods.
  gateway = await startAttackedGateway(['--log-max-lines', '100']);
  whenFileDone(() => gateway.stop());
  canary = await startCanary(gateway);
});

/** Heap and ArrayBuffers in use after a garbage collection; resident memory depends on the allocator. */
async function usedBytes(): Promise<number> {
  const { heapUsed = Number.NaN, arrayBuffers = Number.NaN } = (await gateway.monitor.ask('collect')) ?? {};
  return heapUsed + arrayBuffers;
}

async function publish(streamName: string, to = gateway): Promise<RtmpPublisher> {
  const publisher = new RtmpPublisher({ host: '127.0.0.1', port: to.rtmpPort, app: 'live', streamName });
  whenDone(() => publisher.close());
  await publisher.started;
  return publisher;
}

describe('row 46, a flood of connections', () => {
  const FLOODER = '127.3.0.1';
  const CONNECTIONS = 5_000;
  const MAX_PER_ADDRESS = 50;
  /** Below the kernel's accept queue: above it, connections wait for a second. */
  const AT_ONCE = 400;

  /** Opens all as fast as possible; resolves when the gateway has closed all but those within the limit. */
  function flood(): Promise<Socket[]> {
    return new Promise((resolve) => {
      const sockets: Socket[] = [];
      let closed = 0;
      const open = (): void => {
        if (sockets.length === CONNECTIONS) return;
        const socket = connect({ port: gateway.rtmpPort, host: '127.0.0.1', localAddress: FLOODER });
        sockets.push(socket);
        socket.on('error', () => {});
        socket.resume();
        socket.once('close', () => {
          closed += 1;
          if (closed === CONNECTIONS - MAX_PER_ADDRESS) resolve(sockets);
          open();
        });
      };
      for (let at = 0; at < AT_ONCE; at += 1) open();
    });
  }

  /** Whether the gateway answers a handshake from there, or refuses the connection. */
  function isServed(): Promise<boolean> {
    const socket = connect({ port: gateway.rtmpPort, host: '127.0.0.1', localAddress: FLOODER });
    whenDone(() => void socket.destroy());
    socket.on('error', () => {});
    socket.write(Buffer.concat([Buffer.of(3), Buffer.alloc(1_536)]));
    return new Promise((resolve) => {
      socket.once('data', () => resolve(true));
      socket.once('close', () => resolve(false));
    });
  }

  it('of 5 000 keeps fifty, refuses the others by name, and forgets them all', async () => {
    const sockets = await flood();
    for (const socket of sockets) socket.destroy();
    // The gateway closes the last connections when it learns of their end.
    while (!(await isServed()));
    await gateway.untilLine(({ code, remote }) => code === 'too_many_from_address' && remote === FLOODER);
    const lines = gateway.texts.filter((text) => text.includes('too_many_from_address'));
    expect(lines.length).toBeLessThan(CONNECTIONS / 10);
    expect(gateway.isRunning()).toBe(true);
    expect(canary.faults).toEqual([]);
  });
});

describe('row 34, unknown names', () => {
  const NAMES = 20_000;
  const AT_ONCE = 40;

  function status(agent: Agent, path: string): Promise<number> {
    return new Promise((resolve, reject) => {
      get(`${gateway.httpUrl}${path}`, { agent }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode ?? 0));
      }).once('error', reject);
    });
  }

  it('twenty thousand are 404 and leave no stream and no memory behind', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
    whenDone(() => agent.destroy());
    const before = await usedBytes();
    const seen = new Map<number, number>();
    let next = 0;
    const ask = async (): Promise<void> => {
      while (next < NAMES) {
        const name = `unknown-${next}`;
        next += 1;
        const code = await status(agent, `/live/${name}/index.m3u8`);
        seen.set(code, (seen.get(code) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, ask));
    expect([...seen]).toEqual([[404, NAMES]]);
    const streams: unknown = await (await fetchFresh(`${gateway.httpUrl}/api/v1/streams`)).json();
    expect(JSON.stringify(streams)).not.toContain('unknown-');
    expect((await usedBytes()) - before).toBeLessThan(MAX_MORE_BYTES);
    expect(canary.faults).toEqual([]);
  });
});

describe('row 47, a burst', () => {
  it('of a minute of media at once is taken, and memory stays within the ring', async () => {
    const before = await usedBytes();
    const publisher = await publish('burst');
    publisher.video(0, VIDEO_CONFIG);
    // A minute at 8 Mbit/s: 60 MB.
    for (let ms = 0; ms < 60_000; ms += 40) publisher.video(ms, videoFrame(40_000, ms % 2_000 === 0));
    publisher.close();
    const end = await gateway.untilLine((line) => line['stream'] === 'burst' && 'code' in line);
    expect(end['code']).toBe('unpublished');
    const { playlist } = await fetchMedia(`${gateway.httpUrl}/live/burst/main.m3u8`);
    expect(playlist.segments.length).toBeGreaterThan(2);
    expect((await usedBytes()) - before).toBeLessThan(MAX_STREAM_BYTES + MAX_MORE_BYTES);
    expect(canary.faults).toEqual([]);
  });

  it.each([
    ['of a minute at once is within a cap of its bitrate', 60_000, 'unpublished'],
    ['of three minutes at once is not', 180_000, 'bitrate'],
  ])('%s', async (_what, mediaMs, code) => {
    const capped = await startAttackedGateway(['--rtmp-max-bitrate', '9Mbit']);
    whenDone(() => capped.stop());
    const publisher = await publish('burst', capped);
    publisher.video(0, VIDEO_CONFIG);
    for (let ms = 0; ms < mediaMs; ms += 40) publisher.video(ms, videoFrame(40_000, ms % 2_000 === 0));
    if (code === 'unpublished') publisher.close();
    const end = await capped.untilLine((line) => line['stream'] === 'burst' && 'code' in line);
    expect(end['code']).toBe(code);
  });
});

describe('row 85, a publisher that flaps', () => {
  const VISITS = 500;

  it('five hundred times leaves one valid playlist that counts its visits, and no memory', async () => {
    let halfway = Number.NaN;
    for (let visit = 0; visit < VISITS; visit += 1) {
      if (visit === VISITS / 2) halfway = await usedBytes();
      const publisher = await publish('flap');
      for (const { kind, timestamp, body } of TINY_TAGS) {
        if (kind === 'video') publisher.video(timestamp, body);
        else if (kind === 'audio') publisher.audio(timestamp, body);
      }
      publisher.close();
      await publisher.closed;
    }
    const { playlist, text } = await fetchMedia(`${gateway.httpUrl}/live/flap/main.m3u8`);
    const listed = text.match(/^#EXT-X-DISCONTINUITY$/gm)?.length ?? 0;
    expect((playlist.discontinuitySequenceBase ?? 0) + listed).toBe(VISITS - 1);
    expect((await usedBytes()) - halfway).toBeLessThan(MAX_MORE_BYTES);
    expect(canary.faults).toEqual([]);
  });
});

describe('rows 12 and 45, memory that is announced or never finished', () => {
  it('is freed before the next round', async () => {
    const bombs = CATALOGUE.filter(({ row }) => row === 12 || row === 45);
    const first = await playCatalogue(gateway, bombs);
    const between = await usedBytes();
    const second = await playCatalogue(gateway, bombs);
    expect(misses([...first, ...second])).toEqual([]);
    expect((await usedBytes()) - between).toBeLessThan(MAX_MORE_BYTES);
    expect(canary.faults).toEqual([]);
  });
});

describe('in the end', () => {
  it('the canary has missed nothing, and the log has no fault', async () => {
    const report = await canary.stop();
    expect(report.faults).toEqual([]);
    expect(report.parts).toBeGreaterThan(0);
    expect(logFaults(gateway.texts)).toEqual([]);
    const { text } = await fetchMedia(`${gateway.httpUrl}/live/${CANARY_NAME}/main.m3u8`);
    expect(text).toContain('#EXTINF');
  });
});
