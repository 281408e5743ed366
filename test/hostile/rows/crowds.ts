// Rows S7, S9 and S12: many publishers, in sequence or at once, and publishers without media.

import { setTimeout as delay } from 'node:timers/promises';
import { EncoderScript } from '../../cases/rtmp-script.ts';
import { fetchFresh } from '../../support/hls-client.ts';
import { CODES } from '../expected-names.ts';
import { configured, videoFrame } from '../media-bytes.ts';
import { RawPeer } from '../raw-peer.ts';
import { RawPublisher } from '../raw-publisher.ts';
import { DATA_LIMIT_BYTES, type Scenario, type Scene } from '../scenario.ts';

const MIB = 1024 * 1024;
const FRAME_BYTES = 100_000;
const FRAME_MS = 40;
/** For the ends of rings, a region of free blocks, up to 120 connections and the heap. */
const ALLOWANCE_BYTES = 64 * MIB;
/** `media.max-memory` of the setup `capped` (`../expected-names.ts`). */
const MEDIA_CAP_BYTES = 256 * MIB * 1.15 + ALLOWANCE_BYTES;
/** The default of `media.max-memory` is half of the limit. */
const DATA_LIMITED_CAP_BYTES = (DATA_LIMIT_BYTES / 2) * 1.15 + ALLOWANCE_BYTES;

/** Sends this much media as a new stream. @returns the code of its end */
async function fillOne(
  scene: Scene,
  address: string,
  byteCount: number,
  staysMs = 0,
): Promise<{ readonly isStarted: boolean; readonly code: string | undefined; readonly sent: number }> {
  const publisher = new RawPublisher(scene.gateway, scene.newName(), address);
  if (!(await publisher.start())) {
    const code = await publisher.untilEnded();
    await publisher.peer.leave();
    return { isStarted: false, code, sent: 0 };
  }
  const { script } = publisher;
  await publisher.say(configured(script));
  let sent = 0;
  for (let at = 0; sent < byteCount; at += 10) {
    const frames = Array.from({ length: 10 }, (_, more) =>
      script.video((at + more) * FRAME_MS, videoFrame(FRAME_BYTES, (at + more) % 50 === 0)),
    );
    if (!(await publisher.say(Buffer.concat(frames)))) break;
    sent += 10 * FRAME_BYTES;
  }
  if (staysMs > 0) await publisher.peer.until(() => publisher.peer.hasEnded, staysMs);
  const code = publisher.peer.hasEnded ? await publisher.untilEnded() : undefined;
  await publisher.stop();
  return { isStarted: true, code, sent };
}

async function countedMemory(scene: Scene, run: () => Promise<void>): Promise<number> {
  let most = 0;
  let isDone = false;
  const look = async (): Promise<void> => {
    while (!isDone && scene.gateway.isRunning()) {
      const level = await scene.level();
      if (level !== undefined) most = Math.max(most, level.heap + level.arrayBuffers);
      await delay(500);
    }
  };
  const looking = look();
  await run().finally(() => {
    isDone = true;
  });
  await looking;
  return most;
}

/** Number of publishers that were ended for memory while `run` ran, by code. */
async function countedRefusals(scene: Scene, run: () => Promise<number>): Promise<number> {
  const count = (): Map<string, number> =>
    new Map(CODES.memoryOfAll.map((code) => [code, scene.gateway.endCount(code)]));
  const before = count();
  const publisherCount = await run();
  const refused = [...count()]
    .map(([code, times]) => ({ code, times: times - (before.get(code) ?? 0) }))
    .filter(({ times }) => times > 0);
  const words = refused.map(({ code, times }) => `${code} ${times}`).join(', ') || 'none';
  scene.figure(`${publisherCount} publishers, ended for memory: ${words}`);
  return refused.reduce((sum, { times }) => sum + times, 0);
}

type Crowd = { readonly count: number; readonly byteCount: number; readonly addresses: number };

