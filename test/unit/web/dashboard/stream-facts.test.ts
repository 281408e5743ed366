// The messages of one stream put together.
import { expect, test } from 'vitest';
import {
  DETAIL_COLUMNS,
  type DetailMessage,
  type DetailNumbers,
  type Health,
  type Issue,
  type SegmentNote,
  type SnapshotMessage,
  type StreamCard,
} from '../../../../server/stats/operator-message.ts';
import { StreamFacts } from '../../../../web/dashboard/stream-facts.ts';

const NOW = 1_700_000_000_000;
const card: StreamCard = {
  name: 'show',
  state: 'live',
  since: NOW - 1_000,
  verdict: 'ok',
  issueCount: 1,
  viewers: 1,
  bps: 1,
};
const issue = (code: string, severity: Issue['severity'], since = 0): Issue => ({
  code,
  severity,
  title: code,
  observed: '',
  expected: '',
  fix: { generic: '' },
  values: {},
  fixValues: { obsVersion: 32, fps: 30 },
  since,
});
const segment = (msn: number, t = NOW): SegmentNote => ({ msn, t, durationMs: 1, bytes: 1, parts: [] });
const empty = { stepMs: 1_000, endsAt: NOW, keys: DETAIL_COLUMNS, columns: DETAIL_COLUMNS.map(() => []) };
const health: Health = { verdict: 'ok', summary: 'A sentence.', issues: [issue('a', 'info')] };
const snapshot: SnapshotMessage = {
  ...{ op: 'snapshot', name: 'show', seq: 1, t: NOW, card, health, recent: empty, hour: empty },
  ...{ segments: [segment(1)], events: [{ t: NOW - 10, type: 'live', text: 'L' }], viewers: [] },
};
const numbers = Object.fromEntries(DETAIL_COLUMNS.map((column) => [column, 1])) as DetailNumbers;

const detail: DetailMessage = { op: 'detail', name: 'show', seq: 2, t: NOW, card, health, d: numbers };
const encoderReport = { rendered: 9, lagged: 1, input: 9, skipped: 0, output: 9, dropped: 0 };

function opened(): StreamFacts {
  const facts = new StreamFacts();
  expect(facts.receive(snapshot)).toBe('all');
  return facts;
}

test('findings are added, replaced and cleared by their code, the worst first', () => {
  const facts = opened();
  const codes = () => facts.issues?.map(({ code, severity }) => `${code} ${severity}`);
  facts.receive({ op: 'issue', name: 'show', issue: issue('b', 'error') });
  facts.receive({ op: 'issue', name: 'show', issue: issue('a', 'warning') });
  expect(codes()).toEqual(['b error', 'a warning']);
  facts.receive({ op: 'issue', name: 'show', issue: issue('b', 'error'), cleared: true });
  expect(codes()).toEqual(['a warning']);
});

test('without data, no findings are not good news', () => {
  const facts = opened();
  facts.receive({ ...snapshot, card: { ...card, verdict: 'noData' }, health: { ...health, issues: [] } });
  expect(facts.judgedIssues).toBeUndefined();
  facts.receive({ ...snapshot, health: { ...health, issues: [] } });
  expect(facts.judgedIssues).toEqual([]);
  facts.receive({ ...snapshot, card: { ...card, verdict: 'noData' } });
  expect(facts.judgedIssues?.length).toBe(1);
});

test('the sentence of the gateway is shown only while it is about these findings and this verdict', () => {
  const changed = opened();
  expect(changed.summarised?.summary).toBe('A sentence.');
  changed.receive({ op: 'issue', name: 'show', issue: issue('b', 'error') });
  expect(changed.summarised?.summary).toBeUndefined();
  changed.receive(snapshot);
  expect(changed.summarised?.summary).toBe('A sentence.');
  changed.receive({ op: 'issue', name: 'show', issue: issue('b', 'error') });
  const now: Health = { verdict: 'bad', summary: 'Another.', issues: [issue('b', 'error', 5)] };
  changed.receive({ ...detail, card: { ...card, verdict: 'bad' }, health: now });
  expect([changed.summarised?.summary, changed.issues]).toEqual(['Another.', now.issues]);
});

test('numbers go into the history, with the time of the gateway', () => {
  const facts = opened();
  expect(facts.receive({ ...detail, t: NOW + 1_000 })).toBe('numbers');
  expect(facts.nowMs).toBe(NOW + 1_000);
  expect(facts.history.view('minute', ['vbps'])).toEqual({ xs: [(NOW + 1_000) / 1000], ys: [[1]] });
});

test('what the encoder reports about itself is shown as long as it says it', () => {
  const facts = new StreamFacts();
  facts.receive({ ...snapshot, encoderReport });
  expect(facts.encoderReport).toEqual(encoderReport);
  facts.receive(detail);
  expect(facts.encoderReport).toBeUndefined();
  facts.receive({ ...detail, encoderReport });
  expect(facts.encoderReport).toEqual(encoderReport);
});

test('a segment replaces the one with its number, and old ones are dropped', () => {
  const facts = opened();
  for (const one of [segment(2), segment(2), segment(3, NOW + 130_000)])
    facts.receive({ op: 'segment', name: 'show', segment: one });
  expect(facts.segments.map(({ msn }) => msn)).toEqual([3]);
});

test('events of the last hour are the newest first', () => {
  const facts = opened();
  facts.receive({ op: 'event', name: 'show', event: { t: NOW - 5, type: 'stalled', text: 'S' } });
  facts.receive({ op: 'event', name: 'show', event: { t: NOW - 4_000_000, type: 'live', text: 'old' } });
  expect(facts.recentEvents().map(({ text }) => text)).toEqual(['S', 'L']);
});

test('a name without publisher and events is not known', () => {
  const facts = new StreamFacts();
  expect(facts.isKnown).toBe(false);
  facts.receive({ ...snapshot, card: { ...card, state: 'offline' }, events: [] });
  expect(facts.isKnown).toBe(false);
  facts.receive({ op: 'event', name: 'show', event: { t: NOW, type: 'connecting', text: 'C' } });
  expect(facts.isKnown).toBe(true);
});
