// Many of everything: connections, unknown names, publishers that come and go, media faster than time. A canary beside
// them misses nothing, and memory stays where it was.
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
import { playCatalogue } from '../hostile/play-catalogue.ts';
import { whenDone, whenFileDone } from '../support/cleanup.ts';
import { fetchFresh, fetchMedia } from '../support/hls-client.ts';

const MIB = 1024 * 1024;
/** A ring of 64 MiB is what one stream may keep; a fresh process warms up beside it. */
const MAX_STREAM_BYTES = 64 * MIB;
const WARM_UP_BYTES = 48 * MIB;

let gateway: AttackedGateway;
let canary: Canary;

beforeAll(async () => {
  gateway = await startAttackedGateway();
  whenFileDone(() => gateway.stop());
  canary = await startCanary(gateway);
});

async function publish(streamName: string): Promise<RtmpPublisher> {
  const publisher = new RtmpPublisher({ host: '127.0.0.1', port: gateway.rtmpPort, app: 'live', streamName });
  whenDone(() => publisher.close());
  await publisher.started;
  return publisher;
}

describe('row 46, a flood of connections', () => {
  const FLOODER = '127.3.0.1';
  const BURST = 200;
  const MAX_PER_ADDRESS = 50;

  /** Opens a burst; resolves when the gateway has closed all but those within the cap. */
  function burst(): Promise<Socket[]> {
    return new Promise((resolve) => {
      let closed = 0;
      const sockets = Array.from({ length: BURST }, () => {
        const socket = connect({ port: gateway.rtmpPort, host: '127.0.0.1', localAddress: FLOODER });
        socket.on('error', () => {});
        socket.resume();
        socket.once('close', () => {
          closed += 1;
          if (closed === BURST - MAX_PER_ADDRESS) resolve(sockets);
        });
        return socket;
      });
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

  it('of 2 000 in bursts keeps fifty, refuses the others by name, and forgets them all', async () => {
    for (let round = 0; round < 10; round += 1) {
      const sockets = await burst();
      for (const socket of sockets) socket.destroy();
    }
    // Its last connections are let go as the gateway hears of their end.
    while (!(await isServed()));
    await gateway.untilLine(({ code, remote }) => code === 'too_many_from_address' && remote === FLOODER);
    const lines = gateway.texts.filter((text) => text.includes('too_many_from_address'));
    expect(lines.length).toBeLessThan(2_000);
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
    const before = gateway.residentBytes();
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
    expect(gateway.residentBytes() - before).toBeLessThan(WARM_UP_BYTES);
    expect(canary.faults).toEqual([]);
  });
});

describe('row 47, a burst', () => {
  it('of a minute of media at once is taken, and memory stays within the ring', async () => {
    const before = gateway.residentBytes();
    const publisher = await publish('burst');
    publisher.video(0, VIDEO_CONFIG);
    // A minute at 8 Mbit/s: 60 MB.
    for (let ms = 0; ms < 60_000; ms += 40) publisher.video(ms, videoFrame(40_000, ms % 2_000 === 0));
    publisher.close();
    const end = await gateway.untilLine((line) => line['stream'] === 'burst' && 'code' in line);
    expect(end['code']).toBe('unpublished');
    const { playlist } = await fetchMedia(`${gateway.httpUrl}/live/burst/main.m3u8`);
    expect(playlist.segments.length).toBeGreaterThan(2);
    expect(gateway.residentBytes() - before).toBeLessThan(MAX_STREAM_BYTES + WARM_UP_BYTES);
    expect(canary.faults).toEqual([]);
  });
});

describe('row 85, a publisher that flaps', () => {
  const VISITS = 50;

  it('fifty times leaves one valid playlist that counts its visits', async () => {
    for (let visit = 0; visit < VISITS; visit += 1) {
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
    expect(canary.faults).toEqual([]);
  });
});

describe('rows 12 and 45, memory that is announced or never finished', () => {
  it('is given back before the next round', async () => {
    const bombs = CATALOGUE.filter(({ row }) => row === 12 || row === 45);
    const first = await playCatalogue(gateway, bombs);
    const between = gateway.residentBytes();
    const second = await playCatalogue(gateway, bombs);
    expect(misses([...first, ...second])).toEqual([]);
    expect(gateway.residentBytes() - between).toBeLessThan(WARM_UP_BYTES);
    expect(canary.faults).toEqual([]);
  });
});

describe('at last', () => {
  it('the canary has missed nothing, and the log tells of no fault', async () => {
    const report = await canary.stop();
    expect(report.faults).toEqual([]);
    expect(report.parts).toBeGreaterThan(0);
    expect(logFaults(gateway.texts)).toEqual([]);
    const { text } = await fetchMedia(`${gateway.httpUrl}/live/${CANARY_NAME}/main.m3u8`);
    expect(text).toContain('#EXTINF');
  });
});
