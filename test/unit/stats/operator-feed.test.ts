// The feed for operators: what it says of findings and of forgotten streams, and that it makes nothing that nobody follows.
import { expect, test } from 'vitest';
import type { LiveStream, Source } from '../../../server/live/live-stream.ts';
import { StreamRegistry } from '../../../server/live/stream-registry.ts';
import { noDrops } from '../../../server/media/drops.ts';
import { GatewayMemory } from '../../../server/media/media-memory.ts';
import { Timeline } from '../../../server/media/timeline.ts';
import { OperatorFeed } from '../../../server/stats/operator-feed.ts';
import type { Health, Issue, OperatorMessage } from '../../../server/stats/operator-message.ts';
import { RejectedPublishes } from '../../../server/stats/rejected-publishes.ts';
import { StreamView } from '../../../server/stats/stream-view.ts';
import { ViewerCount } from '../../../server/stats/viewer-count.ts';
import { whenDone } from '../../support/cleanup.ts';
import { clockOf } from '../../support/clock.ts';
import { constantRate, videoSamples } from '../../support/samples.ts';

const GOP_LONG: Issue = {
  code: 'gopLong',
  severity: 'warning',
  title: 'Key frames are far apart',
  observed: '8 s',
  expected: '2 s',
  fix: { generic: 'Set the key-frame interval to 2 s.' },
  values: { kind: 'upTo', longestMs: 8_000 },
  fixValues: { obsVersion: 32, fps: 30 },
  since: 1_000,
};

/** A feed whose stream `show` exists, with everything that was published to followers of `followed`. */
function openFeed(followed: readonly string[], settle?: () => void) {
  let nowMs = 1_000_000;
  const clock = clockOf(() => nowMs);
  const viewers = new ViewerCount(clock);
  let feed: OperatorFeed | undefined;
  const registry = new StreamRegistry({
    graceMs: 0,
    memory: new GatewayMemory(),
    clock,
    onStreamCreated: ({ name }) => feed?.opened(name),
    onStateChange: (stream) => feed?.stateChanged(stream),
    onSinkFault: () => {},
    onStreamRemoved: (stream) => feed?.closed(stream),
  });
  whenDone(() => registry.close());
  const published: OperatorMessage[] = [];
  feed = new OperatorFeed({
    registry,
    view: new StreamView({ registry, playbackFacts: () => ({}), viewers, clock, graceMs: 0 }),
    viewers,
    rejected: new RejectedPublishes(clock),
    numbers: () => undefined,
    process: { measure: () => ({ cpuPercent: 1, loopP99Ms: undefined, rssBytes: 2 }) },
    mediaBytes: () => 3,
    webSockets: () => 4,
    clock,
    ...(settle === undefined ? {} : { settle }),
  });
  const keyOf = (topic: string, name: string | undefined): string =>
    name === undefined ? topic : `${topic}:${name}`;
  feed.sendTo({
    hasFollowers: (topic, name) => followed.includes(keyOf(topic, name)),
    followedNames: () => followed.filter((key) => key.startsWith('detail:')).map((key) => key.slice(7)),
    publish: (topic, name, message) => {
      expect(followed).toContain(keyOf(topic, name));
      published.push(message);
    },
  });
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { feed, registry, published, pass };
}

const SOURCE: Source = {
  remoteAddress: '192.0.2.1',
  encoder: 'Lavf61',
  repairs: { ...new Timeline().repairs },
  drops: noDrops(),
  onReplaced: () => {},
};

function publish(registry: StreamRegistry, name = 'show'): LiveStream {
  const outcome = registry.publish(name, SOURCE);
  if (outcome.kind !== 'accepted') throw new Error(outcome.kind);
  return outcome.stream;
}

/** All steps of a second. */
function tell(feed: OperatorFeed): void {
  for (const _step of feed.tellAll());
}

test('a finding is told when it begins, when it becomes worse, and when it ends', () => {
  const { feed, registry, published } = openFeed(['detail:show']);
  publish(registry);
  let issues: readonly Issue[] = [];
  feed.consult({ health: (): Health => ({ verdict: 'ok', summary: '', issues }) });
  const told = (): unknown[] => {
    published.length = 0;
    tell(feed);
    return published.flatMap((message): unknown[] => {
      if (message.op === 'issue') return [[message.issue.severity, message.cleared === true]];
      return message.op === 'event' ? [message.event.type] : [];
    });
  };
  expect(told()).toEqual([]);
  issues = [GOP_LONG];
  expect(told()).toEqual([['warning', false], 'issue']);
  expect(told()).toEqual([]);
  issues = [{ ...GOP_LONG, severity: 'error' }];
  expect(told()).toEqual([['error', false]]);
  issues = [];
  expect(told()).toEqual([['error', true], 'issueCleared']);
});

