// Rows S15 and S16: guesses and bad input at the operators' API, and what clients and proxies claim about addresses.

import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { readAnswers } from '../http-answers.ts';
import { CANARY_NAME } from '../marks.ts';
import { RawPeer } from '../raw-peer.ts';
import { ADMIN_TOKEN, MAX_VIEWERS, PROXY_ADDRESS, type Scenario, type Scene } from '../scenario.ts';

const GUESSES = 300;
/** Ten at once, and one more in twelve seconds; the guesses take less than a minute. */
const MOST_GUESSES = 15;
const CAPTIONS = 3_000;
const FORGED_CLIENTS = 20_000;
const AT_ONCE = 40;
/** A PROXY header must come within 5 s. */
const REFUSED_WITHIN_MS = 7_000;
/** A viewer without a request for 10 s has left. */
const ROOM_WITHIN_MS = 20_000;
const ROOM_POLL_MS = 250;
const ANSWERED_WITHIN_MS = 5_000;

type Question = {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly localAddress: string;
  readonly agent?: Agent;
};

async function ask(scene: Scene, question: Question): Promise<{ status: number; text: string }> {
  const { path, method = 'GET', headers = {}, body, localAddress, agent } = question;
  const { httpPort: port } = scene.gateway;
  const outgoing = request({
    host: '127.0.0.1',
    port,
    path,
    method,
    headers,
    localAddress,
    agent: agent ?? false,
  });
  outgoing.end(body);
  const [response]: IncomingMessage[] = await once(outgoing, 'response');
  const chunks: Buffer[] = (await response?.toArray()) ?? [];
  return { status: response?.statusCode ?? 0, text: Buffer.concat(chunks).toString() };
}

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

