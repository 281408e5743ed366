// Rows S1, S2 and S4: a request for another protocol after another request in one packet, the order of answers, and large
// answers to requests with an unwanted upgrade.

import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fetchMedia, listParts, nextPart } from '../../support/hls-client.ts';
import { readAnswers } from '../http-answers.ts';
import { CANARY_NAME } from '../marks.ts';
import { configured, framesAt, steps } from '../media-bytes.ts';
import { RawPeer } from '../raw-peer.ts';
import { RawPublisher } from '../raw-publisher.ts';
import type { Scenario, Scene } from '../scenario.ts';

const ANSWERED_WITHIN_MS = 12_000;
const DIST = path.resolve(import.meta.dirname, '../../../dist/web/assets');
/** A socket's buffer, above which a response waits for `drain`. */
const LARGE_BYTES = 64 * 1024;
/** More than the usual limit of a process. */
const LARGE_REQUESTS = 600;
const AT_ONCE = 4;
const LEAKED_AT_MOST = 8;

/** Resolves with the path to request, and a function to call after the request was sent. */
type FirstRequest = (
  scene: Scene,
) => Promise<{ readonly target: string; readonly release?: () => Promise<void> }>;

const FIRST: Readonly<Record<string, FirstRequest>> = {
  'a page': async () => ({ target: `/watch/${CANARY_NAME}` }),
  'an asset': async () => ({ target: `/assets/${largeAsset().name}` }),
  'a segment': async ({ gateway }) => {
    const answer = await fetchMedia(`${gateway.httpUrl}/live/${CANARY_NAME}/main.m3u8`);
    const part = listParts(answer).at(-1);
    return { target: new URL(part?.url ?? '/none', gateway.httpUrl).pathname };
  },
  'a held playlist': async ({ gateway }) => {
    const { playlist } = await fetchMedia(`${gateway.httpUrl}/live/${CANARY_NAME}/main.m3u8`);
    const { msn, partIndex } = nextPart(playlist);
    return { target: `/live/${CANARY_NAME}/main.m3u8?_HLS_msn=${msn}&_HLS_part=${partIndex + 1}` };
  },
  'a 404': async () => ({ target: '/live/nobody/index.m3u8' }),
  'a multivariant playlist that waits': async (scene) => {
    const name = scene.newName();
    const publisher = new RawPublisher(scene.gateway, name, scene.newAddress());
    await publisher.start();
    return {
      target: `/live/${name}/index.m3u8`,
      release: async () => {
        const { script } = publisher;
        await publisher.say(Buffer.concat([configured(script), framesAt(script, steps(0, 60))]));
        await publisher.stop();
      },
    };
  },
};
const SECOND: Readonly<Record<string, string>> = {
  h2c: 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n',
  websocket:
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n',
  'an unknown protocol': 'Connection: upgrade\r\nUpgrade: chat/2, TLS/1.0\r\n',
};

const BEHIND: readonly Scenario[] = Object.entries(FIRST).flatMap(([first, request]) =>
  Object.entries(SECOND).flatMap(([second, fields]) =>
    [false, true].map((tls) => ({
      row: 'S1',
      what: `${first}, and behind it ${second} over ${tls ? 'HTTPS' : 'HTTP'}`,
      setup: 'plain' as const,
      play: (scene: Scene) => askBehind(scene, request, fields, tls),
    })),
  ),
);

/** Both requests in one packet; the first answer must be complete and first. */
async function askBehind(scene: Scene, request: FirstRequest, fields: string, tls: boolean): Promise<void> {
  const { target, release } = await request(scene);
  const { httpPort, httpsPort } = scene.gateway;
  const peer = new RawPeer({ port: tls ? httpsPort : httpPort, tls });
  await peer.opened;
  const second = fields.includes('websocket') ? '/ws/v1' : '/livez';
  void peer.write(
    `GET ${target} HTTP/1.1\r\nHost: x\r\n\r\nGET ${second} HTTP/1.1\r\nHost: x\r\n${fields}\r\n`,
  );
  await release?.();
  // Close a connection that stays open (a WebSocket, or one without a second answer).
  await peer.until(() => readAnswers(peer.heard()).length >= 2, ANSWERED_WITHIN_MS);
  const answers = readAnswers(peer.heard());
  const statuses = answers.map(({ status }) => status);
  if (answers[0] === undefined || answers[0].status === 101)
    scene.fault(`the answers were ${statuses.join(', ')}`);
  else if (!answers[0].isWhole) scene.fault('the first answer is cut off');
  if (answers.length > 2) scene.fault(`${answers.length} answers to two requests`);
  if (answers.length < 2 && !peer.hasEnded)
    scene.fault('the second request has no answer, and the connection is left open');
  scene.figure(statuses.join(', '));
  await peer.leave();
}

function largeAsset(): { readonly name: string; readonly byteCount: number } {
  const sizes = readdirSync(DIST)
    .filter((name) => name.endsWith('.js'))
    .map((name) => ({ name, byteCount: statSync(path.join(DIST, name)).size }))
    .toSorted((one, other) => other.byteCount - one.byteCount);
  const [largest] = sizes;
  if (largest === undefined || largest.byteCount <= LARGE_BYTES)
    throw new Error('no asset above 64 KiB was built');
  return largest;
}

