// The clock that counts media sequence numbers continues from the last count of a killed gateway.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { FolderStore } from '../../../server/store/folder-store.ts';
import { CLOCK_KIND, KeptClock } from '../../../server/store/kept-clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { goLive, openGateway } from '../gateway-fixture.ts';

const HOUR_MS = 3_600_000;
const NOON = Date.UTC(2026, 10, 28, 12);
const log = { error: () => {} };

/** A system clock that a test sets. */
class SetClock {
  epoch = NOON;
  monotonic = 5_000;
  epochMs = (): number => this.epoch;
  monotonicMs = (): number => this.monotonic;
  pass(ms: number): void {
    this.epoch += ms;
    this.monotonic += ms;
  }
}

function newFolder(): string {
  return temporaryFolder('clock');
}

const newStore = (): Promise<FolderStore> => FolderStore.open(newFolder());

test('without a data folder it is the clock of the system', async () => {
  const system = new SetClock();
  const clock = new KeptClock(system, log);
  await clock.open(undefined);
  expect(clock.epochMs()).toBe(NOON);
  system.pass(1_000);
  expect(clock.epochMs()).toBe(NOON + 1_000);
  await clock.close();
});

test('after a kill and a system clock that was set back an hour, it goes on above all that was counted', async () => {
  const store = await newStore();
  const before = new SetClock();
  const killed = new KeptClock(before, log);
  await killed.open(store);
  // It was killed just before it would have stored the time again.
  before.pass(59_999);
  const counted = killed.epochMs();

  const after = new SetClock();
  after.epoch = counted - HOUR_MS;
  after.monotonic = 7;
  const clock = new KeptClock(after, log);
  await clock.open(store);
  const first = clock.epochMs();
  expect(first).toBeGreaterThan(counted);
  after.pass(2_000);
  expect(clock.epochMs()).toBe(first + 2_000);
  await clock.close();
  await killed.close();
});

test('it follows the clock of the system again when that is ahead', async () => {
  const store = await newStore();
  await store.update(CLOCK_KIND, () => ({ latestMs: NOON + HOUR_MS }));
  const system = new SetClock();
  const clock = new KeptClock(system, log);
  await clock.open(store);
  expect(clock.epochMs()).toBeGreaterThan(NOON + HOUR_MS);
  system.epoch = NOON + 2 * HOUR_MS;
  expect(clock.epochMs()).toBe(NOON + 2 * HOUR_MS);
  await clock.close();
  expect(await store.read(CLOCK_KIND)).toEqual({ latestMs: NOON + 2 * HOUR_MS });
});

test('a kept time is never replaced by an earlier one', async () => {
  const store = await newStore();
  await store.update(CLOCK_KIND, () => ({ latestMs: NOON }));
  const clock = new KeptClock(new SetClock(), log);
  await clock.open(store);
  await store.update(CLOCK_KIND, () => ({ latestMs: NOON + HOUR_MS }));
  await clock.close();
  expect(await store.read(CLOCK_KIND)).toEqual({ latestMs: NOON + HOUR_MS });
});

test('a gateway numbers its segments above those before a clock that was set back, and dates them as it is now', async () => {
  const dir = newFolder();
  const latestMs = Date.now() + HOUR_MS;
  writeFileSync(path.join(dir, 'clock.json'), JSON.stringify({ format: 1, latestMs }));
  const open = await openGateway({ data: { dir } });
  await goLive(open, 'show', 2_500);
  const playlist = await (await fetch(open.url('/live/show/main.m3u8'))).text();
  const msn = Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(playlist)?.[1]);
  expect(msn).toBeGreaterThan((latestMs - Date.UTC(2025, 0, 1)) / 500);
  const dateMs = Date.parse(/#EXT-X-PROGRAM-DATE-TIME:(\S+)/.exec(playlist)?.[1] ?? '');
  expect(Math.abs(dateMs - Date.now())).toBeLessThan(HOUR_MS / 2);
  await open.gateway.close();
  const kept: { latestMs: number } = JSON.parse(readFileSync(path.join(dir, 'clock.json'), 'utf8'));
  expect(kept.latestMs).toBeGreaterThan(latestMs);
});
