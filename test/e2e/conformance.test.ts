// The gateway's streams against the rules of RFC 8216bis, by the project's own checker: several shapes, all at once. `npm
// run test:conformance` follows every shape for longer.
import { expect, it } from 'vitest';
import { checkLive, checkShape, expectClean, streamName } from '../conformance/conformance-run.ts';
import { STREAM_SHAPES } from '../conformance/stream-shapes.ts';
import { makeSource, publishFile } from '../support/ffmpeg.ts';
import { startGateway } from '../support/gateway-process.ts';

const SECONDS = 10;
const SMALL = { size: '160x90', preset: 'ultrafast', bitrateKbps: 150 };

it('every shape of stream obeys the rules', async () => {
  const gateway = await startGateway();
  const shapes = STREAM_SHAPES.filter(({ isInGate }) => isInGate);
  const reports = await Promise.all(
    shapes.map(({ name, source }) =>
      checkShape(gateway, { name: streamName(name), source, seconds: SECONDS }),
    ),
  );
  expectClean(reports);
});

it('a publisher that comes back, with pictures of another size', async () => {
  const gateway = await startGateway();
  const first = await makeSource('flv', { video: { ...SMALL, rate: 25, gop: 25 }, durationS: 5 });
  const second = await makeSource('flv', {
    video: { ...SMALL, size: '192x108', rate: 25, gop: 25 },
    durationS: 12,
  });
  const push = publishFile(first, gateway.rtmpUrl('again'));
  const checked = checkLive(gateway, 'again', 14);
  await push.exited;
  const again = publishFile(second, gateway.rtmpUrl('again'));
  const report = await checked;
  await again.stop();
  // No part can arrive while nobody publishes.
  expectClean([report], ['part_late']);
  expect(report.renditions[0]?.segments).toBeGreaterThan(3);
});
