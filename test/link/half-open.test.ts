// Row 10 of docs/trust.md: the publisher's link is lost without a FIN, and it returns over another link. Real ffmpeg on
// separate hosts.
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { makeSource } from '../support/ffmpeg.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { fetchMedia, firstMediaUrl } from '../support/hls-client.ts';
import { FFMPEG } from '../support/test-tools.ts';
import { type LinkedHost, linkedHost } from './linked-host.ts';

const NAME = 'link';
const FPS = 15;
/** As encoders do after a request to reconnect. */
const RETRY_MS = 250;
const LIVE_TIMEOUT_MS = 60_000;

it.each([
  { awayMs: 1_000, isRefusedFirst: true },
  { awayMs: 3_000, isRefusedFirst: false },
  { awayMs: 5_000, isRefusedFirst: false },
])('takes back a publisher whose link was gone, after $awayMs ms', async ({ awayMs, isRefusedFirst }) => {
  const gateway = await startGateway();
  const [before, after] = [await linkedHost(1), await linkedHost(2)];
  const file = await makeSource('flv', {
    video: { size: '160x90', rate: FPS, gop: FPS, bitrateKbps: 60 },
    durationS: 60,
  });
  push(before, gateway, file);
  await gateway.waitForLog(({ state }) => state === 'live');
  const mediaUrl = await firstMediaUrl(gateway.url(`/live/${NAME}/index.m3u8`));
  const first = await fetchMedia(mediaUrl);

  await before.pullCable();
  await delay(awayMs);
  let refusals = 0;
  for (;;) {
    const publishing = push(after, gateway, file);
    const taken = gateway.waitForLog(({ code }) => code === 'replaced', LIVE_TIMEOUT_MS);
    taken.catch(() => undefined);
    const end = await Promise.race([taken, publishing.exited]);
    if ('msg' in end) break;
    refusals += 1;
    await delay(RETRY_MS);
  }
  expect(refusals > 0).toBe(isRefusedFirst);
  const closed = gateway.logs.filter(({ msg }) => msg === 'rtmp connection closed');
  expect(closed.map(({ code }) => code)).toEqual([
    ...Array.from({ length: refusals }, () => 'name_taken'),
    'replaced',
  ]);
  const second = await fetchMedia(mediaUrl);
  const { playlist } = second;
  expect(playlist.endlist).toBe(false);
  expect(playlist.mediaSequenceBase).toBeGreaterThanOrEqual(first.playlist.mediaSequenceBase ?? 0);
  let { text } = second;
  while (!text.includes('#EXT-X-DISCONTINUITY\n')) ({ text } = await fetchMedia(mediaUrl));
  expect(text.match(/#EXT-X-DISCONTINUITY\n/g)).toHaveLength(1);
});

function push(host: LinkedHost, gateway: GatewayProcess, file: string) {
  const url = `rtmp://${host.gatewayAddress}:${gateway.rtmpPort}/live/${NAME}`;
  return host.start(FFMPEG, [
    ...['-nostdin', '-v', 'warning', '-re', '-i', file],
    ...['-c', 'copy', '-f', 'flv', '-flvflags', 'no_duration_filesize', url],
  ]);
}