/** Publishers that come at once. @returns how many were refused or ended for memory */
function manyAtOnce(scene: Scene, { count, byteCount, addresses }: Crowd): Promise<number> {
  const places = Array.from({ length: addresses }, () => scene.newAddress());
  return countedRefusals(scene, async () => {
    const publishers = Array.from({ length: count }, (_, at) =>
      fillOne(scene, places[at % addresses] ?? scene.newAddress(), byteCount, 5_000),
    );
    await Promise.all(publishers);
    return count;
  });
}

/** More publishers than there is memory for: some are ended and told why, and all together keep within `capBytes`. */
async function moreThanFit(scene: Scene, crowd: Crowd, capBytes: number): Promise<void> {
  let refused = 0;
  const most = await countedMemory(scene, async () => {
    refused = await manyAtOnce(scene, crowd);
  });
  if (refused === 0) scene.fault('no publisher was ended for memory');
  judgeMemory(scene, most, capBytes);
}

/** Publishers who share the memory: none is ended, each keeps less, and all together keep within `capBytes`. */
async function allFit(scene: Scene, crowd: Crowd, capBytes: number): Promise<void> {
  let refused = 0;
  const most = await countedMemory(scene, async () => {
    refused = await manyAtOnce(scene, crowd);
  });
  if (refused > 0) scene.fault(`${refused} of ${crowd.count} were refused or ended for memory`);
  judgeMemory(scene, most, capBytes);
}

function judgeMemory(scene: Scene, mostBytes: number, capBytes: number): void {
  scene.figure(`${(mostBytes / MIB).toFixed(0)} MiB in use at most`);
  if (mostBytes > capBytes) scene.fault(`${mostBytes} bytes were in use, ${capBytes} are allowed`);
}

const NAMES_IN_TURN = 60;

const MEMORY_OF_ALL: readonly Scenario[] = [
  {
    row: 'S7',
    what: '45 publishers of one address at once, 20 MB each',
    setup: 'capped',
    play: (scene) => moreThanFit(scene, { count: 45, byteCount: 20_000_000, addresses: 1 }, MEDIA_CAP_BYTES),
  },
  {
    row: 'S7',
    what: 'one connection at a time under 60 names, 15 MB each',
    setup: 'capped',
    play: async (scene) => {
      const address = scene.newAddress();
      let refused = 0;
      const most = await countedMemory(scene, async () => {
        refused = await countedRefusals(scene, async () => {
          for (let at = 0; at < NAMES_IN_TURN && scene.gateway.isRunning(); at += 1)
            await fillOne(scene, address, 15_000_000);
          return NAMES_IN_TURN;
        });
      });
      // A new publisher is accepted, because media of streams without a publisher is removed.
      if (refused > 0) scene.fault(`${refused} of ${NAMES_IN_TURN} were refused`);
      judgeMemory(scene, most, MEDIA_CAP_BYTES);
      const last = await fillOne(scene, scene.newAddress(), 1_000_000);
      if (!last.isStarted) scene.fault(`a publisher behind them was refused by ${last.code}`);
    },
  },
  {
    row: 'S7',
    what: '40 publishers within a data limit of 900 MB, 30 MB each',
    setup: 'data limit',
    play: (scene) =>
      allFit(scene, { count: 40, byteCount: 30_000_000, addresses: 4 }, DATA_LIMITED_CAP_BYTES),
  },
  {
    row: 'S7',
    what: '120 publishers within a data limit of 900 MB, 8 MB each',
    setup: 'data limit',
    play: (scene) =>
      moreThanFit(scene, { count: 120, byteCount: 8_000_000, addresses: 12 }, DATA_LIMITED_CAP_BYTES),
  },
  {
    row: 'S7',
    what: '20 000 names, none with media',
    setup: 'plain',
    play: manyNames,
  },
];

const NAMES = 20_000;
const NAMES_AT_ONCE = 40;
/** Longest list of streams. */
const MAX_LIST_BYTES = 1024 * 1024;

