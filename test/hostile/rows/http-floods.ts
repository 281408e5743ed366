// Rows S3, S8 and S14: pipelined requests whose answers are not read, floods of connections, WebSockets and TLS handshakes,
// and HTTP/2 frames that are cheap for the sender.

import { setTimeout as delay } from 'node:timers/promises';
import { fetchFresh, fetchMedia, nextPart } from '../../support/hls-client.ts';
import { END_HEADERS, END_STREAM, FRAME, frame, headerBlock, PREFACE } from '../../support/http2-frames.ts';
import { CANARY_NAME } from '../marks.ts';
import { RawPeer } from '../raw-peer.ts';
import { RawPublisher } from '../raw-publisher.ts';
import { FEW_DESCRIPTORS, type Scenario, type Scene } from '../scenario.ts';

const MIB = 1024 * 1024;
/** Requests that a peer sends without reading an answer. */
const PIPELINED = 200_000;
const BATCH = 2_000;
/** Memory limit for a connection whose answers are not read. */
const CONNECTION_BYTES = 6 * MIB;

/** Writes until the gateway stops reading. Reports how much it read and keeps. */
async function pipeline(scene: Scene, head: string, tls: boolean): Promise<void> {
  const before = await scene.level();
  const { httpPort, httpsPort } = scene.gateway;
  const peer = new RawPeer({ port: tls ? httpsPort : httpPort, tls });
  await peer.opened;
  peer.mute();
  const batch = Buffer.from(head.repeat(BATCH));
  let sent = 0;
  for (let at = 0; at < PIPELINED && !peer.isClosed; at += BATCH) {
    const isTaken = await Promise.race([peer.write(batch).then(() => true), delay(1_000, false)]);
    if (!isTaken) break;
    sent += batch.length;
  }
  await delay(500);
  const after = await scene.level();
  const held = bytesOf(after) - bytesOf(before);
  scene.figure(`${sent} bytes were taken, ${held} are held`);
  if (held > CONNECTION_BYTES)
    scene.fault(`one connection holds ${held} bytes, ${CONNECTION_BYTES} are allowed`);
  peer.reset();
  await peer.leave();
  // Also judge the loop after the reset, when a long queue is released.
  await delay(1_000);
}

function bytesOf(level: Awaited<ReturnType<Scene['level']>>): number {
  return level === undefined ? Number.NaN : level.heap + level.arrayBuffers;
}

