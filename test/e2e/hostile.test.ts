// Hostile input of every kind against the real gateway, while Chromium and a strict viewer watch another stream. `npm run
// test:hostile` plays the whole catalogue; this is an even selection of it.
import { expect, it } from 'vitest';
import { logFaults, misses } from '../hostile/attack.ts';
import { EVERY_LINE, startAttackedGateway } from '../hostile/attacked-gateway.ts';
import { startCanary } from '../hostile/canary.ts';
import { CATALOGUE, ROW_NAMES } from '../hostile/catalogue.ts';
import { CANARY_NAME } from '../hostile/marks.ts';
import { playCatalogue } from '../hostile/play-catalogue.ts';
import { openPage, untilPlaying, untilVideo, videoFacts } from '../support/browser.ts';
import { whenDone } from '../support/cleanup.ts';

/** One in so many inputs, and the first of each row. */
const SPREAD = 8;
/** The inputs of this row wait for a deadline of five seconds; one of them is enough here. */
const STALLS_ROW = 13;
const PLAYED_FRAMES = 90;

it('has at least a thousand inputs, and a name for each row', () => {
  expect(CATALOGUE.length).toBeGreaterThanOrEqual(1_000);
  expect(new Set(CATALOGUE.map(({ id }) => id)).size).toBe(CATALOGUE.length);
  const unnamed = CATALOGUE.filter(({ row }) => ROW_NAMES[row] === undefined);
  expect(unnamed).toEqual([]);
});

it('ends each input by its name, and neither viewer notices', async () => {
  const gateway = await startAttackedGateway(EVERY_LINE);
  whenDone(() => gateway.stop());
  const canary = await startCanary(gateway);
  const { page, problems } = await openPage(`${gateway.httpUrl}/watch/${CANARY_NAME}`);
  await untilPlaying(page, { minFrames: PLAYED_FRAMES });

  const spread = CATALOGUE.filter(({ row, id }, at) => {
    const isFirst = id.endsWith('.001');
    return isFirst || (row !== STALLS_ROW && at % SPREAD === 0);
  });
  const played = await playCatalogue(gateway, spread);
  const before = await videoFacts(page);
  const seen = await untilVideo(page, (facts) => facts.decodedFrames > before.decodedFrames + PLAYED_FRAMES);
  const report = await canary.stop();

  expect(gateway.isRunning()).toBe(true);
  expect(played).toHaveLength(spread.length);
  expect(misses(played)).toEqual([]);
  expect(report.faults).toEqual([]);
  expect(report.parts).toBeGreaterThan(0);
  expect(logFaults(gateway.texts)).toEqual([]);
  expect(seen.stalls).toBe(0);
  expect(problems.pageErrors).toEqual([]);
});
