// The dashboard and the alert rules, with a real Prometheus that scrapes a gateway with real publishers and players.
import { expect, it } from 'vitest';
import { publish } from '../support/ffmpeg.ts';
import { startGateway } from '../support/gateway-process.ts';
import { runProcess } from '../support/running-process.ts';
import { checkoutPath, readDeployed } from './deploy-files.ts';
import { startPrometheus } from './prometheus.ts';

type Panel = {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
};
type Dashboard = { readonly panels: readonly Panel[] };

/** What Grafana puts in for the variables with their default choice. */
const VARIABLES = { $instance: '.*', $stream: '.*', $__rate_interval: '10s' } as const;

const dashboard = JSON.parse(readDeployed('deploy/grafana/sluice.json')) as Dashboard;
const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => ({
    title,
    query: Object.entries(VARIABLES).reduce((text, [name, value]) => text.replaceAll(name, value), expr),
  })),
);

/** Counts that exist only after something was refused or repaired. */
const ONLY_AFTER_FAULTS = [
  'sluice_ingest_dropped_total',
  'sluice_ingest_repaired_total',
  'sluice_http_refused_total',
];

it('promtool accepts the configuration and its rules', async () => {
  const config = checkoutPath('deploy/prometheus/prometheus.yml');
  const { stdout } = await runProcess('promtool', ['check', 'config', config], { timeoutMs: 30_000 });
  expect(stdout).toMatch(/SUCCESS: \d+ rules found/);
});

it('every query of the dashboard returns data, and a killed publisher raises an alert', async () => {
  const gateway = await startGateway();
  const prometheus = await startPrometheus(gateway.httpPort);
  const encoder = publish({ url: gateway.rtmpUrl('first'), video: { size: '320x180', gop: 30 } });
  publish({ url: gateway.rtmpUrl('second'), video: { size: '320x180', gop: 30 } });
  const playlist = gateway.url('/live/first/main.m3u8');
  await expect.poll(async () => (await fetch(playlist)).status).toBe(200);

  expect(queries.length).toBeGreaterThan(20);
  for (const { title, query } of queries) {
    const isQuiet = ONLY_AFTER_FAULTS.some((name) => query.includes(name));
    await expect
      .poll(
        async () => {
          await followOnce(playlist);
          const samples = await prometheus.query(query);
          return isQuiet || samples.some(({ value: [, number] }) => Number.isFinite(Number(number)));
        },
        { message: `${title}: ${query}` },
      )
      .toBe(true);
  }

  expect((await prometheus.alerts()).filter(({ state }) => state === 'firing')).toEqual([]);
  await encoder.kill();
  await expect
    .poll(
      async () => (await prometheus.alerts()).find(({ state }) => state === 'firing')?.labels['alertname'],
    )
    .toBe('SluicePublisherLost');

  await gateway.stop();
  const firing = async (): Promise<readonly (string | undefined)[]> =>
    (await prometheus.alerts())
      .filter(({ state }) => state === 'firing')
      .map(({ labels }) => labels['alertname']);
  await expect.poll(firing).toContain('SluiceDown');
});

/** One blocking reload of a player, so that there is a held request to measure, and one report (CMCD). */
async function followOnce(playlist: string): Promise<void> {
  const text = await (await fetch(playlist)).text();
  const msn = Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1]) + (text.match(/#EXTINF/g)?.length ?? 0);
  await (await fetch(`${playlist}?_HLS_msn=${msn}`)).arrayBuffer();
  const body = `v=2,sid="player",cid="first",e=t,sta=p,ltc=1500,bl=(900),br=(2000),bsa=(0),ts=${Date.now()}`;
  const headers = { 'content-type': 'application/cmcd' };
  const reported = await fetch(new URL('/cmcd', playlist), { method: 'POST', headers, body });
  expect(reported.status).toBe(204);
}