test('nothing is made for topics without followers, and the history is kept', () => {
  const { feed, registry, published } = openFeed([]);
  publish(registry);
  let rowsAsked = 0;
  feed.consult({
    viewerRows: () => {
      rowsAsked += 1;
      return [];
    },
    ingest: () => ({ jitterMs: 1.234, driftMs: undefined, avOffsetMs: -5 }),
  });
  for (let second = 0; second < 10; second += 1) tell(feed);
  expect([published, rowsAsked]).toEqual([[], 0]);
  const { recent, hour } = feed.detail('show');
  const jitter = recent.keys.indexOf('jitterMs');
  expect(recent.columns[jitter]).toEqual(Array.from({ length: 10 }, () => 1.23));
  expect(hour.columns[jitter]).toEqual([1.23]);
  expect(hour.columns[recent.keys.indexOf('driftMs')]).toEqual([null]);
  expect(feed.server().recent.columns.map(([first]) => first)).toEqual([1, null, 2, 3, 1, 0, 4]);
});

test('why a publisher left is an event; without media its record is forgotten', () => {
  const { feed, registry, published } = openFeed(['detail:show']);
  const stream = publish(registry);
  const reason = { kind: 'refused', code: 'unsupported_codec', detail: 'HEVC is not supported' } as const;
  registry.closeSource(stream, SOURCE, reason);
  const events = published.flatMap((message) => (message.op === 'event' ? [message.event] : []));
  expect(events.map(({ type }) => type)).toEqual(['connecting', 'reconnecting', 'ended']);
  expect(events[1]?.text).toContain('HEVC is not supported (unsupported_codec)');
  // The subject is the publication: "it" would be the gateway, or the publisher that has taken over.
  expect(events[1]?.text).toMatch(/ The publication lasted \d+ s\.$/);
  expect(events[1]?.values).toMatchObject({ kind: 'refused', error: 'unsupported_codec' });
  expect(feed.detail('show').events).toEqual([]);
});

test('the record of a stream with media is kept for an hour after its end, and goes on when the name returns', async () => {
  const { feed, registry, pass } = openFeed([]);
  const end = (): void => {
    const stream = publish(registry);
    for (const sample of videoSamples(constantRate(25, 1, 1))) stream.push(SOURCE, sample);
    void stream.end();
  };
  end();
  // The name is taken again, so the ended stream is forgotten.
  end();
  const { events } = feed.detail('show');
  expect(events.filter(({ type }) => type === 'ended')).toHaveLength(2);
  registry.endByOperator('show', 'over', 0);
  expect(feed.detail('show').events.length).toBeGreaterThan(0);
  pass(3_600_001);
  tell(feed);
  expect(feed.detail('show').events).toEqual([]);
});

test('the first message about all streams has their bit rates of the last minute, and later ones have not', () => {
  const { feed, registry, published } = openFeed(['streams']);
  publish(registry);
  for (let second = 0; second < 3; second += 1) tell(feed);
  expect(feed.streams().bps).toEqual({
    ...{ stepMs: 1_000, endsAt: 1_000_000, keys: ['show'], columns: [[null, null, null]] },
  });
  expect(published).toHaveLength(3);
  for (const message of published) expect(message).not.toHaveProperty('bps');
});

test('each second tells the verdict with what was measured in it, and what the encoder reports about itself', () => {
  const { feed, registry, published } = openFeed(['detail:show']);
  publish(registry);
  let observed = '1 s';
  const encoderReport = { rendered: 9, lagged: 1, input: 9, skipped: 0, output: 9, dropped: 0 };
  feed.consult({
    health: (): Health => ({ verdict: 'ok', summary: observed, issues: [{ ...GOP_LONG, observed }] }),
    encoderReport: () => encoderReport,
  });
  for (observed of ['1 s', '2 s']) tell(feed);
  const details = published.filter((message) => message.op === 'detail');
  expect(details.map(({ health }) => health.issues[0]?.observed)).toEqual(['1 s', '2 s']);
  expect(details[1]).toMatchObject({ encoderReport });
});

test('a first message that comes between two steps has the whole second', () => {
  let second: Iterable<void> = [];
  const { feed, registry } = openFeed([], () => {
    for (const _step of second);
  });
  for (const name of ['first', 'second']) publish(registry, name);
  tell(feed);
  const steps = feed.tellAll();
  second = steps;
  steps.next();
  expect(feed.streams().bps?.columns.map(({ length }) => length)).toEqual([2, 2]);
});
