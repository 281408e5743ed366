// The checker against a correct origin: it finds nothing, and its measurements match what was served.
import { expect, test } from 'vitest';
import { checkStream } from '../../../server/check/check-stream.ts';
import { CODECS } from './scripted-media.ts';
import { type Script, startOrigin } from './scripted-origin.ts';

const PATIENT_MS = 20_000;

async function check(script: Script) {
  const origin = await startOrigin(script);
  return checkStream({ url: origin.url, seconds: 45, networkMs: PATIENT_MS }).finally(origin.close);
}

test('a right low-latency stream: nothing is found', async () => {
  const report = await check({});
  expect(report.findings).toEqual([]);
  expect(report.notes).toEqual([]);
  const [rendition] = report.renditions;
  expect(rendition).toMatchObject({
    hasEnded: true,
    targetDuration: 1,
    partTarget: 0.2,
    segments: 11,
    parts: 55,
  });
  expect(rendition?.tracks).toEqual(CODECS);
  expect(rendition?.frameRate).toBeCloseTo(25, 6);
  expect(rendition?.holdMs?.count).toBeGreaterThan(30);
}, 60_000);

test('two renditions that report each other: nothing is found', async () => {
  const report = await check({ renditions: 2 });
  expect(report.findings).toEqual([]);
  expect(report.renditions).toHaveLength(2);
}, 60_000);

test('a right stream without parts, polled: nothing is found', async () => {
  const report = await check({ isPlain: true });
  expect(report.findings).toEqual([]);
  expect(report.renditions[0]).toMatchObject({ hasEnded: true, partTarget: undefined, parts: 0 });
}, 60_000);
