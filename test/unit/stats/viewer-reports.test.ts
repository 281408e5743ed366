// What is kept of the reports of players: figures of a stream, one row for each player, and never more players than are counted.
import { expect, test } from 'vitest';
import type { ViewerReport } from '../../../server/stats/cmcd-report.ts';
import { ViewerCount } from '../../../server/stats/viewer-count.ts';
import { ViewerReports } from '../../../server/stats/viewer-reports.ts';
import { clockOf } from '../../support/clock.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0';

function open() {
  let now = 1_000_000;
  const clock = clockOf(() => now);
  const viewers = new ViewerCount(clock);
  const reports = new ViewerReports({ clock, viewers, isWatchable: (name) => name !== 'offline' });
  const watching = new Map<string, readonly [name: string, address: string]>();
  return {
    viewers,
    reports,
    /** A viewer requests playlists from now on. */
    watch: (address: string, name = 'show') => {
      watching.set(`${name} ${address}`, [name, address]);
      viewers.seen(name, address, FIREFOX);
    },
    leave: (address: string, name = 'show') => watching.delete(`${name} ${address}`),
    report: (address: string, session: string, more: Partial<ViewerReport> = {}, name = 'show') =>
      reports.take(
        name,
        { session, hasStalled: false, isError: false, ...more },
        { who: address, userAgent: FIREFOX },
      ),
    pass: (seconds: number) => {
      for (let left = seconds; left > 0; left -= 1) {
        now += 1_000;
        for (const [name, address] of watching.values()) viewers.seen(name, address, FIREFOX);
        viewers.sweep();
        reports.sweep();
      }
    },
  };
}

test('a player is a row with what it said last', () => {
  const { reports, watch, report } = open();
  watch('192.0.2.7');
  report('192.0.2.7', 'mail@example.org', { latencyMs: 2_000, startupMs: 400, bufferMs: 900 });
  report('192.0.2.7', 'mail@example.org', { latencyMs: 1_800, bitrateBps: 2_500_000 });
  const [row, ...more] = reports.rows('show');
  expect(more).toEqual([]);
  expect(row).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{12}$/),
    player: 'Firefox · Linux',
    kind: 'measured',
    count: 1,
    network: '192.0.2.x',
    latencyMs: 1_800,
    bufferMs: 900,
    bitrateBps: 2_500_000,
    startupMs: 400,
    stalls: 0,
    since: 1_000_000,
  });
});

test('never more players than are counted, from each address and in all', () => {
  const { reports, viewers, watch, report } = open();
  expect(report('192.0.2.7', 'a')).toBe('not-counted');
  watch('192.0.2.7');
  expect(report('192.0.2.7', 'a')).toBe('taken');
  expect(report('192.0.2.7', 'b')).toBe('not-counted');
  expect(report('198.51.100.9', 'c')).toBe('not-counted');
  // Two players behind one address wait at the same time.
  const group = viewers.seen('show', '192.0.2.7', FIREFOX);
  if (typeof group === 'string') throw new Error(group);
  viewers.hold(group);
  viewers.hold(group);
  expect(report('192.0.2.7', 'b')).toBe('taken');
  expect(reports.measured('show')).toBe(2);
  expect([...reports.outcomes()]).toEqual([
    ['not-counted', 3],
    ['taken', 2],
  ]);
});

test('a player whose address changes needs a counted viewer there', () => {
  const { reports, watch, report } = open();
  watch('192.0.2.7');
  report('192.0.2.7', 'a');
  expect(report('198.51.100.9', 'a', { latencyMs: 1 })).toBe('not-counted');
  watch('198.51.100.9');
  expect(report('198.51.100.9', 'a')).toBe('taken');
  expect(reports.rows('show')).toEqual([expect.objectContaining({ network: '198.51.100.x' })]);
});

test('a name that nobody can watch has no reports', () => {
  const { reports, report } = open();
  expect(report('192.0.2.7', 'a', {}, 'offline')).toBe('not-live');
  expect(reports.summary('offline').measured).toBe(0);
});

