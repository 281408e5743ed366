// Invalid input ends clearly: the sender is told, the log names it, and another stream is not affected.
import { beforeAll, expect, it } from 'vitest';
import { publish } from '../support/ffmpeg.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { fetchFresh, fetchMedia, firstMediaUrl, reload } from '../support/hls-client.ts';
import { connectRaw, shakeHands } from '../support/rtmp-bytes.ts';

let gateway: GatewayProcess;

beforeAll(async () => {
  gateway = await startGateway();
  publish({ url: gateway.rtmpUrl('canary'), video: { size: '320x180' } });
  await gateway.waitForLog((line) => line['stream'] === 'canary' && line['state'] === 'live');
});

/** The other stream continues: its next parts arrive, and none of its own connections was closed. */
async function expectUndisturbed(): Promise<void> {
  const mediaUrl = await firstMediaUrl(gateway.url('/live/canary/index.m3u8'));
  let playlist = await fetchMedia(mediaUrl);
  for (let part = 0; part < 3; part += 1) playlist = await reload(mediaUrl, playlist);
  expect(gateway.logs.filter((line) => line['stream'] === 'canary' && 'code' in line)).toEqual([]);
  expect(playlist.text).not.toContain('DISCONTINUITY\n');
}

it('tells a publisher with a wrong name what is wrong, and logs the same without the name', async () => {
  const push = publish({ url: gateway.rtmpUrl('wrong%20name!'), video: { size: '320x180' } });
  const { stderr } = await push.exited;
  const words = "has '%' U+0025 as character 6";
  expect(stderr).toContain(words);
  const line = await gateway.waitForLog(({ code }) => code === 'bad_stream_name');
  expect(line['reason']).toContain(words);
  expect(JSON.stringify(gateway.logs)).not.toContain('wrong%20name!');
  await expectUndisturbed();
});

it('tells a publisher in the midst of its stream why it ends', async () => {
  const strict = await startGateway({ args: ['--rtmp-max-bitrate', '1kbit'] });
  const push = publish({ url: strict.rtmpUrl('much'), video: { size: '320x180' } });
  const { stderr } = await push.exited;
  expect(stderr).toContain('more than 1000 bit/s came');
  await strict.waitForLog(({ code, stream }) => code === 'bitrate' && stream === 'much');
});

it('refuses a second publisher while the first one speaks', async () => {
  const push = publish({ url: gateway.rtmpUrl('canary'), video: { size: '320x180' } });
  await push.exited;
  await gateway.waitForLog(({ code }) => code === 'name_taken');
  const mediaUrl = await firstMediaUrl(gateway.url('/live/canary/index.m3u8'));
  await reload(mediaUrl, await fetchMedia(mediaUrl));
});

it.each([
  ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
  ['a TLS hello', Buffer.from('16030100c8010000c40303', 'hex')],
  ['noise', Buffer.from('fffefdfcfbfaf9f8', 'hex')],
])('closes %s on the RTMP port by name', async (_what, bytes) => {
  const before = gateway.logs.filter(({ code }) => code === 'not_rtmp').length;
  const socket = await connectRaw(gateway.rtmpPort);
  await socket.write(bytes);
  await socket.untilClosed();
  expect(gateway.logs.filter(({ code }) => code === 'not_rtmp')).toHaveLength(before + 1);
  await expectUndisturbed();
});

it('closes a message over the limit with its name', async () => {
  const small = await startGateway({ args: ['--rtmp-max-message', '64KiB'] });
  const socket = await connectRaw(small.rtmpPort);
  await shakeHands(socket);
  // Chunk stream 3, timestamp 0, 65 537 bytes, a command on message stream 0.
  await socket.write(Buffer.from('03000000010001140000000002000763', 'hex'));
  await socket.untilClosed();
  const line = await small.waitForLog(({ code }) => code === 'message_too_large');
  expect(line['reason']).toContain('65537');
});

it.each([
  '/live/nobody/index.m3u8',
  '/live/nobody/main.m3u8',
  '/live/canary/seg-x-1.m4s',
  '/nothing/here',
  '/watch/no%20name',
])('answers %s with 404 and a reason, not to be stored', async (path) => {
  const response = await fetchFresh(gateway.url(path));
  expect(response.status).toBe(404);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('content-type')).toContain('application/problem+json');
});
