// Reports of players (CTA-5004, CTA-5004-B): what is read, and what strangers cannot claim.
import { expect, test } from 'vitest';
import { readReports, reportOfHeaders, reportOfQuery } from '../../../server/stats/cmcd-report.ts';

const shaka = 'bl=2900,br=2500,bs,d=200,ot=av,sf=h,sid="6e2fb550",st=l,su';
/** As hls.js 1.7.4 with `cmcd: { version: 2, eventTargets }` encodes an event. */
const hlsJs =
  'bl=(1234),br=(2500),cid="show",e=ps,pr=1.05,sf=h,sid="c2a7",sn=3,st=ll,sta=p,ts=1700000000123,v=2';

test('version 2 has one report in each line', () => {
  const body = [
    'v=2,sid="a",cid="show",e=ps,sta=r,ts=1700000000000,bl=(1200;v 900;a),br=(2500;v 128;a),ltc=1890,msd=420,bsa=(2),bsda=(300)',
    'v=2,sid="a",cid="show",e=e,ec=("mediaError"),ts=1700000000001',
    hlsJs,
  ].join('\n');
  expect(readReports(body, false)).toEqual({
    unreadable: 0,
    reports: [
      {
        session: 'a',
        content: 'show',
        madeAt: 1_700_000_000_000,
        state: 'stalled',
        latencyMs: 1_890,
        bufferMs: 900,
        bitrateBps: 2_628_000,
        startupMs: 420,
        stallsInAll: 2,
        hasStalled: false,
        stalledMsInAll: 300,
        isError: false,
      },
      { session: 'a', content: 'show', madeAt: 1_700_000_000_001, hasStalled: false, isError: true },
      {
        session: 'c2a7',
        content: 'show',
        madeAt: 1_700_000_000_123,
        state: 'playing',
        bufferMs: 1_234,
        bitrateBps: 2_500_000,
        hasStalled: false,
        isError: false,
      },
    ],
  });
});

test('JSON has one report or a list', () => {
  const one = { sid: 'a', cid: 'show', sta: 'p', ltc: 2000, bl: [1500] };
  const read = { session: 'a', content: 'show', state: 'playing', latencyMs: 2_000, bufferMs: 1_500 };
  expect(readReports(JSON.stringify(one), true).reports).toEqual([expect.objectContaining(read)]);
  expect(readReports(JSON.stringify([one, one]), true).reports).toHaveLength(2);
  expect(readReports('[{"sid":"a","ltc":1e999}]', true).reports[0]?.latencyMs).toBe(86_400_000);
});

test('a query of version 1 and headers are read', () => {
  const expected = {
    session: '6e2fb550',
    bufferMs: 2_900,
    bitrateBps: 2_500_000,
    hasStalled: true,
    isError: false,
  };
  expect(reportOfQuery(`_HLS_msn=7&CMCD=${encodeURIComponent(shaka)}&_HLS_part=1`)).toEqual(expected);
  const headers = {
    'cmcd-session': 'sf=h,sid="6e2fb550",st=l',
    'cmcd-status': 'bs',
    'cmcd-request': 'bl=2900,su',
    'cmcd-object': 'br=2500,d=200,ot=av',
  };
  expect(reportOfHeaders(headers)).toEqual(expected);
});

test('a request without a report is not parsed', () => {
  expect(reportOfQuery('_HLS_msn=7')).toBeUndefined();
  expect(reportOfHeaders({ 'user-agent': 'x' })).toBeUndefined();
});

test('values that playback cannot have are put into range, and wrong types are left out', () => {
  const wild = 'sid="a",ltc=-5,bl=(999999999999),br=(999999999 999999999),msd=999999999,bsa=(99999999),ts=-1';
  expect(readReports(wild, false).reports[0]).toEqual({
    session: 'a',
    madeAt: 0,
    latencyMs: 0,
    bufferMs: 600_000,
    bitrateBps: 200_000_000,
    startupMs: 120_000,
    stallsInAll: 100_000,
    hasStalled: false,
    isError: false,
  });
  const mistyped = 'sid="a",ltc="5",bl=?1,br=x,msd=(1),bsa="2",sta="p",bs=1,cid=7';
  expect(readReports(mistyped, false).reports[0]).toEqual({
    session: 'a',
    state: 'playing',
    hasStalled: false,
    isError: false,
  });
  expect(readReports('sid="a",sta=constructor', false).reports[0]?.state).toBe('other');
});

test.each([
  ['no session', 'v=2,cid="show",e=t'],
  ['an empty session', 'sid=""'],
  ['a session that is a number', 'sid=7'],
  ['a session of 65 characters', `sid="${'x'.repeat(65)}"`],
  ['text that is no structured field', 'sid="a'],
  ['a list that never ends', `sid="a",br=(${'1 '.repeat(100)}`],
  ['too many values', `sid="a",${Array.from({ length: 200 }, (_, at) => `a${at}`).join(',')}`],
  ['too much text', `sid="a",cid="${'x'.repeat(3_000)}"`],
])('%s is no report', (_what, line) => {
  expect(readReports(line, false)).toEqual({ reports: [], unreadable: 1 });
});

test('no more is read than may be', () => {
  const line = 'sid="a"\n';
  expect(readReports(line.repeat(80), false).reports).toHaveLength(50);
  expect(readReports('no report', true)).toEqual({ reports: [], unreadable: 1 });
  let left = 3;
  const some = readReports(line.repeat(10), false, () => left-- > 0);
  expect(some.reports).toHaveLength(3);
});
