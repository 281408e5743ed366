// Held requests and slow readers: answered when the part exists, forgotten when the client leaves, and never with a wrong
// byte (RFC 8216bis 6.2.5.2 and 6.2.5.3).
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { fetchMedia, nextPart, reload } from '../../support/hls-client.ts';
import { connectRaw } from '../../support/rtmp-bytes.ts';
import {
  fattened,
  goLive,
  type hasSegment,
  type OpenGateway,
  openGateway,
  startSource,
  tinyClip,
  untilListed,
  untilState,
} from '../gateway-fixture.ts';

const media = (open: OpenGateway, name: string, query = ''): string =>
  open.url(`/live/${name}/main.m3u8${query}`);

function hintIn(text: string): string {
  return /#EXT-X-PRELOAD-HINT:TYPE=PART,URI="([^"]+)"/.exec(text)?.[1] ?? '';
}

test('a blocking reload is answered when the part exists, and not before', async () => {
  const open = await openGateway();
  const source = await goLive(open, 'held');
  const { playlist, text } = await fetchMedia(media(open, 'held'));
  const { msn, partIndex } = nextPart(playlist);
  let isAnswered = false;
  const held = fetchMedia(media(open, 'held', `?_HLS_msn=${msn}&_HLS_part=${partIndex}`)).then((answer) => {
    isAnswered = true;
    return answer;
  });
  // A second round trip on the same server: after it, the held request has been read.
  expect((await fetchMedia(media(open, 'held'))).text).toBe(text);
  expect(isAnswered).toBe(false);
  source.sendUntil(2_800);
  const answer = await held;
  expect(nextPart(answer.playlist)).not.toEqual({ msn, partIndex });
});

test('viewers behind one address are told apart by how many wait at once', async () => {
  const open = await openGateway();
  const source = await goLive(open, 'crowd');
  const { playlist } = await fetchMedia(media(open, 'crowd'));
  const next = (playlist.segments.at(-1)?.mediaSequenceNumber ?? 0) + 1;
  const viewers = async () => (await fetch(open.url('/api/v1/streams/crowd'))).json();
  expect(await viewers()).toMatchObject({ viewers: 1 });
  const crowd = Array.from({ length: 7 }, () => fetchMedia(media(open, 'crowd', `?_HLS_msn=${next}`)));
  // Read after those seven, because all connections are on one server.
  await fetchMedia(media(open, 'crowd'));
  expect(await viewers()).toMatchObject({ viewers: 7 });
  source.sendUntil(6_500);
  await Promise.all(crowd);
  expect(await viewers()).toMatchObject({ viewers: 7 });
});

test.each([
  ['main.m3u8?_HLS_msn=x', 400, 1],
  ['main.m3u8', 200, 1],
  ['index.m3u8', 200, 0],
  ['part-x-1.m4s', 404, 0],
])('%s is answered %d and makes %d viewers', async (file, status, count) => {
  const open = await openGateway();
  await goLive(open, 'counted');
  expect((await fetch(open.url(`/live/counted/${file}`))).status).toBe(status);
  const stream = await (await fetch(open.url('/api/v1/streams/counted'))).json();
  expect(stream).toMatchObject({ viewers: count });
});

test('all who wait for the same part get the same text', async () => {
  const open = await openGateway();
  const source = await goLive(open, 'herd');
  const { playlist } = await fetchMedia(media(open, 'herd'));
  const { msn, partIndex } = nextPart(playlist);
  const herd = Array.from({ length: 50 }, () =>
    fetchMedia(media(open, 'herd', `?_HLS_msn=${msn}&_HLS_part=${partIndex}`)),
  );
  await fetchMedia(media(open, 'herd'));
  source.sendUntil(2_700);
  const texts = new Set((await Promise.all(herd)).map(({ text }) => text));
  expect(texts.size).toBe(1);
});