test('a player that is silent for 25 seconds has ended, and one that says so at once', () => {
  const { reports, watch, report, pass } = open();
  watch('192.0.2.7');
  report('192.0.2.7', 'a');
  pass(25);
  expect(reports.measured('show')).toBe(1);
  pass(1);
  expect(reports.measured('show')).toBe(0);
  report('192.0.2.7', 'a');
  report('192.0.2.7', 'a', { state: 'left' });
  expect(reports.rows('show')).toEqual([]);
});

test('a viewer whose requests no longer come stays for a minute while it reports, beside the others', () => {
  const { reports, watch, leave, report, pass } = open();
  for (const address of ['192.0.2.7', '198.51.100.9']) {
    watch(address);
    report(address, address);
  }
  leave('192.0.2.7');
  const passAndReport = (seconds: number): void => {
    for (let left = seconds; left > 0; left -= 10) {
      pass(10);
      report('192.0.2.7', '192.0.2.7', { state: 'stalled' });
      report('198.51.100.9', '198.51.100.9', { state: 'playing' });
    }
  };
  // It is counted for ten seconds after its last request.
  passAndReport(60);
  expect(reports.measured('show')).toBe(2);
  expect(reports.rows('show').map(({ network, stalls }) => [network, stalls])).toEqual([
    ['192.0.2.x', 1],
    ['198.51.100.x', 0],
  ]);
  passAndReport(10);
  pass(1);
  expect(reports.measured('show')).toBe(1);
  expect(reports.rows('show')).toEqual([expect.objectContaining({ network: '198.51.100.x' })]);
});

test('after a minute a viewer who is no longer counted is not measured, whatever its player says', () => {
  const { reports, watch, leave, report, pass } = open();
  watch('192.0.2.7');
  report('192.0.2.7', 'a', { latencyMs: 2_000 });
  leave('192.0.2.7');
  for (let seconds = 0; seconds < 60; seconds += 10) {
    pass(10);
    report('192.0.2.7', 'a', { latencyMs: 2_000 });
    // Its address has no further viewer.
    expect(report('192.0.2.7', 'b')).toBe('not-counted');
  }
  pass(9);
  expect(reports.measured('show')).toBe(1);
  pass(1);
  expect(reports.measured('show')).toBe(0);
  expect(reports.latency('show')).toBeUndefined();
  expect(reports.rows('show')).toEqual([]);
});

test('quantiles are values that were reported', () => {
  const { reports, watch, report } = open();
  for (let at = 1; at <= 100; at += 1) {
    watch(`192.0.2.${at}`);
    report(`192.0.2.${at}`, `s${at}`, { latencyMs: at * 10, startupMs: at });
  }
  expect(reports.latency('show')).toEqual({ p50Ms: 500, p95Ms: 950 });
  expect(reports.summary('show')).toMatchObject({ measured: 100, startupP50Ms: 50 });
});

test('stalls count once, in whichever way a player says them', () => {
  const { reports, watch, report, pass } = open();
  for (const last of [1, 2, 3]) watch(`192.0.2.${last}`);
  // By a total, and other ways beside it: one stall.
  report('192.0.2.1', 'total', { stallsInAll: 0, state: 'playing' });
  report('192.0.2.1', 'total', { stallsInAll: 1, state: 'stalled', hasStalled: true });
  report('192.0.2.1', 'total', { hasStalled: true });
  // By its state, and the flag of version 1 beside it: one stall.
  report('192.0.2.2', 'state', { state: 'playing' });
  report('192.0.2.2', 'state', { state: 'stalled' });
  report('192.0.2.2', 'state', { state: 'stalled', hasStalled: true });
  report('192.0.2.2', 'state', { state: 'playing', hasStalled: true });
  // By the flag: one stall.
  report('192.0.2.3', 'flag', { hasStalled: true });
  report('192.0.2.3', 'flag');
  expect(reports.totals('show').stalls).toBe(3);
  expect(reports.stallsLastSecond('show')).toBe(0);
  pass(1);
  expect(reports.stallsLastSecond('show')).toBe(3);
  expect(reports.summary('show')).toMatchObject({ stallsLastMinute: 3, stalledLastMinute: 3 });
  pass(1);
  expect(reports.stallsLastSecond('show')).toBe(0);
});

