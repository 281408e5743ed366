// Every shape of stream, publishers that come back, tracks that change: a real gateway, real ffmpeg, the project's own
// checker. SLUICE_TEST_CONFORMANCE_WRITE=1 puts the table into docs/conformance.md.
import { afterAll, describe, expect, it } from 'vitest';
import type { CheckReport } from '../../server/check/check-stream.ts';
import { makeSource, publishFile, type SourceOptions } from '../support/ffmpeg.ts';
import { startGateway } from '../support/gateway-process.ts';
import { ClipPush } from './clip-push.ts';
import { checkLive, checkShape, findingsOf, streamName } from './conformance-run.ts';
import { writeConformanceTable } from './conformance-table.ts';
import { STREAM_SHAPES, type StreamShape } from './stream-shapes.ts';

/** Streams that are followed at the same time: more would measure the machine. */
const AT_A_TIME = 5;
const SMALL = { size: '160x90', preset: 'ultrafast', bitrateKbps: 150, rate: 25, gop: 25 };
const OTHER = { ...SMALL, size: '192x108' };

const reports = new Map<string, CheckReport>();

afterAll(() => {
  if (process.env['SLUICE_TEST_CONFORMANCE_WRITE'] === '1') writeConformanceTable(reports);
});

function clipOf(video: NonNullable<SourceOptions['video']>, durationS: number): Promise<string> {
  return makeSource('flv', { video, audio: { bitrateKbps: 48 }, durationS });
}

function expectNothing(name: string, report: CheckReport, except: readonly string[] = []): void {
  reports.set(name, report);
  expect(findingsOf(report, except)).toEqual([]);
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

describe('publishers that go and come', () => {
  // While nobody publishes no part can come.
  const away = ['part_late'];

  it.each([
    ['the same again', SMALL, SMALL],
    ['with another size', SMALL, OTHER],
  ])('%s', async (name, first, second) => {
    const gateway = await startGateway();
    const clips = [await clipOf(first, 6), await clipOf(second, 20)] as const;
    const push = publishFile(clips[0], gateway.rtmpUrl('again'));
    const checked = checkLive(gateway, 'again', 18);
    await push.exited;
    publishFile(clips[1], gateway.rtmpUrl('again'));
    expectNothing(`a publisher that comes back: ${name}`, await checked, away);
  });

  it('killed', async () => {
    const gateway = await startGateway();
    const clip = await clipOf(SMALL, 25);
    const push = publishFile(clip, gateway.rtmpUrl('killed'));
    const checked = checkLive(gateway, 'killed', 18);
    await gateway.waitForLog((line) => line['state'] === 'live');
    await push.kill();
    publishFile(clip, gateway.rtmpUrl('killed'));
    expectNothing('a publisher that is killed and comes back', await checked, away);
  });
});

it('pictures change their size without a break in the connection', async () => {
  const gateway = await startGateway();
  const clips = [await clipOf(SMALL, 4), await clipOf(OTHER, 4)];
  const push = await ClipPush.start(gateway.rtmpPort, 'change', clips);
  expectNothing('another size every 4 s, same connection', await checkLive(gateway, 'change', 20));
  push.stop();
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
