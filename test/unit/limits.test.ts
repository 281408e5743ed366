// Every limit is in the list of the API and in metrics, and says when it was met.
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { EventLog } from '../../server/event-log.ts';
import { FIXED_LIMITS, type LimitName, LimitTally, limitNames } from '../../server/limit-tally.ts';
import { silentLogger } from '../../server/log.ts';
import { settingPaths } from '../../server/settings/table.ts';
import { EncoderScript } from '../cases/rtmp-script.ts';
import { readSources } from '../house/source-tree.ts';
import { ApiClient } from '../support/api-client.ts';
import { whenDone } from '../support/cleanup.ts';
import { connectRaw } from '../support/rtmp-bytes.ts';
import { SocketClient } from '../support/socket-client.ts';
import { goLive, openGateway } from './gateway-fixture.ts';

type Shown = {
  readonly name: LimitName;
  readonly setting?: string;
  readonly limit?: number;
  readonly unit: string;
  readonly inUse?: number;
  readonly timesMet: number;
  readonly lastMet?: string;
};

async function limitsOf(root: string): Promise<ReadonlyMap<string, Shown>> {
  const { status, body } = await (await ApiClient.open(root)).get('/limits');
  expect(status).toBe(200);
  return new Map((body.limits as Shown[]).map((shown) => [shown.name, shown]));
}

test('every setting that is a limit is in the list, with its figure and its unit', async () => {
  const { url } = await openGateway({ http: { maxViewers: 7 } });
  const limits = await limitsOf(url(''));
  const settings = settingPaths().filter((path) => path.includes('max-'));
  expect(settings.length).toBeGreaterThanOrEqual(30);
  expect([...limits.keys()]).toEqual([...settings, ...Object.keys(FIXED_LIMITS)]);
  for (const [name, { setting, limit }] of limits) {
    expect(setting, name).toBe(settings.includes(name as never) ? name : undefined);
    const isOff = ['rtmp.max-bitrate', 'stream.max-viewers'].includes(name);
    expect(limit === undefined, name).toBe(isOff);
    if (limit !== undefined) expect(limit, name).toBeGreaterThan(0);
  }
  expect(limits.get('http.max-viewers')).toMatchObject({ limit: 7, inUse: 0, unit: 'count', timesMet: 0 });
  expect(limits.get('rtmp.max-message')).toMatchObject({ limit: 16 * 2 ** 20, unit: 'bytes' });
  expect(limits.get('rtmp.max-bitrate')).toMatchObject({ unit: 'bits per second' });
  expect(limits.get('stream.max-ahead')).toMatchObject({ limit: 300_000, unit: 'milliseconds' });
});

test('the code tells of every limit', () => {
  const sources = readSources('server').filter(({ path }) => path.endsWith('.ts'));
  const tally = sources.find(({ path }) => path === 'server/limit-tally.ts')?.text ?? '';
  const byCode = tally.slice(tally.indexOf('const BY_CODE'));
  const isTold = (name: LimitName): boolean =>
    byCode.includes(`'${name}'`) ||
    sources.some(({ text }) => new RegExp(`(?:met|ignore|onLimit\\?\\.)\\([^;]*'${name}'`).test(text));
  expect(limitNames().filter((name) => !isTold(name))).toEqual([]);
});

test('a limit that one of several settings sets is known by the sentence', () => {
  const tally = new LimitTally({ epochMs: () => 5 });
  const { onEvent } = tally.watcher('rtmp');
  onEvent('amf_limit', 'AMF0 with more than 1024 values (rtmp.max-amf-values)');
  onEvent('no_keyframe', 'no key frame in 30.0 s (rtmp.key-frame-wait)');
  onEvent('callback_failed', '64 requests wait (callbacks.asking-per-address)');
  onEvent('too_many_connections', undefined);
  tally.watcher('http').onEvent('too_many_connections', undefined);
  const met = limitNames().filter((name) => tally.of(name).times > 0);
  expect(met.sort()).toEqual(
    [
      'rtmp.max-amf-values',
      'callbacks.asking-per-address',
      'rtmp.max-connections',
      'http.max-connections',
    ].sort(),
  );
  expect(tally.of('rtmp.max-amf-values')).toEqual({ times: 1, lastAt: 5 });
});

