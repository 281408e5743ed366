// Captions over HTTP: a real publisher with captions in its SEI, and every answer that subtitle players receive.
import { expect, test } from 'vitest';
import { clipFrom } from '../../../server/relay/clip-loop.ts';
import { withCaptions } from '../../cases/captions-flv.ts';
import { command, popOn } from '../../cases/captions-line21.ts';
import { fetchMedia, reload } from '../../support/hls-client.ts';
import {
  type ClipSource,
  goLive,
  hasSegment,
  type OpenGateway,
  openGateway,
  tinyTags,
  untilListed,
} from '../gateway-fixture.ts';

const PAIRS = [
  ...popOn('CC1', [{ line: 15, text: 'FIRST & BEST' }]),
  ...Array<undefined>(30).fill(undefined),
  ...command('CC1', 'eraseDisplayed'),
];
const captionedClip = clipFrom(withCaptions(tinyTags, PAIRS));

async function goLiveWithCaptions(): Promise<{ open: OpenGateway; source: ClipSource }> {
  const open = await openGateway({ hls: { hold: '2s' } });
  const source = await goLive(open, 'words', 4_500, captionedClip);
  return { open, source };
}

test('a player finds the subtitles, and their text', async () => {
  const { open } = await goLiveWithCaptions();
  await untilListed(open.url('/live/words/main.m3u8'), hasSegment);
  const multivariant = await (await fetch(open.url('/live/words/index.m3u8'))).text();
  const uri = /TYPE=SUBTITLES.*URI="([^"]+)"/.exec(multivariant)?.[1];
  const { playlist, headers } = await fetchMedia(open.url(`/live/words/${uri}`));
  expect(headers.get('content-type')).toBe('application/vnd.apple.mpegurl');

  const texts = await Promise.all(
    playlist.segments
      .filter((segment) => segment.uri !== '')
      .map((segment) => fetch(open.url(`/live/words/${segment.uri}`))),
  );
  for (const answer of texts) {
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/vtt; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'access-control-allow-origin': '*',
    });
  }
  const text = (await Promise.all(texts.map((answer) => answer.text()))).join('');
  expect(text).toContain('line:84.67% position:10% align:start\nFIRST &amp; BEST\n\n');
});

test('a hinted part of text is held, and answered with the part of the video', async () => {
  const { open, source } = await goLiveWithCaptions();
  const url = open.url('/live/words/cc1.m3u8');
  const before = await fetchMedia(url);
  const hint = /PRELOAD-HINT:TYPE=PART,URI="([^"]+)"/.exec(before.text)?.[1];
  const held = fetch(open.url(`/live/words/${hint}`));
  const next = reload(url, before);
  source.sendUntil(5_000);
  expect((await held).status).toBe(200);
  expect(await (await held).text()).toMatch(/^WEBVTT\nX-TIMESTAMP-MAP=/);
  expect((await next).text).toContain(`URI="${hint}",INDEPENDENT=YES`);
});

test('what is not there is refused like anything else', async () => {
  const { open } = await goLiveWithCaptions();
  const status = async (file: string, init?: RequestInit): Promise<number> =>
    (await fetch(open.url(`/live/words/${file}`), init)).status;
  expect(await status('cc1.m3u8')).toBe(200);
  expect(await status('cc1.m3u8', { method: 'HEAD' })).toBe(200);
  expect(await status('cc1.m3u8?_HLS_msn=9')).toBe(200);
  expect(await status('cc1.m3u8?_HLS_part=9')).toBe(400);
  expect(await status('cc2.m3u8')).toBe(404);
  expect(await status('cc1-part-x-1.vtt')).toBe(404);
});

test('captions of a signed stream need the token, and their addresses keep it', async () => {
  const open = await openGateway({ hls: { hold: '2s' }, playback: { streams: { words: 'signed' } } });
  await goLive(open, 'words', 4_500, captionedClip);
  const token = open.gateway.playbackToken({ name: 'words', expiresAt: Date.now() + 60_000 });
  const folder = open.url(`/live/words/t/${token}/`);
  await untilListed(`${folder}main.m3u8`, hasSegment);
  const { text, playlist } = await fetchMedia(`${folder}cc1.m3u8`);
  const files = playlist.segments.map(({ uri }) => uri).filter((uri) => uri !== '');
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    expect((await fetch(new URL(file, `${folder}cc1.m3u8`))).status).toBe(200);
    expect((await fetch(open.url(`/live/words/${file}`))).status).toBe(403);
  }
  expect((await fetch(open.url('/live/words/cc1.m3u8'))).status).toBe(403);
  // Every address in it is relative, those of rendition reports too.
  for (const [, uri = ''] of text.matchAll(/URI="([^"]+)"/g)) expect(uri).toMatch(/^[^/:]+$/);
});