const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`;

const PIPELINES: readonly Scenario[] = [false, true].flatMap((tls) => [
  {
    row: 'S3',
    what: `requests pipelined behind a held playlist over ${tls ? 'HTTPS' : 'HTTP'}`,
    setup: 'plain' as const,
    play: async (scene: Scene) => {
      const { playlist } = await fetchMedia(`${scene.gateway.httpUrl}/live/${CANARY_NAME}/main.m3u8`);
      const { msn } = nextPart(playlist);
      await pipeline(scene, get(`/live/${CANARY_NAME}/main.m3u8?_HLS_msn=${msn + 1}`), tls);
    },
  },
  {
    row: 'S3',
    what: `pages pipelined and not read over ${tls ? 'HTTPS' : 'HTTP'}`,
    setup: 'plain' as const,
    play: (scene: Scene) => pipeline(scene, get('/api/v1/streams'), tls),
  },
  {
    row: 'S3',
    what: `unknown names pipelined and not read over ${tls ? 'HTTPS' : 'HTTP'}`,
    setup: 'plain' as const,
    play: (scene: Scene) => pipeline(scene, get('/live/nobody/index.m3u8'), tls),
  },
]);

/** A real encoder can connect during a flood. */
async function encoderGetsIn(scene: Scene): Promise<void> {
  const publisher = new RawPublisher(scene.gateway, scene.newName(), scene.newAddress());
  if (!(await publisher.start())) scene.fault('an encoder could not publish beside the flood');
  await publisher.stop();
}

/**
 * Opens many at once from one address. `speak` resolves to whether the gateway has answered one as it answers guests.
 * @returns how many of these are still open when an encoder, which comes last, has got in
 */
async function flood(
  scene: Scene,
  count: number,
  open: (localAddress: string) => RawPeer,
  speak: (peer: RawPeer) => Promise<boolean>,
): Promise<number> {
  const localAddress = scene.newAddress();
  const peers: RawPeer[] = [];
  const guests: RawPeer[] = [];
  const work = async (): Promise<void> => {
    while (peers.length < count && scene.gateway.isRunning()) {
      const peer = open(localAddress);
      peers.push(peer);
      if (await speak(peer)) guests.push(peer);
    }
  };
  await Promise.all(Array.from({ length: 50 }, work));
  await encoderGetsIn(scene);
  // A later request waits in the system's queue behind them all.
  await (await fetchFresh(`${scene.gateway.httpUrl}/livez`)).text();
  // Ends of thousands that the gateway has closed arrive here one after another: the number counts that no longer changes.
  let kept = Number.POSITIVE_INFINITY;
  for (let last = 0; last !== kept; ) {
    last = kept;
    await delay(SETTLED_MS);
    kept = guests.filter((peer) => !peer.hasEnded).length;
  }
  for (const peer of peers) await peer.leave();
  return kept;
}

/** In this time at least one end arrives while some are on their way. */
const SETTLED_MS = 500;
const FLOOD_COUNT = 5_000;
const NEW_VIEWERS = 20;
/** A page needs one WebSocket; a household or an office behind one address has some hundreds of pages. */
const MAX_WEBSOCKETS_OF_ADDRESS = 2_000;
/** A browser opens six over HTTP/1.1 for each page. */
const MAX_CONNECTIONS_OF_ADDRESS = 4_000;
const UPGRADE =
  'GET /ws/v1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

const FLOODS: readonly Scenario[] = [
  {
    row: 'S8',
    what: `${FLOOD_COUNT} WebSockets of one address`,
    setup: 'plain',
    play: async (scene) => {
      const { httpPort } = scene.gateway;
      const served = await flood(
        scene,
        FLOOD_COUNT,
        (localAddress) => new RawPeer({ port: httpPort, localAddress, keepBytes: 4_096 }),
        async (peer) => {
          await peer.opened;
          await peer.write(UPGRADE);
          return peer.until(() => peer.heard().includes(' 101 '), 2_000);
        },
      );
      scene.figure(`${served} were served`);
      if (served > MAX_WEBSOCKETS_OF_ADDRESS) scene.fault(`${served} WebSockets of one address were served`);
    },
  },
  {
    row: 'S8',
    what: `${FLOOD_COUNT} connections of one address that ask for nothing`,
    setup: 'plain',
    play: async (scene) => {
      const { httpPort } = scene.gateway;
      const served = await flood(
        scene,
        FLOOD_COUNT,
        (localAddress) => new RawPeer({ port: httpPort, localAddress }),
        async (peer) => {
          await peer.opened;
          return true;
        },
      );
      scene.figure(`${served} were kept`);
      if (served > MAX_CONNECTIONS_OF_ADDRESS) scene.fault(`${served} connections of one address were kept`);
    },
  },
  {
    row: 'S8',
    what: 'TLS handshakes for ten seconds, as many as go',
    setup: 'plain',
    play: async (scene) => {
      const deadline = performance.now() + 10_000;
      const localAddress = scene.newAddress();
      let count = 0;
      const work = async (): Promise<void> => {
        while (performance.now() < deadline && scene.gateway.isRunning()) {
          const peer = new RawPeer({ port: scene.gateway.httpsPort, tls: true, localAddress });
          await peer.opened;
          await peer.leave();
          count += 1;
        }
      };
      const working = Promise.all(Array.from({ length: 20 }, work));
      await delay(3_000);
      await encoderGetsIn(scene);
      await working;
      scene.figure(`${(count / 10).toFixed(0)} handshakes a second`);
    },
  },
  {
    row: 'S8',
    what: `idle connections of thirty addresses, more than ${FEW_DESCRIPTORS} descriptors`,
    setup: 'few descriptors',
    play: async (scene) => {
      const addresses = Array.from({ length: 30 }, () => scene.newAddress());
      const peers = Array.from(
        { length: FEW_DESCRIPTORS + 200 },
        (_, at) =>
          new RawPeer({ port: scene.gateway.httpPort, localAddress: addresses[at % 30] ?? '127.0.0.1' }),
      );
      await Promise.all(peers.map((peer) => Promise.race([peer.opened, delay(1_000)])));
      await delay(1_000);
      await encoderGetsIn(scene);
      for (let viewer = 0; viewer < NEW_VIEWERS; viewer += 1) {
        const { status } = await fetchFresh(`${scene.gateway.httpUrl}/live/${CANARY_NAME}/main.m3u8`);
        if (status !== 200) scene.fault(`a viewer beside the idle connections got ${status}`);
      }
      const isTold = scene.gateway.texts.some((text) =>
        /EMFILE|descriptor|too_many|connection_limit|at_limit/.test(text),
      );
      if (!isTold) scene.fault('the log does not tell that connections are refused');
      for (const peer of peers) await peer.leave();
    },
  },
];

const FLOOD_FRAMES = 400_000;
const FRAMES_AT_ONCE = 2_000;
/** Longest duration of a flood. */
const FLOOD_MS = 8_000;

/** A field with incremental indexing, `a: b` (RFC 7541, clause 6.2.1). */
const NEW_ENTRY = Buffer.from('4001610162', 'hex');
/** The TLS handshakes of another flood end by their deadline. */
const ADMITTED_WITHIN_MS = 15_000;
/** A broken session is found by an unanswered PING. */
const ENDED_WITHIN_MS = 12_000;

/** One frame each, with stream ids of a client. */
const FRAMES: Readonly<Record<string, (at: number) => Buffer>> = {
  'window updates': () => frame(8, 0, 0, Buffer.of(0, 0, 0, 1)),
  'window updates of a stream': () => frame(8, 0, 1, Buffer.of(0, 0, 0, 1)),
  'frames of unknown kinds': (at) => frame(0x20 + (at % 64), 0xff, 0, Buffer.alloc(16)),
  'empty frames of unknown kinds': () => frame(0xf0, 0, 0),
  pings: () => frame(FRAME.ping, 0, 0, Buffer.alloc(8)),
  'empty SETTINGS': () => frame(FRAME.settings, 0, 0),
  'PRIORITY frames': (at) => frame(2, 0, 1 + 2 * (at % 10_000), Buffer.of(0, 0, 0, 0, 1)),
  'streams that are reset at once': (at) =>
    Buffer.concat([
      frame(FRAME.headers, END_STREAM | END_HEADERS, 3 + 2 * at, headerBlock('/livez')),
      frame(FRAME.reset, 0, 3 + 2 * at, Buffer.of(0, 0, 0, 8)),
    ]),
  // Index 62 is the newest entry of the table (RFC 7541, clause 2.3.3), which the first head makes.
  'heads of 4 000 references each': (at) =>
    frame(
      FRAME.headers,
      END_STREAM | END_HEADERS,
      3 + 2 * at,
      Buffer.concat([
        headerBlock('/livez'),
        at === 0 ? NEW_ENTRY : Buffer.alloc(0),
        Buffer.alloc(4_000, 0xbe),
      ]),
    ),
  'heads that refer to nothing': (at) =>
    frame(
      FRAME.headers,
      END_STREAM | END_HEADERS,
      3 + 2 * at,
      Buffer.concat([headerBlock('/livez'), Buffer.of(0xbe)]),
    ),
  'heads that never end': (at) =>
    at === 0 ? frame(FRAME.headers, END_STREAM, 3, headerBlock('/livez')) : frame(FRAME.continuation, 0, 3),
  'empty DATA of a stream': (at) =>
    at === 0 ? frame(FRAME.headers, END_HEADERS, 1, headerBlock('/livez')) : frame(FRAME.data, 0, 1),
};

/** A peer whose HTTP/2 session has begun. After a flood of handshakes it takes a moment until the gateway admits one. */
async function openSession(scene: Scene): Promise<RawPeer> {
  const deadline = performance.now() + ADMITTED_WITHIN_MS;
  for (;;) {
    const peer = new RawPeer({
      port: scene.gateway.httpsPort,
      tls: true,
      protocol: 'h2',
      keepBytes: 64 * 1024,
      // An address whose connections are ended for a flood is refused for a while.
      localAddress: scene.newAddress(),
    });
    await peer.opened;
    await peer.write(Buffer.concat([PREFACE, frame(FRAME.settings, 0, 0)]));
    await peer.until(() => peer.heard().length > 0 || peer.hasEnded, ADMITTED_WITHIN_MS);
    if (!peer.hasEnded || performance.now() > deadline) return peer;
    await peer.leave();
  }
}

async function floodFrames(scene: Scene, next: (at: number) => Buffer): Promise<void> {
  const peer = await openSession(scene);
  const startedAt = performance.now();
  let sent = 0;
  while (sent < FLOOD_FRAMES && performance.now() - startedAt < FLOOD_MS && !peer.hasEnded) {
    const batch = Array.from({ length: FRAMES_AT_ONCE }, (_, more) => next(sent + more));
    sent += FRAMES_AT_ONCE;
    await Promise.race([peer.write(Buffer.concat(batch)), delay(FLOOD_MS)]);
  }
  const isEnded = await peer.until(() => peer.hasEnded, ENDED_WITHIN_MS);
  if (sent === 0) scene.fault('the connection ended before the flood');
  scene.figure(`${sent} frames in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  if (!isEnded) scene.fault(`${sent} frames were taken, and the connection goes on`);
  await peer.leave();
}

const HTTP2_FLOODS: readonly Scenario[] = Object.entries(FRAMES).map(([what, next]) => ({
  row: 'S14',
  what: `a flood of ${what}`,
  setup: 'plain' as const,
  play: (scene: Scene) => floodFrames(scene, next),
}));

export const HTTP_FLOOD_SCENARIOS: readonly Scenario[] = [...PIPELINES, ...FLOODS, ...HTTP2_FLOODS];
