// The forms of one playlist: whole and delta (RFC 8216bis 6.2.5.1), in every coding (RFC 9110 12.5.3), cached as long as
// possible.
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { types } from 'hls-parser';
import { parse } from 'hls-parser';
import { beforeAll, describe, expect, test } from 'vitest';
import { type FetchedPlaylist, fetchMedia, nextPart } from '../../support/hls-client.ts';
import { rawGet } from '../../support/raw-get.ts';
import { type ClipSource, goLive, type OpenGateway, openGateway, untilListed } from '../gateway-fixture.ts';

let open: OpenGateway;
let source: ClipSource;
let sentMs = 20_000;
const PART_MS = 200;
const media = (query = ''): string => open.url(`/live/forms/main.m3u8${query}`);

beforeAll(async () => {
  // TARGETDURATION is 2: the Skip Boundary is 12 s before the end.
  open = await openGateway({ hls: { segment: '1s', window: '60s' } });
  source = await goLive(open, 'forms', sentMs);
  await allListed();
});

/** Resolves when less than a part of what was sent is not listed: the playlist stays as it is until more is sent. */
function allListed(): Promise<FetchedPlaylist<types.MediaPlaylist>> {
  const lengthOf = ({ duration, parts }: types.Segment): number =>
    duration || parts.reduce((sum, part) => sum + (part.hint ? 0 : (part.duration ?? 0)), 0);
  return untilListed(media(), ({ segments }) => {
    const listedMs = 1_000 * segments.reduce((sum, segment) => sum + lengthOf(segment), 0);
    return sentMs - listedMs < PART_MS;
  });
}

const DECODE = { br: brotliDecompressSync, gzip: gunzipSync };

describe('codings', () => {
  test.each(['main.m3u8', 'index.m3u8'])('%s comes in br, gzip and plain, and says so', async (file) => {
    const url = open.url(`/live/forms/${file}`);
    const plain = await rawGet(url);
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.headers.vary).toBe('Accept-Encoding');
    for (const coding of ['br', 'gzip'] as const) {
      const coded = await rawGet(url, { 'accept-encoding': coding });
      expect(coded.headers['content-encoding']).toBe(coding);
      expect(coded.headers.vary).toBe('Accept-Encoding');
      expect(coded.headers['content-length']).toBe(String(coded.body.length));
      expect(DECODE[coding](coded.body).equals(plain.body)).toBe(true);
      const head = await rawGet(url, { 'accept-encoding': coding }, 'HEAD');
      expect([head.headers['content-encoding'], head.headers['content-length'], head.body.length]).toEqual([
        coding,
        coded.headers['content-length'],
        0,
      ]);
    }
  });

  test('media is never compressed', async () => {
    const { playlist } = await fetchMedia(media());
    const uri = playlist.segments[0]?.uri ?? '';
    const answer = await rawGet(open.url(`/live/forms/${uri}`), { 'accept-encoding': 'br, gzip' });
    expect([answer.status, answer.headers['content-encoding'], answer.headers.vary]).toEqual([
      200,
      undefined,
      undefined,
    ]);
  });
});

describe('delta updates', () => {
  const text = async (query: string): Promise<string> => (await rawGet(media(query))).body.toString();

  test.each(['YES', 'v2'])('_HLS_skip=%s leaves out what is older than the Skip Boundary', async (value) => {
    const [full, delta] = [await text(''), await text(`?_HLS_skip=${value}`)];
    const skipped = Number(/#EXT-X-SKIP:SKIPPED-SEGMENTS=(\d+)\n/.exec(delta)?.[1]);
    expect(skipped).toBeGreaterThan(3);
    expect(delta).toContain('#EXT-X-VERSION:9\n');
    const read = [parse(full), parse(delta)];
    const [whole = [], rest = []] = read.map((playlist) => ('segments' in playlist ? playlist.segments : []));
    expect(rest.map(({ uri }) => uri)).toEqual(whole.slice(skipped).map(({ uri }) => uri));
    expect(rest[0]?.mediaSequenceNumber).toBe(whole[skipped]?.mediaSequenceNumber);
  });

  test('no request gets one that did not ask', async () => {
    const { playlist } = await fetchMedia(media());
    const { mediaSequenceNumber: msn = 0 } = playlist.segments.at(-1) ?? {};
    for (const query of ['', `?_HLS_msn=${msn - 1}`, '?skip=YES', '?_hls_skip=YES'])
      expect(await text(query)).not.toContain('EXT-X-SKIP');
  });

  test.each(['_HLS_skip=', '_HLS_skip=NO', '_HLS_skip=yes', '_HLS_skip=v3', '_HLS_skip=YES&_HLS_skip=YES'])(
    '%s is refused by name',
    async (query) => {
      const { status, body } = await rawGet(media(`?${query}`));
      expect(status).toBe(400);
      expect(JSON.parse(body.toString())).toMatchObject({
        title: 'Bad delivery directive',
        detail: expect.stringContaining('_HLS_skip'),
      });
    },
  );

  test('a held request with _HLS_skip is answered by the delta update of the cut', async () => {
    const { msn, partIndex } = nextPart((await allListed()).playlist);
    const query = `?_HLS_msn=${msn}&_HLS_part=${partIndex}`;
    const held = Promise.all([rawGet(media(`${query}&_HLS_skip=YES`)), rawGet(media(query))]);
    await fetchMedia(media());
    sentMs += 400;
    source.sendUntil(sentMs);
    const [delta, full] = (await held).map(({ body }) => body.toString());
    expect(delta).toContain('#EXT-X-SKIP:');
    expect(full).not.toContain('#EXT-X-SKIP:');
    const edge = (playlist = ''): string => playlist.slice(playlist.lastIndexOf('#EXT-X-PROGRAM-DATE-TIME'));
    expect(edge(delta)).toBe(edge(full));
  });
});

describe('caching (row 75 of the trust list)', () => {
  const cacheControl = async (query: string) => (await rawGet(media(query))).headers['cache-control'];

  test('what everybody who asks now gets is kept for a second', async () => {
    const { msn } = nextPart((await fetchMedia(media())).playlist);
    for (const query of ['', '?_HLS_msn=0', `?_HLS_msn=${msn - 3}&_HLS_part=0`])
      expect(await cacheControl(query)).toBe('public, max-age=0, s-maxage=1');
  });

  test('the first playlist that has a part is the same for all who ask for it, and is kept', async () => {
    const { msn, partIndex } = nextPart((await allListed()).playlist);
    const query = `?_HLS_msn=${msn}&_HLS_part=${partIndex}`;
    const held = rawGet(media(query));
    await fetchMedia(media());
    // A part is five frames, so one more is completed.
    sentMs += 200;
    source.sendUntil(sentMs);
    const [early, late] = [await held, await rawGet(media(query))];
    for (const { headers } of [early, late])
      expect(headers['cache-control']).toBe('public, max-age=0, s-maxage=60');
    expect(late.body.equals(early.body)).toBe(true);
    sentMs += 1_000;
    source.sendUntil(sentMs);
    await untilListed(media(), (playlist) => nextPart(playlist).msn > msn);
    expect(await cacheControl(query)).toBe('public, max-age=0, s-maxage=1');
  });
});
