// Ranges of media (RFC 9110 14; row 77 of the trust list): 206, 416 or the whole file, from pieces in separate blocks.
import { beforeAll, expect, test } from 'vitest';
import { fetchMedia, listParts } from '../../support/hls-client.ts';
import { rawGet } from '../../support/raw-get.ts';
import { type ClipSource, goLive, type OpenGateway, openGateway, untilListed } from '../gateway-fixture.ts';

let open: OpenGateway;
let source: ClipSource;
let segment: string;
let whole: Buffer;
let partEnds: readonly number[];

beforeAll(async () => {
  open = await openGateway();
  source = await goLive(open, 'range', 3_500);
  const listed = await untilListed(open.url('/live/range/main.m3u8'), ({ segments }) =>
    segments.some(({ uri, parts }) => uri !== '' && parts.length > 3),
  );
  const found = listed.playlist.segments.findLast(({ uri }) => uri !== '');
  segment = open.url(`/live/range/${found?.uri}`);
  whole = (await rawGet(segment)).body;
  let end = 0;
  const ends: number[] = [];
  for (const { url, msn } of listParts(listed)) {
    if (msn !== found?.mediaSequenceNumber) continue;
    end += (await rawGet(url)).body.length;
    ends.push(end);
  }
  partEnds = ends;
});

test('a segment is several parts', () => {
  expect(partEnds.length).toBeGreaterThan(2);
  expect(partEnds.at(-1)).toBe(whole.length);
});

test('a thousand ranges are each the bytes they name', async () => {
  // Places across the segment, and both sides of every border between parts.
  const places = Array.from({ length: 500 }, (_, at) => Math.floor((at * 7_919) % whole.length));
  const borders = partEnds.slice(0, -1).flatMap((end) => [end - 1, end]);
  const ranges = [...places, ...borders].flatMap((first, at) => {
    const last = Math.min(first + (at % 3 === 0 ? 0 : at * 13), whole.length - 1);
    return [
      { header: `bytes=${first}-${last}`, first, last },
      { header: `bytes=${first}-9007199254740992`, first, last: whole.length - 1 },
    ];
  });
  expect(ranges.length).toBeGreaterThanOrEqual(1_000);
  const check = async ({ header, first, last }: (typeof ranges)[number]): Promise<void> => {
    const { status, headers, body } = await rawGet(segment, { range: header });
    expect([status, headers['content-range'], headers['content-length']]).toEqual([
      206,
      `bytes ${first}-${last}/${whole.length}`,
      String(last - first + 1),
    ]);
    expect(body.equals(whole.subarray(first, last + 1))).toBe(true);
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
  };
  for (let at = 0; at < ranges.length; at += 100) await Promise.all(ranges.slice(at, at + 100).map(check));
});

test.each([
  ['bytes=-1', 206],
  ['bytes=-9007199254740993', 206],
  ['bytes=9007199254740992-', 416],
  ['bytes=-0', 416],
  ['bytes=9-3', 200],
  ['bytes=0-0,2-2', 200],
  [`bytes=${Array.from({ length: 800 }, (_, at) => `${at}-`).join(',')}`, 200],
  ['bytes=x', 200],
  ['lines=0-1', 200],
])('%s is answered with %i', async (range, status) => {
  const answer = await rawGet(segment, { range });
  expect(answer.status).toBe(status);
  if (status === 200) expect(answer.body.equals(whole)).toBe(true);
  if (status !== 416) return;
  expect(answer.headers['content-range']).toBe(`bytes */${whole.length}`);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(JSON.parse(answer.body.toString())).toMatchObject({ status: 416, title: 'No such range' });
});

test('a range is ignored in a HEAD, and beside an If-Range, which nothing can match', async () => {
  const head = await rawGet(segment, { range: 'bytes=0-1' }, 'HEAD');
  expect([head.status, head.headers['content-length']]).toEqual([200, String(whole.length)]);
  const conditional = await rawGet(segment, { range: 'bytes=0-1', 'if-range': '"x"' });
  expect([conditional.status, conditional.body.length]).toEqual([200, whole.length]);
});

test('an init segment has ranges', async () => {
  const { mapUrl = '' } = listParts(await fetchMedia(open.url('/live/range/main.m3u8')))[0] ?? {};
  const { body } = await rawGet(mapUrl);
  const answer = await rawGet(mapUrl, { range: 'bytes=4-7' });
  expect([answer.status, answer.body.toString('latin1')]).toEqual([206, 'ftyp']);
  expect(answer.headers['content-range']).toBe(`bytes 4-7/${body.length}`);
});

test('a range of a part that is still to come is held, and answered with its bytes', async () => {
  const hint = /#EXT-X-PRELOAD-HINT:TYPE=PART,URI="([^"]+)"/;
  const { text } = await fetchMedia(open.url('/live/range/main.m3u8'));
  const part = open.url(`/live/range/${hint.exec(text)?.[1]}`);
  const held = rawGet(part, { range: 'bytes=4-7' });
  await fetchMedia(open.url('/live/range/main.m3u8'));
  source.sendUntil(4_500);
  const answer = await held;
  expect([answer.status, answer.body.toString('latin1')]).toEqual([206, 'moof']);
});