test('lines of the log that are not written are a limit that was met', () => {
  const tally = new LimitTally({ epochMs: () => 5 });
  const log = new EventLog(silentLogger, { monotonicMs: () => 0 }, 2, tally.watcher('http'));
  for (let line = 0; line < 5; line += 1) log.write('info', { code: 'gave_way' }, 'line');
  expect(tally.of('log.max-lines').times).toBe(3);
  expect(tally.of('rtmp.max-connections').times).toBe(5);
});

test('metadata that is left out counts its limit, and a text of the peer that names one counts nothing', async () => {
  const open = await openGateway();
  const raw = await connectRaw(open.rtmpPort);
  const script = new EncoderScript();
  const metadata = script.data('onMetaData', [Array.from({ length: 2_000 }, () => null)]);
  const command = script.command('rtmp.max-metadata', 0, null, []);
  await raw.write(Buffer.concat([script.opening(), script.publish('show'), metadata, command]));
  await open.log.until(({ what }) => String(what).includes('the command "rtmp.max-metadata"'));
  const limits = await limitsOf(open.url(''));
  const met = [...limits.values()].filter(({ timesMet }) => timesMet > 0);
  expect(met.map(({ name, timesMet }) => [name, timesMet])).toEqual([['rtmp.max-amf-values', 1]]);
});

test('limits that are met say so in the API and in metrics', async () => {
  const open = await openGateway({
    rtmp: { maxConnectionsPerAddress: 2, maxMetadata: '1KiB' },
    http: { maxViewers: 1, exemptNetworks: [], maxWebsocketsPerAddress: 2 },
    stream: { maxStreams: 1 },
  });
  const source = await goLive(open, 'show');
  // The source has one place of its address.
  await connectRaw(open.rtmpPort);
  const third = connect(open.rtmpPort, '127.0.0.1');
  whenDone(() => void third.destroy());
  await once(third.resume(), 'close');

  const first = await SocketClient.open(open.url('/ws/v1'));
  for (let at = 0; at <= 64; at += 1) first.send({ op: 'sub', topic: 'status', name: `s${at}` });
  await first.next('error');
  await SocketClient.open(open.url('/ws/v1'));
  const [refused] = await once(new WebSocket(open.url('/ws/v1').replace('http', 'ws')), 'error');
  expect(String(refused)).toContain('429');

  for (const agent of ['one', 'two'])
    await fetch(open.url('/live/show/main.m3u8'), { headers: { 'user-agent': agent } });
  const long = await fetch(open.url('/api/v1/reload'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `{"x":"${'x'.repeat(70_000)}"}`,
  });
  expect(long.status).toBe(413);

  const limits = await limitsOf(open.url(''));
  const met = [...limits.values()].filter(({ timesMet }) => timesMet > 0);
  expect(new Map(met.map(({ name, timesMet }) => [name, timesMet]))).toEqual(
    new Map([
      ['rtmp.max-connections-per-address', 1],
      ['http.max-websockets-per-address', 1],
      ['http.max-viewers', 1],
      ['websocket.subscriptions', 1],
      ['api.body', 1],
    ]),
  );
  for (const { lastMet } of met) expect(Date.parse(lastMet ?? '')).toBeGreaterThan(Date.now() - 60_000);
  expect(limits.get('stream.max-streams')).toMatchObject({ limit: 1, inUse: 1 });
  expect(limits.get('http.max-websockets')).toMatchObject({ inUse: 2 });
  expect(limits.get('http.max-viewers')).toMatchObject({ limit: 1, inUse: 1 });
  const metrics = await (await fetch(open.url('/metrics'))).text();
  expect(metrics).toContain('sluice_limit_met_total{limit="websocket.subscriptions"} 1\n');
  expect(metrics).toContain('sluice_limit_met_total{limit="http.max-held-per-address"} 0\n');
  expect(metrics).toContain('sluice_limit{limit="stream.max-streams"} 1\n');
  expect(metrics).toContain('sluice_limit_used{limit="http.max-websockets"} 2\n');
  expect(metrics).not.toContain('sluice_limit{limit="rtmp.max-bitrate"}');
  expect(source).toBeDefined();
});
