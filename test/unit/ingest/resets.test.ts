// Row 37 of docs/trust.md: a publisher cut off in the middle of a message leaves only whole samples.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { mp4TrackId } from '../../../server/mp4/track-id.ts';
import { type ReadSample, readFragment } from '../../support/fragment-samples.ts';
import { fetchFresh, fetchMedia, listParts } from '../../support/hls-client.ts';
import { type OpenGateway, openGateway, tinyTags, untilState } from '../gateway-fixture.ts';
import { connectEncoder } from './raw-encoder.ts';

/** A key frame's tag header: frame type and codec, packet type, composition time (FLV 10.1, annex E.4.3). */
const TAG_HEADER_BYTES = 5;
const IDR_BYTES = 100_000;

const digest = (bytes: Buffer): string => `${bytes.length} ${createHash('sha1').update(bytes).digest('hex')}`;

async function pictures({ url }: OpenGateway, name: string): Promise<ReadSample[]> {
  const parts = listParts(await fetchMedia(url(`/live/${name}/main.m3u8`)));
  const samples: ReadSample[] = [];
  for (const part of parts) {
    const bytes = Buffer.from(await (await fetchFresh(part.url)).arrayBuffer());
    samples.push(...readFragment(bytes).filter(({ trackId }) => trackId === mp4TrackId('v0')));
  }
  return samples;
}

test.each([
  ['half of a key frame', 0.5],
  ['all of a key frame but a byte', 1 - 1 / IDR_BYTES],
])('a reset after %s: the segments end with the last whole picture', async (_what, share) => {
  const open = await openGateway();
  const { started, raw, session } = await connectEncoder(open.rtmpPort, 'reset');
  await started;
  const live = untilState(open.gateway, 'reset', 'live');
  for (const { kind, timestamp, body } of tinyTags) {
    if (kind === 'video') raw.socket.write(session.video(timestamp, body));
    if (kind === 'audio') raw.socket.write(session.audio(timestamp, body));
  }
  await live;
  const idr = session.video(
    4_000,
    Buffer.concat([Buffer.from('1701000000', 'hex'), Buffer.alloc(IDR_BYTES)]),
  );
  await raw.write(idr.subarray(0, Math.floor(idr.length * share)));
  const gone = untilState(open.gateway, 'reset', 'reconnecting');
  raw.socket.resetAndDestroy();
  await gone;

  const sent = tinyTags.filter(({ kind, body }) => kind === 'video' && body[1] === 1);
  const served = await pictures(open, 'reset');
  // Older segments no longer list their parts.
  expect(served.length).toBeGreaterThan(sent.length / 2);
  const last = sent.slice(-served.length).map(({ body }) => digest(body.subarray(TAG_HEADER_BYTES)));
  expect(served.map(({ data }) => digest(data))).toEqual(last);
  const ends = open.log.lines.filter(({ stream, code }) => stream === 'reset' && code !== undefined);
  // The system reports a reset as an error, or as an end when everything before it had been read.
  expect(ends.map(({ code }) => code)).toEqual([expect.stringMatching(/^(?:socket_error|peer_closed)$/)]);
  // Where the system allows few open files, the gateway warns when it opens.
  const warnings = open.log.lines.filter(({ level, maxConnections }) => {
    return Number(level) >= 40 && maxConnections === undefined;
  });
  expect(warnings).toEqual([]);
});
