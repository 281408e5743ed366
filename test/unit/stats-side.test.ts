// What is done every second: a fault in one step does not stop the others.
import { expect, test } from 'vitest';
import { StreamRegistry } from '../../server/live/stream-registry.ts';
import { silentLogger } from '../../server/log.ts';
import { GatewayMemory } from '../../server/media/media-memory.ts';
import { configFrom } from '../../server/settings/sources.ts';
import { type StatsReceiver, StatsSide } from '../../server/stats-side.ts';
import { clockOf } from '../support/clock.ts';

test('a fault of one subscriber neither keeps removed tokens alive nor stops the numbers for operators', () => {
  const clock = clockOf(() => 1_000_000);
  const registry = new StreamRegistry({
    clock,
    log: silentLogger,
    graceMs: 1_000,
    takeover: 'silent',
    maxStreams: 10,
    onStreamCreated: (stream) => stats.add(stream),
    onStateChange: () => {},
    onSinkFault: () => {},
    onStreamRemoved: () => {},
  });
  const stats = new StatsSide({
    settings: configFrom({}).settings,
    registry,
    playbackFacts: () => ({}),
    memory: new GatewayMemory(),
    log: silentLogger,
    onIssue: () => {},
    onLimit: () => {},
  });
  registry.publish('show', {
    remoteAddress: '192.0.2.1',
    encoder: undefined,
    repairs: {},
    drops: {},
    onReplaced: () => {},
  } as never);
  let checks = 0;
  const receiver = {
    hasFollowers: () => true,
    publish: () => {
      throw new Error('planted');
    },
    operators: {
      check: () => {
        checks += 1;
      },
    },
    peerCount: 1,
  } as unknown as StatsReceiver;
  for (let second = 0; second < 10; second += 1) stats.tick(receiver);
  expect(checks).toBe(10);
  expect(stats.numbers('show')).toBeDefined();
  registry.close();
});