/** Counts the statuses of guesses from one address; `headers` of the n-th guess. */
async function guess(scene: Scene, headers: (at: number) => Readonly<Record<string, string>>): Promise<void> {
  const localAddress = scene.newAddress();
  const counts = new Map<number, number>();
  for (let at = 0; at < GUESSES; at += 1) {
    const token = `guess-${String(at).padStart(30, '0')}`;
    const { status } = await ask(scene, {
      path: '/api/v1/keys',
      headers: { ...bearer(token), ...headers(at) },
      localAddress,
    });
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  const [wrong = 0, late = 0] = [counts.get(401), counts.get(429)];
  scene.figure(`${wrong} guesses were checked, ${late} were not`);
  if (wrong + late !== GUESSES) scene.fault(`the statuses were ${JSON.stringify([...counts])}`);
  if (wrong > MOST_GUESSES) scene.fault(`${wrong} guesses were checked`);
  const right = await ask(scene, {
    path: '/api/v1/keys',
    headers: bearer(ADMIN_TOKEN),
    localAddress: scene.newAddress(),
  });
  if (right.status !== 200) scene.fault(`the right token from another address got ${right.status}`);
  if (scene.gateway.texts.some((line) => line.includes('guess-'))) scene.fault('the log has a guess');
}

const DEEP = 100_000;
const BODIES: readonly (readonly [what: string, body: string, type?: string])[] = [
  ['no JSON', 'text=Hello'],
  ['another type', '{"text":"x"}', 'text/plain'],
  ['no object', '[]'],
  ['nothing', ''],
  ['an open string', '{"text":"'],
  ['deep lists', `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`],
  ['a megabyte', JSON.stringify({ text: 'x'.repeat(1_000_000) })],
  ['a prototype', '{"__proto__":{"text":"x"},"text":"x","constructor":1}'],
  ['an unknown field', '{"text":"x","more":1}'],
  ['numbers', '{"text":1e400}'],
  ['control characters', JSON.stringify({ text: 'a\u0000b\r\nWEBVTT' })],
];

const TARGETS: readonly string[] = [
  '/api/v1/streams/..%2f..%2fetc%2fpasswd/report',
  '/api/v1/streams/%00/report',
  `/api/v1/streams/${'a'.repeat(5_000)}/report`,
  '/api/v1/streams/%E0%A4%A/report',
  '/api/v1/streams/__proto__/report',
  '/api/v1/streams?limit=1&limit=2',
  '/api/v1/streams?limit=-1',
  '/api/v1/streams?after=%FF',
  '/api/v1/keys/../../../x',
  '//api/v1/keys',
  '/api/v1/nothing',
];

async function sendBodies(scene: Scene): Promise<void> {
  const localAddress = scene.newAddress();
  for (const [what, body, type = 'application/json'] of BODIES) {
    const { status, text } = await ask(scene, {
      path: `/api/v1/streams/${CANARY_NAME}/captions`,
      method: 'POST',
      headers: { ...bearer(ADMIN_TOKEN), 'content-type': type },
      body,
      localAddress,
    });
    if (status < 400 || status >= 500) scene.fault(`${what}: ${status}`);
    if (!text.includes('"title"')) scene.fault(`${what}: no reason in ${text.slice(0, 80)}`);
  }
}

async function sendTargets(scene: Scene): Promise<void> {
  for (const target of TARGETS) {
    const peer = new RawPeer({ port: scene.gateway.httpPort, localAddress: scene.newAddress() });
    await peer.opened;
    void peer.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ADMIN_TOKEN}\r\n\r\n`);
    await peer.until(() => readAnswers(peer.heard())[0]?.isWhole === true, ANSWERED_WITHIN_MS);
    const status = readAnswers(peer.heard())[0]?.status ?? 0;
    if (status < 300 || status >= 500) scene.fault(`${target.slice(0, 60)}: ${status}`);
    await peer.leave();
  }
}

async function floodCaptions(scene: Scene): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const localAddress = scene.newAddress();
  const write = (at: number): Promise<{ status: number }> =>
    ask(scene, {
      path: `/api/v1/streams/${CANARY_NAME}/captions`,
      method: 'POST',
      headers: { ...bearer(ADMIN_TOKEN), 'content-type': 'application/json' },
      body: JSON.stringify({ text: `caption ${at} ${'x'.repeat(60)}`, language: ['de', 'en'][at % 2] }),
      localAddress,
      agent,
    });
  const answers = await Promise.all(Array.from({ length: CAPTIONS }, (_, at) => write(at)));
  agent.destroy();
  const shown = answers.filter(({ status }) => status === 204).length;
  scene.figure(`${shown} of ${CAPTIONS} captions were accepted`);
  if (shown !== CAPTIONS) scene.fault(`${CAPTIONS - shown} captions were refused`);
}

const API: readonly Scenario[] = [
  { what: `${GUESSES} guesses of an admin token`, play: (scene: Scene) => guess(scene, () => ({})) },
  {
    what: `${GUESSES} guesses, each with another client in its forwarding headers`,
    play: (scene: Scene) =>
      guess(scene, (at) => ({
        'x-forwarded-for': `10.0.${at >> 8}.${at & 0xff}`,
        forwarded: `for=10.1.${at >> 8}.${at & 0xff}`,
        'x-real-ip': '127.0.0.1',
      })),
  },
  { what: 'bodies that are no request', play: sendBodies },
  { what: 'paths and queries that name nothing', play: sendTargets },
  { what: `${CAPTIONS} captions at once`, play: floodCaptions },
].map((scenario) => ({ row: 'S15', setup: 'guarded' as const, ...scenario }));

const V2 = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const HEADERS: readonly (readonly [what: string, bytes: Buffer])[] = [
  ['an RTMP handshake', Buffer.from([3, ...Buffer.alloc(1_536)])],
  ['a line without an end', Buffer.from(`PROXY TCP4 ${'1'.repeat(200)}`)],
  ['an address that is none', Buffer.from('PROXY TCP4 999.0.0.1 127.0.0.1 1 2\r\n')],
  ['a port that is none', Buffer.from('PROXY TCP4 10.0.0.1 127.0.0.1 70000 2\r\n')],
  ['a family that is none', Buffer.from('PROXY TCP9 10.0.0.1 127.0.0.1 1 2\r\n')],
  ['a second version 1 header', Buffer.from('PROXY PROXY TCP4\r\n')],
  ['version 3', Buffer.concat([V2, Buffer.of(0x31, 0x11, 0, 12), Buffer.alloc(12)])],
  ['a length of 64 KiB', Buffer.concat([V2, Buffer.of(0x21, 0x11, 0xff, 0xff), Buffer.alloc(70_000)])],
  ['an address that is cut off', Buffer.concat([V2, Buffer.of(0x21, 0x11, 0, 4), Buffer.alloc(4)])],
  ['half a signature', V2.subarray(0, 6)],
  ['nothing', Buffer.alloc(0)],
];

async function sendHeaders(scene: Scene): Promise<void> {
  const ended = await Promise.all(
    HEADERS.map(async ([what, bytes]) => {
      const peer = new RawPeer({ port: scene.gateway.rtmpPort, localAddress: PROXY_ADDRESS });
      await peer.opened;
      if (bytes.length > 0) void peer.write(bytes);
      const isEnded = await peer.until(() => peer.hasEnded, REFUSED_WITHIN_MS);
      await peer.leave();
      return [what, isEnded] as const;
    }),
  );
  for (const [what, isEnded] of ended) if (!isEnded) scene.fault(`${what}: the connection was left open`);
}

/** A client that is no proxy must not choose its address. */
async function claimAddress(scene: Scene): Promise<void> {
  const localAddress = scene.newAddress();
  const end = scene.gateway.nextEnd(localAddress);
  const peer = new RawPeer({ port: scene.gateway.rtmpPort, localAddress });
  await peer.opened;
  void peer.write(Buffer.from('PROXY TCP4 10.9.8.7 127.0.0.1 1 2\r\n'));
  const line = await Promise.race([end, delay(REFUSED_WITHIN_MS, undefined)]);
  if (line === undefined) scene.fault('the connection was not ended by its own address');
  else scene.figure(`ended with ${String(line['code'])}`);
  if (scene.gateway.texts.some((text) => text.includes('10.9.8.7')))
    scene.fault('the log has the claimed address');
  await peer.leave();
}

/** Players of a trusted proxy, each with an address of its own: more than the stream may have. */
async function forgeClients(scene: Scene): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const play = async (at: number): Promise<number> => {
    const client = [10, at >> 16, (at >> 8) & 0xff, at & 0xff].join('.');
    const path = `/live/${CANARY_NAME}/main.m3u8`;
    const headers = { 'x-forwarded-for': client };
    return (await ask(scene, { path, headers, localAddress: PROXY_ADDRESS, agent })).status;
  };
  const statuses = await Promise.all(Array.from({ length: FORGED_CLIENTS }, (_, at) => play(at)));
  const admitted = statuses.filter((status) => status === 200).length;
  const refused = statuses.filter((status) => status === 503 || status === 429).length;
  scene.figure(`${admitted} of ${FORGED_CLIENTS} were admitted`);
  if (admitted > MAX_VIEWERS) scene.fault(`${admitted} viewers were admitted, more than ${MAX_VIEWERS}`);
  if (admitted + refused !== FORGED_CLIENTS)
    scene.fault(`${FORGED_CLIENTS - admitted - refused} had no answer`);
  const deadline = performance.now() + ROOM_WITHIN_MS;
  let status = 0;
  for (let at = FORGED_CLIENTS; status !== 200 && performance.now() < deadline; at += 1) {
    status = await play(at);
    if (status !== 200) await delay(ROOM_POLL_MS);
  }
  agent.destroy();
  if (status !== 200) scene.fault('no viewer was admitted after the others had left');
}

const PROXIES: readonly Scenario[] = [
  { what: 'bytes of a trusted proxy that are no PROXY header', play: sendHeaders },
  { what: 'a PROXY header of a client', play: claimAddress },
  { what: `${FORGED_CLIENTS} viewers behind one trusted proxy`, play: forgeClients },
].map((scenario) => ({ row: 'S16', setup: 'guarded' as const, ...scenario }));

export const DOOR_SCENARIOS: readonly Scenario[] = [...API, ...PROXIES];