test('the hinted part is held and answered with its bytes', async () => {
  const open = await openGateway();
  const source = await goLive(open, 'hint');
  const hint = hintIn((await fetchMedia(media(open, 'hint'))).text);
  const held = fetch(open.url(`/live/hint/${hint}`));
  await fetchMedia(media(open, 'hint'));
  source.sendUntil(2_900);
  const response = await held;
  expect(response.status).toBe(200);
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(bytes.toString('latin1', 4, 8)).toBe('moof');
  const again = await fetch(open.url(`/live/hint/${hint}`));
  expect(Buffer.from(await again.arrayBuffer()).equals(bytes)).toBe(true);
});

test('a hinted part that does not come is 503, one that never will is 404', async () => {
  const open = await openGateway({ hls: { hold: '200ms' } });
  const source = await goLive(open, 'gone');
  const hint = hintIn((await fetchMedia(media(open, 'gone'))).text);
  const late = await fetch(open.url(`/live/gone/${hint}`));
  expect([late.status, late.headers.get('retry-after')]).toEqual([503, '1']);
  source.publisher.close();
  await source.publisher.closed;
});

test('a player that comes with the publisher is held until there is something to play', async () => {
  const open = await openGateway();
  const source = await startSource(open.rtmpPort, 'early');
  const early = fetch(open.url('/live/early/index.m3u8'));
  source.sendUntil(2_500);
  const response = await early;
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('main.m3u8');
});

test('when the publisher is lost, all who wait are told at once, and who asks then waits for its return', async () => {
  const open = await openGateway({ stream: { grace: '30s' } });
  const source = await goLive(open, 'lost');
  const { playlist, text } = await fetchMedia(media(open, 'lost'));
  const { mediaSequenceNumber: msn = 0 } = playlist.segments.at(-1) ?? {};
  const paths = [media(open, 'lost', `?_HLS_msn=${msn + 1}`), open.url(`/live/lost/${hintIn(text)}`)];
  const held = paths.map((path) => fetch(path));
  await fetchMedia(media(open, 'lost'));
  const lost = untilState(open.gateway, 'lost', 'reconnecting');
  source.publisher.close();
  await lost;
  const after = await fetchMedia(media(open, 'lost'));
  const { msn: nextMsn, partIndex } = nextPart(after.playlist);
  const patient = fetchMedia(media(open, 'lost', `?_HLS_msn=${nextMsn}&_HLS_part=${partIndex}`));
  await fetchMedia(media(open, 'lost'));
  const back = await startSource(open.rtmpPort, 'lost');
  back.sendUntil(2_500);
  // The returned stream does not answer requests from before; they already have answers.
  for (const [at, answer] of (await Promise.all(held)).entries()) {
    // The last picture is a separate part: the last media of the publisher completes the hinted part.
    expect([answer.status, answer.headers.get('retry-after')]).toEqual(at === 0 ? [503, '1'] : [200, null]);
    await answer.arrayBuffer();
  }
  expect((await patient).text).toContain('#EXT-X-DISCONTINUITY\n');
});

test('a player that waits for a stream whose publisher leaves before it began is told at once', async () => {
  const open = await openGateway();
  const source = await startSource(open.rtmpPort, 'never');
  const early = fetch(open.url('/live/never/index.m3u8'));
  await fetch(open.url('/live/never/main.m3u8'));
  const lost = untilState(open.gateway, 'never', 'reconnecting');
  source.publisher.close();
  await lost;
  const next = await startSource(open.rtmpPort, 'never');
  next.sendUntil(2_500);
  const answer = await early;
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
});

test('a client that leaves frees its place', async () => {
  const open = await openGateway();
  const source = await goLive(open, 'leave');
  const { playlist } = await fetchMedia(media(open, 'leave'));
  const { msn, partIndex } = nextPart(playlist);
  const abort = new AbortController();
  const held = fetch(media(open, 'leave', `?_HLS_msn=${msn}&_HLS_part=${partIndex}`), {
    signal: abort.signal,
  });
  await fetchMedia(media(open, 'leave'));
  abort.abort();
  await expect(held).rejects.toThrow();
  source.sendUntil(2_900);
  const after = await fetchMedia(media(open, 'leave', `?_HLS_msn=${msn}&_HLS_part=${partIndex}`));
  expect(after.status).toBe(200);
  expect(open.log.lines.filter(({ level }) => Number(level) >= 40)).toEqual([]);
});

