// Callbacks and webhooks of the built gateway with a real ffmpeg: a back-end renames the key, and a kill loses no event.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Webhook } from 'standardwebhooks';
import { beforeAll, expect, it } from 'vitest';
import { type Backend, type BackendRequest, startBackend, withStatus } from '../support/backend.ts';
import { publish } from '../support/ffmpeg.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { fetchFresh } from '../support/hls-client.ts';
import { leakSearch } from '../support/leak-search.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const KEY = 'hidden-key-of-the-show';
const TOKEN = 'hidden-token-of-the-show';
const SMALL = { size: '320x180' };
const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;

let folder: string;
let receiver: Backend;
let operator: Backend;
let gateway: GatewayProcess;
const told: string[] = [];

function start(): Promise<GatewayProcess> {
  return startGateway({
    args: [
      '--data-dir',
      folder,
      '--auth-publish-url',
      operator.url,
      '--auth-format',
      'nginx-rtmp',
      '--log-level',
      'debug',
    ],
    env: { SLUICE_WEBHOOKS_LIST: JSON.stringify([{ url: receiver.url, secret }]) },
  });
}

/** Types of the events of the show, each verified. */
function typesOf({ requests }: Backend): string[] {
  const events = requests.map(({ body, headers }) =>
    new Webhook(secret).verify(body, headers as Record<string, string>),
  );
  return (events as { type: string; data: { stream?: string } }[])
    .filter(({ data }) => data.stream === 'show')
    .map(({ type }) => type);
}

beforeAll(async () => {
  leakSearch.keepSecret('the key', KEY);
  leakSearch.keepSecret('the token of the encoder', TOKEN);
  folder = temporaryFolder('hooks');
  receiver = await startBackend(withStatus(200));
  operator = await startBackend((request, response) => {
    const form = new URLSearchParams(request.body);
    const isAllowed = form.get('name') === KEY && form.get('token') === TOKEN;
    response.writeHead(isAllowed ? 302 : 404, isAllowed ? { location: 'show' } : {}).end();
  });
  gateway = await start();
});

it('publishes under the name of the answer, and refuses in words that the encoder shows', async () => {
  const push = publish({ url: `${gateway.rtmpUrl(KEY)}?token=${TOKEN}`, video: SMALL });
  await gateway.waitForLog((line) => line['stream'] === 'show' && line['state'] === 'live');
  expect((await fetchFresh(gateway.url('/live/show/index.m3u8'))).status).toBe(200);
  expect((await fetchFresh(gateway.url(`/live/${KEY}/index.m3u8`))).status).toBe(404);
  const { stderr } = await publish({ url: gateway.rtmpUrl(`${KEY}-wrong`), video: SMALL }).exited;
  expect(stderr).toContain("the operator's server does not let this stream key publish");
  await receiver.untilRequests(3);
  expect(typesOf(receiver)).toEqual(['stream.connecting', 'stream.live']);
  // The receiver fails from now on.
  receiver.answerWith(withStatus(503));
  await push.stop();
  await gateway.waitForLog(({ msg }) => msg === 'a webhook failed');
});

it('is killed right after an event, and the next gateway sends all that waited, in order', async () => {
  const isReconnecting = (request: BackendRequest): boolean =>
    typesOf({ ...receiver, requests: [request] }).includes('stream.reconnecting');
  await expect.poll(() => receiver.requests.some(isReconnecting)).toBe(true);
  const states = gateway.logs.length;
  const push = publish({ url: `${gateway.rtmpUrl(KEY)}?token=${TOKEN}`, video: SMALL });
  await gateway.waitForLog((line) => line['state'] === 'live' && gateway.logs.indexOf(line) >= states);
  await gateway.stop('SIGKILL');
  await push.exited;
  told.push(JSON.stringify(gateway.logs));
  for (const name of readdirSync(folder)) told.push(readFileSync(path.join(folder, name), 'utf8'));
  const failed = receiver.requests.find(isReconnecting);
  const before = receiver.requests.length;
  receiver.answerWith(withStatus(200));
  gateway = await start();
  // The event of another stream may be sent among these.
  const sentAgain = () => receiver.requests.slice(before);
  await expect
    .poll(() => typesOf({ ...receiver, requests: sentAgain() }))
    .toEqual(['stream.reconnecting', 'stream.connecting', 'stream.live', 'stream.ended']);
  expect(sentAgain().find(isReconnecting)?.headers['webhook-id']).toBe(failed?.headers['webhook-id']);
  expect(sentAgain().some(({ body }) => body.includes('restarted'))).toBe(true);
  expect(await gateway.stop()).toBe(0);
});

it('has told the key and the token to the operator only', () => {
  told.push(JSON.stringify(gateway.logs), JSON.stringify(receiver.requests));
  expect(told.join('\n')).toContain('show');
  expect(told.join('\n')).not.toMatch(/hidden-|whsec_/);
});
