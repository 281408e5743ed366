// Viewers measured: a stall that a slow line makes is seen by the operator within five seconds, and a browser that asks not to be
// tracked is not measured.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { openPage, untilPlaying, videoFacts } from '../support/browser.ts';
import { whenDone } from '../support/cleanup.ts';
import { publish } from '../support/ffmpeg.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { startSlowProxy } from '../support/slow-proxy.ts';
import { SocketClient } from '../support/socket-client.ts';

const NAME = 'measured';
/** What the issue allows. */
const SOON_MS = 5_000;

let gateway: GatewayProcess;

beforeAll(async () => {
  gateway = await startGateway();
  publish({
    url: gateway.rtmpUrl(NAME),
    video: { size: '320x180', rate: 30, gop: 60, preset: 'ultrafast' },
  });
  await gateway.waitForLog(({ state }) => state === 'live');
});

type Row = {
  readonly kind: string;
  readonly stalls?: number;
  readonly latencyMs?: number;
  readonly startupMs?: number;
  readonly bitrateBps?: number;
};

/** Of those who report. */
async function rows(): Promise<readonly Row[]> {
  const response = await fetch(gateway.url(`/api/v1/streams/${NAME}/viewers`));
  const { viewers } = (await response.json()) as { viewers: readonly Row[] };
  return viewers.filter(({ kind }) => kind === 'measured');
}

async function metrics(): Promise<string> {
  return (await fetch(gateway.url('/metrics'))).text();
}

/** All that the gateway has counted of reports, taken or not. */
async function reports(): Promise<readonly string[]> {
  return (await metrics()).match(/^sluice_viewer_reports_total\{.*$/gm) ?? [];
}

async function metric(name: string): Promise<number> {
  const text = await metrics();
  return Number(new RegExp(`^${name}\\{stream="${NAME}"[^}]*\\} (\\S+)$`, 'm').exec(text)?.[1]);
}

/** The hosts that a page asks, from now on. */
function hostsOf(page: Page): Set<string> {
  const hosts = new Set<string>();
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  page.on('websocket', (socket) => hosts.add(new URL(socket.url()).host));
  return hosts;
}

it('shows a stall by a slow line in the row of the viewer and in the metric, and asks no other host', async () => {
  const proxy = await startSlowProxy(gateway.httpPort);
  const { page, problems } = await openPage('about:blank');
  const hosts = hostsOf(page);
  await page.goto(proxy.url(`/watch/${NAME}`));
  await untilPlaying(page, { minFrames: 60 });
  await expect.poll(rows).toEqual([expect.objectContaining({ kind: 'measured' })]);
  await expect.poll(async () => (await rows())[0]?.latencyMs).toBeGreaterThan(100);
  expect((await rows())[0]?.startupMs).toBeGreaterThan(0);

  const dashboard = await SocketClient.open(gateway.url('/ws/v1'));
  dashboard.send({ op: 'sub', topic: 'detail', name: NAME });
  await dashboard.next('detail');
  // A busy machine makes stalls of its own. The gateway counts those of 200 ms and more, the browser every wait.
  const own = (await rows())[0]?.stalls ?? 0;
  const { stalls: waits } = await videoFacts(page);
  const isMore = ({ stalls = 0 }: { readonly stalls?: number }): boolean => stalls > own;
  proxy.hold();
  const chart = dashboard.until('detail', ({ d }) => (d.stalls ?? 0) > 0);
  await expect.poll(async () => (await videoFacts(page)).stalls, { timeout: 15_000 }).toBeGreaterThan(waits);
  const shownBy = AbortSignal.timeout(SOON_MS);
  await chart;
  await dashboard.until('viewers', ({ viewers }) => viewers.some(isMore));
  expect(shownBy.aborted, 'the chart and the table of the dashboard came later').toBe(false);
  await expect.poll(async () => (await rows()).some(isMore), { timeout: SOON_MS }).toBe(true);
  expect(await metric('sluice_viewer_stalls_total')).toBeGreaterThan(own);
  proxy.release();
  await untilPlaying(page, { minFrames: (await videoFacts(page)).decodedFrames + 30 });
  await expect.poll(() => metric('sluice_viewer_stalled_seconds_total')).toBeGreaterThan(0);

  expect([...hosts]).toEqual([proxy.host]);
  expect(problems.cspViolations).toEqual([]);
  // The last report says that the viewer has left.
  await page.goto('about:blank');
  await expect.poll(rows, { timeout: SOON_MS }).toEqual([]);
});

it('measures a viewer in a sandboxed frame, and none whose browser asks not to be tracked', async () => {
  const host = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(
      `<iframe src="${gateway.url(`/embed/${NAME}?autoplay=1`)}" sandbox="allow-scripts" allow="autoplay"></iframe>`,
    );
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  whenDone(() => void host.close());
  const { page } = await openPage(`http://localhost:${(host.address() as AddressInfo).port}/`);
  await expect.poll(rows, { timeout: 15_000 }).toEqual([expect.objectContaining({ kind: 'measured' })]);
  // An embed follows no numbers of the stream: the bitrate is what the playlist declares.
  await expect.poll(async () => (await rows())[0]?.bitrateBps).toBeGreaterThan(10_000);

  await page.addInitScript("Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })");
  await page.goto('about:blank');
  await expect.poll(rows, { timeout: SOON_MS }).toEqual([]);
  const before = await reports();
  await page.goto(gateway.url(`/watch/${NAME}`));
  await untilPlaying(page, { minFrames: 60 });
  expect(await reports()).toEqual(before);
});
