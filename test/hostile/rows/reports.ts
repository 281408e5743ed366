// Row S17: reports of players (CMCD) that are expensive to read, claim viewers who do not exist, or never end.

import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { CANARY_NAME } from '../marks.ts';
import { RawPeer } from '../raw-peer.ts';
import type { Scenario, Scene } from '../scenario.ts';

const BODIES = 3_000;
const AT_ONCE = 20;
/** Reading these takes longest for their length; one body has as many as are read. */
const EXPENSIVE: readonly string[] = [
  `${'a=1,'.repeat(149)}b`,
  `sid="a",cid="${CANARY_NAME}",br=(${'1;b '.repeat(70)}`,
  `sid="${'x'.repeat(2_000)}"`,
  'a'.repeat(2_000),
].map((line) => `${line}\n`.repeat(Math.floor(16_000 / line.length)));
/** Places for bodies of one address. */
const MAX_BODIES = 50;
const OPEN_BODIES = 200;
/** Places for all bodies. */
const ALL_BODIES = 500;
/** Players of other addresses, one after the other. */
const OTHERS = 20;
const ANSWERED_WITHIN_MS = 5_000;

async function post(scene: Scene, body: string, localAddress: string, agent: Agent | false): Promise<number> {
  const { httpPort: port } = scene.gateway;
  const headers = { 'content-type': 'application/cmcd' };
  const outgoing = request({
    ...{ host: '127.0.0.1', port, path: '/cmcd', method: 'POST', headers, localAddress, agent },
  });
  outgoing.end(body);
  const [response]: IncomingMessage[] = await once(outgoing, 'response');
  await response?.toArray();
  return response?.statusCode ?? 0;
}

/** Sends bodies as fast as they are answered, and counts the statuses. */
async function flood(scene: Scene, bodyOf: (at: number) => string): Promise<ReadonlyMap<number, number>> {
  const localAddress = scene.newAddress();
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const counts = new Map<number, number>();
  let at = 0;
  const work = async (): Promise<void> => {
    while (at < BODIES) {
      at += 1;
      const status = await post(scene, bodyOf(at), localAddress, agent);
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  agent.destroy();
  scene.figure(`statuses: ${[...counts].map(([status, count]) => `${status} ${count} times`).join(', ')}`);
  return counts;
}

async function sendExpensive(scene: Scene): Promise<void> {
  const counts = await flood(scene, (at) => EXPENSIVE[at % EXPENSIVE.length] ?? '');
  if ((counts.get(429) ?? 0) < BODIES / 2) scene.fault('the flood was not limited');
}

/** Each report is of another player, of whom the gateway has seen no request. */
async function claimViewers(scene: Scene): Promise<void> {
  const report = (at: number): string => `v=2,sid="s${at}",cid="${CANARY_NAME}",e=t,ltc=1,bsa=(${at})`;
  await flood(scene, (at) => Array.from({ length: 20 }, (_, more) => report(at * 20 + more)).join('\n'));
  const response = await fetch(`${scene.gateway.httpUrl}/metrics`);
  const metrics = await response.text();
  const measured = Number(
    new RegExp(`^sluice_viewers_measured\\{stream="${CANARY_NAME}"\\} (\\d+)`, 'm').exec(metrics)?.[1],
  );
  scene.figure(`${measured} players are measured`);
  if (measured !== 0) scene.fault('players without requests are measured');
}

/** Bodies that never end take places of their own address only. */
async function neverEnd(scene: Scene): Promise<void> {
  const localAddress = scene.newAddress();
  const head = 'POST /cmcd HTTP/1.1\r\nHost: x\r\nContent-Length: 16000\r\n\r\nv=2,';
  const peers = Array.from(
    { length: OPEN_BODIES },
    () => new RawPeer({ port: scene.gateway.httpPort, localAddress }),
  );
  for (const peer of peers) {
    await peer.opened;
    void peer.write(head);
  }
  const refused = (): number => peers.filter((peer) => peer.heard().includes(' 429 ')).length;
  await peers[0]?.until(() => refused() >= OPEN_BODIES - MAX_BODIES, ANSWERED_WITHIN_MS);
  scene.figure(`${refused()} of ${OPEN_BODIES} were refused`);
  if (refused() !== OPEN_BODIES - MAX_BODIES) scene.fault(`${refused()} bodies were refused`);
  const line = `v=2,sid="s",cid="${CANARY_NAME}",e=t`;
  const other = await post(scene, line, scene.newAddress(), false);
  if (other !== 204) scene.fault(`another address got ${other}`);
  for (const peer of peers) await peer.leave();
}

/** Bodies that never end, from as many addresses as have all places together: others still get one. */
async function takeAllPlaces(scene: Scene): Promise<void> {
  const head = 'POST /cmcd HTTP/1.1\r\nHost: x\r\nContent-Length: 16000\r\n\r\nv=2,';
  const addresses = Array.from({ length: ALL_BODIES / MAX_BODIES }, () => scene.newAddress());
  const peers: RawPeer[] = [];
  for (const localAddress of addresses)
    for (let body = 0; body < MAX_BODIES; body += 1) {
      const peer = new RawPeer({ port: scene.gateway.httpPort, localAddress });
      peers.push(peer);
      await peer.opened;
      void peer.write(head);
    }
  const line = `v=2,sid="s",cid="${CANARY_NAME}",e=t`;
  let taken = 0;
  for (let at = 0; at < OTHERS; at += 1)
    if ((await post(scene, line, scene.newAddress(), false)) === 204) taken += 1;
  const ended = peers.filter((peer) => peer.hasEnded).length;
  scene.figure(
    `${taken} of ${OTHERS} reports of others were taken, and ${ended} of ${peers.length} bodies were ended`,
  );
  if (taken !== OTHERS) scene.fault(`${OTHERS - taken} reports of others were refused`);
  for (const peer of peers) await peer.leave();
}

export const REPORT_SCENARIOS: readonly Scenario[] = [
  { what: `${BODIES} bodies that take long to read`, play: sendExpensive },
  { what: `reports of ${BODIES * 20} players who do not exist`, play: claimViewers },
  { what: `${OPEN_BODIES} bodies that never end`, play: neverEnd },
  { what: `${ALL_BODIES} bodies that never end, from ten addresses`, play: takeAllPlaces },
].map((scenario) => ({ row: 'S17', setup: 'plain' as const, ...scenario }));
