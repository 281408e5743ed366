// Every shape of stream, publishers that return, tracks that change: a real gateway, real ffmpeg, the project's own
// checker. SLUICE_TEST_CONFORMANCE_WRITE=1 writes the table into docs/measured/conformance.md.
import { afterAll, describe, expect, it } from 'vitest';
import type { CheckReport } from '../../server/check/check-stream.ts';
import { makeSource, publishFile, type SourceOptions } from '../support/ffmpeg.ts';
import { startGateway } from '../support/gateway-process.ts';
import { ClipPush } from './clip-push.ts';
import { checkLive, checkShape, findingsOf, streamName } from './conformance-run.ts';
import { writeConformanceTable } from './conformance-table.ts';
import { STREAM_SHAPES, type StreamShape } from './stream-shapes.ts';

/** Streams that are followed at the same time: with more, the test would measure the machine. */
const AT_A_TIME = 7;
const SMALL = { size: '160x90', preset: 'ultrafast', bitrateKbps: 150, rate: 25, gop: 25 };
const OTHER = { ...SMALL, size: '192x108' };

const reports = new Map<string, CheckReport>();

afterAll(() => {
  if (process.env['SLUICE_TEST_CONFORMANCE_WRITE'] === '1') writeConformanceTable(reports);
});

function clipOf(video: NonNullable<SourceOptions['video']>, durationS: number): Promise<string> {
  return makeSource('flv', { video, audio: { bitrateKbps: 48 }, durationS });
}

function expectNothing(name: string, report: CheckReport): void {
  reports.set(name, report);
  expect(findingsOf(report)).toEqual([]);
}

describe('shapes', () => {
  it.each(inGroups(STREAM_SHAPES))('%s', async (_names, shapes) => {
    const gateway = await startGateway();
    const found = await Promise.all(
      shapes.map(async (shape) => {
        const report = await checkShape(gateway, { ...shape, name: streamName(shape.name) });
        reports.set(shape.name, report);
        return findingsOf(report);
      }),
    );
    expect(found.flat()).toEqual([]);
  });
});

it('publishers that go and come', async () => {
  const gateway = await startGateway();
  const small = await clipOf(SMALL, 6);
  const again = { same: await clipOf(SMALL, 20), other: await clipOf(OTHER, 20) };
  const comeBack = async (name: string, next: string, goes: 'ends' | 'is killed'): Promise<CheckReport> => {
    const push = publishFile(goes === 'ends' ? small : again.same, gateway.rtmpUrl(name));
    const checked = checkLive(gateway, name, 18);
    if (goes === 'ends') await push.exited;
    else {
      await gateway.waitForLog((line) => line['stream'] === name && line['state'] === 'live');
      await push.kill();
    }
    publishFile(next, gateway.rtmpUrl(name));
    return checked;
  };
  const [same, other, killed] = await Promise.all([
    comeBack('same', again.same, 'ends'),
    comeBack('other', again.other, 'ends'),
    comeBack('killed', again.same, 'is killed'),
  ]);
  reports.set('a publisher that comes back', same);
  reports.set('a publisher that comes back with pictures of another size', other);
  reports.set('a publisher that is killed and comes back', killed);
  // No part can arrive while nobody publishes.
  expect([same, other, killed].flatMap((report) => findingsOf(report, ['part_late']))).toEqual([]);
});

it('pictures change their size without a break in the connection', async () => {
  const gateway = await startGateway();
  const clips = [await clipOf(SMALL, 4), await clipOf(OTHER, 4)];
  const push = await ClipPush.start(gateway.rtmpPort, 'change', clips);
  expectNothing('another size every 4 s, same connection', await checkLive(gateway, 'change', 20));
  push.stop();
});

it('a minute to seek in, with delta updates', async () => {
  const gateway = await startGateway({ args: ['--hls-dvr', '60s', '--hls-segment', '1s'] });
  const push = publishFile(await clipOf(SMALL, 35), gateway.rtmpUrl('dvr'));
  const report = await checkLive(gateway, 'dvr', 30);
  await push.stop();
  expectNothing('a minute to seek in, segments of 1 s, delta updates', report);
});

it('an ended stream', async () => {
  const gateway = await startGateway({ args: ['--stream-grace', '1s'] });
  const push = publishFile(await clipOf(SMALL, 8), gateway.rtmpUrl('ended'));
  const report = await checkLive(gateway, 'ended', 30);
  await push.exited;
  expect(report.renditions[0]?.hasEnded).toBe(true);
  expectNothing('a stream that ends', report);
});

function inGroups(shapes: readonly StreamShape[]): [string, StreamShape[]][] {
  const groups: [string, StreamShape[]][] = [];
  for (let at = 0; at < shapes.length; at += AT_A_TIME) {
    const group = shapes.slice(at, at + AT_A_TIME);
    groups.push([group.map(({ name }) => name).join(', '), group]);
  }
  return groups;
}