async function manyNames(scene: Scene): Promise<void> {
  let left = NAMES;
  const addresses = Array.from({ length: 20 }, () => scene.newAddress());
  const work = async (worker: number): Promise<void> => {
    const localAddress = addresses[worker % addresses.length] ?? scene.newAddress();
    while (left > 0 && scene.gateway.isRunning()) {
      left -= 1;
      const peer = new RawPeer({ port: scene.gateway.rtmpPort, localAddress });
      const publisher = new PoliteStranger(peer, scene.newName());
      await publisher.visit();
    }
  };
  await Promise.all(Array.from({ length: NAMES_AT_ONCE }, (_, worker) => work(worker)));
  const list = await (await fetchFresh(`${scene.gateway.httpUrl}/api/v1/streams`)).text();
  scene.figure(`the list of streams has ${list.length} bytes`);
  if (list.length > MAX_LIST_BYTES) scene.fault(`the list of streams has ${list.length} bytes`);
}

/** Publishes a name without media, and disconnects. */
class PoliteStranger {
  readonly #peer: RawPeer;
  readonly #name: string;

  constructor(peer: RawPeer, name: string) {
    this.#peer = peer;
    this.#name = name;
  }

  async visit(): Promise<void> {
    const script = new EncoderScript();
    await this.#peer.opened;
    await this.#peer.write(Buffer.concat([script.opening(), script.publish(this.#name)]));
    await this.#peer.until(() => this.#peer.heard().includes('NetStream.Publish'), 3_000);
    await this.#peer.leave();
  }
}

const PLACES: readonly Scenario[] = [
  {
    row: 'S9',
    what: '27 IPv4 addresses hold all places in turns, and a real encoder comes',
    setup: 'plain',
    play: async (scene) => {
      const isDone = { value: false };
      const addresses = Array.from({ length: 27 }, () => scene.newAddress());
      // Forty connections of each address, reopened when the gateway closes them.
      const holders = addresses.flatMap((localAddress) =>
        Array.from({ length: 40 }, async () => {
          while (!isDone.value && scene.gateway.isRunning()) {
            const peer = new RawPeer({ port: scene.gateway.rtmpPort, localAddress });
            await Promise.race([peer.closed, delay(6_000)]);
            await peer.leave();
            await delay(20);
          }
        }),
      );
      await delay(2_000);
      let accepted = 0;
      for (let at = 0; at < 10; at += 1) {
        const { isStarted } = await fillOne(scene, scene.newAddress(), 1_000_000);
        if (isStarted) accepted += 1;
        await delay(300);
      }
      isDone.value = true;
      await Promise.all(holders);
      scene.figure(`${accepted} of 10 encoders were accepted`);
      if (accepted < 10) scene.fault(`${10 - accepted} of 10 encoders were refused`);
    },
  },
];

const PING = Buffer.from('02000000000006040000000000060000002a', 'hex');
const WITHOUT_MEDIA_WITHIN_MS = 60_000;

const SILENT: readonly Scenario[] = [
  {
    row: 'S12',
    what: 'a publisher that never sends media, with a ping each second',
    setup: 'plain',
    play: async (scene) => {
      const publisher = new RawPublisher(scene.gateway, scene.newName(), scene.newAddress());
      if (!(await publisher.start())) return scene.fault('the publisher was refused');
      const deadline = performance.now() + WITHOUT_MEDIA_WITHIN_MS;
      while (performance.now() < deadline && (await publisher.say(PING))) await delay(1_000);
      const code = publisher.peer.hasEnded ? await publisher.untilEnded() : undefined;
      const known: readonly string[] = CODES.withoutMedia;
      if (code === undefined) scene.fault('it was not ended within a minute');
      else if (!known.includes(code)) scene.fault(`it was ended by ${code}`);
      await publisher.stop();
    },
  },
];

export const CROWD_SCENARIOS: readonly Scenario[] = [...MEMORY_OF_ALL, ...PLACES, ...SILENT];