/** Like curl with `--http2`. @returns the received bytes of the body */
async function askLarge(scene: Scene, tls: boolean, fields: string): Promise<number> {
  const { name } = largeAsset();
  const { httpPort, httpsPort } = scene.gateway;
  const peer = new RawPeer({ port: tls ? httpsPort : httpPort, tls });
  await peer.opened;
  void peer.write(`GET /assets/${name} HTTP/1.1\r\nHost: x\r\n${fields}\r\n`);
  await peer.until(() => readAnswers(peer.heard())[0]?.isWhole === true, ANSWERED_WITHIN_MS);
  const [answer] = readAnswers(peer.heard());
  peer.end();
  await peer.until(() => peer.hasEnded, 2_000);
  await peer.leave();
  return answer?.bodyBytes ?? 0;
}

const LARGE: readonly Scenario[] = [
  ...Object.entries(SECOND)
    .filter(([name]) => name !== 'websocket')
    .flatMap(([name, fields]) =>
      [false, true].map((tls) => ({
        row: 'S2',
        what: `a large asset with an upgrade to ${name} over ${tls ? 'HTTPS' : 'HTTP'}`,
        setup: 'plain' as const,
        play: async (scene: Scene) => {
          const { byteCount } = largeAsset();
          const got = await askLarge(scene, tls, fields);
          if (got !== byteCount) scene.fault(`${got} of ${byteCount} bytes came`);
        },
      })),
    ),
  {
    row: 'S2',
    what: `${LARGE_REQUESTS} such requests leave no descriptor behind`,
    setup: 'plain',
    play: async (scene) => {
      const before = scene.gateway.monitor.descriptors();
      let left = LARGE_REQUESTS;
      let whole = 0;
      const { byteCount } = largeAsset();
      const work = async (): Promise<void> => {
        for (; left > 0 && scene.gateway.isRunning(); ) {
          left -= 1;
          const peer = new RawPeer({ port: scene.gateway.httpPort, keepBytes: 2 * byteCount });
          await peer.opened;
          void peer.write(`GET /assets/${largeAsset().name} HTTP/1.1\r\nHost: x\r\n${SECOND['h2c']}\r\n`);
          // A response that stops is the fault; do not wait for it six hundred times.
          if (await peer.until(() => readAnswers(peer.heard())[0]?.isWhole === true, 500)) whole += 1;
          peer.end();
          await peer.leave();
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      if (whole < LARGE_REQUESTS) scene.fault(`${whole} of ${LARGE_REQUESTS} answers were whole`);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const more = scene.gateway.monitor.descriptors() - before;
      if (more > LEAKED_AT_MOST) scene.fault(`${more} descriptors are left open`);
    },
  },
];

/** Requests in one packet, each with a mark in its answer; the answers must have that order. */
const ORDER: readonly Scenario[] = [
  ['a WebSocket behind an unknown page', ['/none', 'ws'], [404, 101]],
  ['a WebSocket behind two pages', ['/livez', '/none', 'ws'], [200, 404, 101]],
  ['an unwanted upgrade between two pages', ['/none', 'h2c', '/livez'], [404, 200]],
  [
    'eight pages',
    Array.from({ length: 8 }, (_, at) => (at % 2 === 0 ? '/livez' : '/none')),
    [200, 404, 200, 404, 200, 404, 200, 404],
  ],
].flatMap(([what, targets, statuses]) =>
  [false, true].map((tls) => ({
    row: 'S4',
    what: `${String(what)} over ${tls ? 'HTTPS' : 'HTTP'}`,
    setup: 'plain' as const,
    play: (scene: Scene) => askInOrder(scene, targets as string[], statuses as number[], tls),
  })),
);

async function askInOrder(
  scene: Scene,
  targets: readonly string[],
  wanted: readonly number[],
  tls: boolean,
): Promise<void> {
  const { httpPort, httpsPort } = scene.gateway;
  const peer = new RawPeer({ port: tls ? httpsPort : httpPort, tls });
  await peer.opened;
  const heads = targets.map((target) => {
    if (target === 'ws') return `GET /ws/v1 HTTP/1.1\r\nHost: x\r\n${SECOND['websocket']}\r\n`;
    if (target === 'h2c') return `GET /livez HTTP/1.1\r\nHost: x\r\n${SECOND['h2c']}\r\n`;
    return `GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`;
  });
  void peer.write(heads.join(''));
  await peer.until(() => readAnswers(peer.heard()).length >= wanted.length, ANSWERED_WITHIN_MS);
  const statuses = readAnswers(peer.heard()).map(({ status }) => status);
  // Fewer answers are allowed (the connection was closed), another order is not.
  const isPrefix = statuses.length <= wanted.length && statuses.every((status, at) => status === wanted[at]);
  if (!isPrefix || statuses.length === 0)
    scene.fault(`answers ${statuses.join(', ')} to ${wanted.join(', ')}`);
  else if (statuses.length < wanted.length && !peer.hasEnded) scene.fault('an answer is missing');
  await peer.leave();
}

export const UPGRADE_SCENARIOS: readonly Scenario[] = [...BEHIND, ...LARGE, ...ORDER];