test('close() answers those who wait, and the playlist has its end', async () => {
  const open = await openGateway();
  await goLive(open, 'ending');
  const { playlist } = await fetchMedia(media(open, 'ending'));
  const next = (playlist.segments.at(-1)?.mediaSequenceNumber ?? 0) + 1;
  const held = fetchMedia(media(open, 'ending', `?_HLS_msn=${next}`));
  const first = await fetchMedia(media(open, 'ending'));
  const closed = open.gateway.close();
  expect((await held).text).toContain('#EXT-X-ENDLIST');
  expect((await reload(media(open, 'ending'), first)).text).toContain('#EXT-X-ENDLIST');
  await closed;
});

/** Reads one response of a raw HTTP/1.1 exchange with a Content-Length. */
function bodyOf(received: Buffer): Buffer | undefined {
  const at = received.indexOf('\r\n\r\n');
  if (at < 0) return undefined;
  const length = Number(/content-length: (\d+)/i.exec(received.toString('latin1', 0, at))?.[1]);
  const body = received.subarray(at + 4);
  return body.length >= length ? body.subarray(0, length) : undefined;
}

test('a reader that pauses gets right bytes, however often the ring turns over', async () => {
  const open = await openGateway({ hls: { 'max-memory': '128MiB' } });
  const source = await goLive(open, 'slow', 4_500, fattened(tinyClip, 180_000));
  // The first segment is short.
  const hasThird: typeof hasSegment = (playlist) =>
    playlist.segments.filter((segment) => segment.uri !== '').length > 2;
  let playlist = await untilListed(media(open, 'slow'), hasThird);
  const uri = playlist.playlist.segments.findLast((segment) => segment.uri !== '')?.uri ?? '';
  const right = Buffer.from(await (await fetch(open.url(`/live/slow/${uri}`))).arrayBuffer());
  // More than the kernel's buffers hold, so that a paused reader leaves bytes in the gateway.
  expect(right.length).toBeGreaterThan(8_000_000);

  const reader = await connectRaw(open.httpPort);
  reader.socket.pause();
  await reader.write(Buffer.from(`GET /live/slow/${uri} HTTP/1.1\r\nhost: x\r\n\r\n`));
  let status = 200;
  let ms = 4_500;
  while (status === 200) {
    ms += 500;
    source.sendUntil(ms);
    playlist = await reload(media(open, 'slow'), playlist);
    ({ status } = await fetch(open.url(`/live/slow/${uri}`), { method: 'HEAD' }));
  }
  expect(status).toBe(404);
  // Send the same amount again, into memory that may have been released.
  for (let parts = 0; parts < 40; parts += 1) {
    ms += 200;
    source.sendUntil(ms);
    playlist = await reload(media(open, 'slow'), playlist);
  }
  reader.socket.resume();
  let body = bodyOf(reader.received());
  while (body === undefined) {
    await once(reader.socket, 'data');
    body = bodyOf(reader.received());
  }
  expect(body.equals(right)).toBe(true);
});

test('pipelined requests of a client that leaves keep nothing: no place in the queue, no memory', async () => {
  const open = await openGateway();
  const source = await goLive(open, 'pipe');
  const { playlist, text } = await fetchMedia(media(open, 'pipe'));
  const { msn, partIndex } = nextPart(playlist);
  const raw = await connectRaw(open.httpPort);
  const held = `/live/pipe/main.m3u8?_HLS_msn=${msn}&_HLS_part=${partIndex}`;
  const requests = [held, `/live/pipe/${hintIn(text)}`, held];
  await raw.write(Buffer.from(requests.map((path) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`).join('')));
  await fetchMedia(media(open, 'pipe'));
  raw.socket.resetAndDestroy();
  source.sendUntil(3_500);
  expect((await fetchMedia(media(open, 'pipe', `?_HLS_msn=${msn}&_HLS_part=${partIndex}`))).status).toBe(200);
  expect(open.log.lines.filter(({ level }) => Number(level) >= 40)).toEqual([]);
});