test('one report cannot claim many stalls, and old stalls are not new', () => {
  const { reports, watch, report } = open();
  watch('192.0.2.7');
  report('192.0.2.7', 'a', { stallsInAll: 7, stalledMsInAll: 9_000 });
  expect(reports.totals('show')).toEqual({ stalls: 0, stalledMs: 0, errors: 0 });
  report('192.0.2.7', 'a', { stallsInAll: 100_000, stalledMsInAll: 80_000_000 });
  expect(reports.totals('show')).toEqual({ stalls: 10, stalledMs: 60_000, errors: 0 });
});

test('a report that another one has overtaken changes nothing', () => {
  const { reports, watch, report } = open();
  watch('192.0.2.7');
  report('192.0.2.7', 'a', { madeAt: 500_000, state: 'playing', latencyMs: 1_000 });
  expect(report('192.0.2.7', 'a', { madeAt: 499_000, latencyMs: 9_000 })).toBe('outdated');
  expect(reports.latency('show')?.p50Ms).toBe(1_000);
  // A clock that was set back is no reason to ignore a player.
  expect(report('192.0.2.7', 'a', { madeAt: 100_000, latencyMs: 2_000 })).toBe('taken');
});

test('errors and start-ups are told once', () => {
  const { reports, watch, report } = open();
  const startups: number[] = [];
  reports.onStartup = (seconds) => startups.push(seconds);
  watch('192.0.2.7');
  report('192.0.2.7', 'a', { startupMs: 400 });
  report('192.0.2.7', 'a', { startupMs: 400, isError: true });
  expect(startups).toEqual([0.4]);
  expect(reports.summary('show').errors).toBe(1);
});

test('a stream that is forgotten leaves nothing', () => {
  const { reports, watch, report } = open();
  watch('192.0.2.7');
  report('192.0.2.7', 'a', { isError: true });
  reports.forget('show');
  expect(reports.totals('show').errors).toBe(0);
  expect(reports.rows('show')).toEqual([]);
});

test('a flood of sessions ends at the limits, of one stream and in all', () => {
  const clock = clockOf(() => 0);
  const viewers = { count: () => 1_000_000, countOf: () => 1_000_000, has: () => true };
  const reports = new ViewerReports({ clock, viewers, isWatchable: () => true });
  const flood = (name: string): void => {
    for (let at = 0; at < 11_000; at += 1)
      reports.take(
        name,
        { session: `s${at}`, hasStalled: false, isError: false },
        { who: `${at}`, userAgent: undefined },
      );
  };
  flood('a');
  expect(reports.measured('a')).toBe(10_000);
  flood('b');
  flood('c');
  expect(reports.measured('a') + reports.measured('b') + reports.measured('c')).toBe(20_000);
  reports.forget('a');
  flood('c');
  expect(reports.measured('c')).toBe(10_000);
});

test('the share of players that stalled is of the last minute, and unknown while nobody reports', () => {
  const { reports, watch, report, pass } = open();
  expect(reports.stallingShare('show')).toBeUndefined();
  for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4']) {
    watch(address);
    report(address, `session of ${address}`, { stallsInAll: 0 });
  }
  expect(reports.stallingShare('show')).toBe(0);
  report('192.0.2.1', 'session of 192.0.2.1', { stallsInAll: 2 });
  expect(reports.stallingShare('show')).toBe(0.25);
  for (let seconds = 0; seconds < 70; seconds += 10) {
    pass(10);
    for (const last of [1, 2, 3, 4]) report(`192.0.2.${last}`, `session of 192.0.2.${last}`);
  }
  expect(reports.stallingShare('show')).toBe(0);
});
