// What an operator sees of a source: what was dropped and what was repaired, by kind.
import { expect, test } from 'vitest';
import { noDrops } from '../../../server/media/drops.ts';
import { Timeline } from '../../../server/media/timeline.ts';
import { sourceReport } from '../../../server/stats/source-report.ts';
import type { StreamDetail } from '../../../server/stats/stream-view.ts';
import { goLive, openGateway, tinyClip, untilState } from '../gateway-fixture.ts';

test('counts are told apart by what became of the media, and kinds without any are left out', () => {
  const drops = { ...noDrops(), damagedAccessUnits: 3, untilSync: 20, reframed: 7, recoveryPoints: 2 };
  const { repairs } = new Timeline();
  const source = { remoteAddress: '192.0.2.7', encoder: 'OBS', onReplaced: () => {}, drops };
  expect(sourceReport({ ...source, repairs: { ...repairs, jumps: 1 } })).toEqual({
    encoder: 'OBS',
    dropped: { damagedAccessUnits: 3, untilSync: 20 },
    repaired: { reframed: 7, jumps: 1 },
    noticed: { recoveryPoints: 2 },
    leftOutTracks: {},
  });
});

test('the API shows them while somebody publishes, and the memory of the stream', async () => {
  const open = await openGateway();
  const detail = async (): Promise<StreamDetail> =>
    (await (await fetch(open.url('/api/v1/streams/shown'))).json()) as StreamDetail;
  // FLV annex E.4.3.1: frame type 1 means key frame; here for every picture.
  const tags = tinyClip.tags.map((tag) => {
    if (tag.kind !== 'video') return tag;
    return { ...tag, body: Buffer.concat([Buffer.of(0x17), tag.body.subarray(1)]) };
  });
  const source = await goLive(open, 'shown', 2_500, { ...tinyClip, tags });
  const { source: report, memoryBytes } = await detail();
  expect(report).toEqual({
    encoder: expect.stringContaining('FMLE'),
    dropped: {},
    repaired: { wrongKeyFlags: expect.any(Number) },
    noticed: {},
    leftOutTracks: {},
  });
  expect(memoryBytes).toBeGreaterThan(1_000);
  // Only the operator may know where a publisher is, and the API is public.
  expect(JSON.stringify(await detail())).not.toContain('127.0.0.1');
  const gone = untilState(open.gateway, 'shown', 'reconnecting');
  source.publisher.close();
  await gone;
  expect(await detail()).not.toHaveProperty('source');
});
