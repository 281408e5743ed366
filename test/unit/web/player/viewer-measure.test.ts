// What the page reports about its player, read by the parser of the gateway.
import { expect, it } from 'vitest';
import { readReports } from '../../../../server/stats/cmcd-report.ts';
import { type MeasuredFacts, ViewerMeasure } from '../../../../web/player/viewer-measure.ts';

const FACTS: MeasuredFacts = {
  playback: 'playing',
  isSeeking: false,
  isLive: true,
  latencyMs: 1_500.4,
  bufferMs: 800,
  bitrateBps: 2_500_000,
};

function measure() {
  const measured = new ViewerMeasure('abc', 'show');
  return {
    look: (nowMs: number, facts: Partial<MeasuredFacts> = {}) => {
      const lines = measured.look(nowMs, 1_700_000_000_000 + nowMs, { ...FACTS, ...facts });
      const { reports, unreadable } = readReports(lines.join('\n'), false);
      expect(unreadable).toBe(0);
      return reports;
    },
    quit: (nowMs: number) => measured.quit(nowMs, 1_700_000_000_000 + nowMs, FACTS),
    raw: (nowMs: number) => measured.look(nowMs, 1_700_000_000_000, FACTS),
  };
}

it('is one line of version 2, with a list where the clause has one', () => {
  expect(measure().raw(10)).toEqual([
    'bl=(800),br=(2500),bsa=(0),bsda=(0),cid="show",e=ps,ltc=1500,sf=h,sid="abc",sn=0,sta=p,ts=1700000000000,v=2',
  ]);
});

it('reports the start once, from the wish to play to the first picture', () => {
  const { look } = measure();
  expect(look(0, { playback: 'idle' })).toEqual([]);
  expect(look(100, { playback: 'loading' })).toMatchObject([
    { state: 'starting', session: 'abc', content: 'show' },
  ]);
  expect(look(400, { playback: 'buffering' })).toEqual([]);
  expect(look(900)).toMatchObject([{ state: 'playing', startupMs: 800, latencyMs: 1_500, bufferMs: 800 }]);
  const [next] = look(10_900);
  expect(next).toMatchObject({ state: 'playing', stallsInAll: 0, bitrateBps: 2_500_000 });
  expect(next).not.toHaveProperty('startupMs');
});

it('reports every ten seconds while nothing changes', () => {
  const { look } = measure();
  look(0);
  expect(look(9_999)).toEqual([]);
  expect(look(10_000)).toHaveLength(1);
  expect(look(10_250)).toEqual([]);
});

it('reports a stall when it has lasted, and its length when it is over', () => {
  const { look } = measure();
  look(0);
  expect(look(1_000, { playback: 'buffering' })).toEqual([]);
  expect(look(1_250, { playback: 'buffering' })).toMatchObject([{ state: 'stalled', stallsInAll: 1 }]);
  expect(look(3_000)).toMatchObject([{ state: 'playing', stallsInAll: 1, stalledMsInAll: 2_000 }]);
});

it('counts no stall at the start, after a seek, for a moment, or while the publisher is silent', () => {
  const { look } = measure();
  look(0, { playback: 'loading' });
  look(1_000, { playback: 'buffering' });
  look(2_000);
  look(3_000, { playback: 'buffering', isSeeking: true });
  expect(look(4_000, { playback: 'buffering' })).toEqual([]);
  look(5_000);
  look(5_100, { playback: 'buffering' });
  look(5_200);
  look(6_000, { playback: 'buffering', isLive: false });
  expect(look(7_000, { playback: 'buffering', isLive: false })).toMatchObject([
    { state: 'stalled', stallsInAll: 0, stalledMsInAll: 0 },
  ]);
});

it('reports that the engine was started again, and what cannot be decoded, as errors', () => {
  const { look } = measure();
  look(0);
  look(1_000, { playback: 'loading' });
  expect(look(1_300, { playback: 'loading' })).toMatchObject([{ isError: true }, { state: 'stalled' }]);
  expect(measure().look(0, { playback: 'unsupported' })).toMatchObject([
    { isError: true },
    { state: 'failed' },
  ]);
});

it('says when nothing is played any more, and nothing before something was', () => {
  const { look, quit } = measure();
  expect(quit(0)).toEqual([]);
  look(0);
  expect(look(1_000, { playback: 'idle' })).toMatchObject([{ state: 'ended' }]);
  expect(look(9_000, { playback: 'idle' })).toEqual([]);
  look(10_000);
  expect(readReports(quit(11_000).join('\n'), false).reports).toMatchObject([{ state: 'left' }]);
  expect(quit(11_000)).toEqual([]);
});
