// Whatever arrives, and however the clock runs: the doctor does not throw, and says no number that is none.
import * as fc from 'fast-check';
import { test } from 'vitest';
import { CaseFile } from '../../server/doctor/case-file.ts';
import { Diagnosis } from '../../server/doctor/diagnosis.ts';
import type { Source } from '../../server/live/live-stream.ts';
import { noDrops } from '../../server/media/drops.ts';
import { Timeline } from '../../server/media/timeline.ts';
import { clockOf } from '../support/clock.ts';
import { testAudioTrack, testVideoTrack } from '../support/samples.ts';

const ticks = fc.oneof(
  fc.integer({ min: 0, max: 900_000 }),
  fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
);

const step = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      kind: fc.constant('sample' as const),
      isVideo: fc.boolean(),
      number: fc.integer({ min: 0, max: 2 }),
      dts: ticks,
      offset: fc.integer({ min: -450_000, max: 450_000 }),
      isSync: fc.boolean(),
      bytes: fc.integer({ min: 0, max: 50 }),
      afterJump: fc.boolean(),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('second' as const), passedMs: fc.nat(90_000) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'leave' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('start' as const),
      width: fc.integer({ min: 16, max: 4_096 }),
      fps: fc.double(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('track' as const),
      rate: fc.constantFrom(8_000, 48_000, 96_000),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'jump' as const }) },
);

function judge(steps: readonly (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[]): void {
  let nowMs = 0;
  const source: Source = {
    remoteAddress: '192.0.2.1',
    encoder: undefined,
    repairs: new Timeline().repairs,
    drops: noDrops(),
    onReplaced: () => undefined,
  };
  const file = new CaseFile(
    { source },
    clockOf(() => nowMs),
  );
  const diagnosis = new Diagnosis();
  file.watch.onSourceStart({});
  file.watch.onTrack(testVideoTrack());
  file.watch.onTrack(testAudioTrack());
  for (const each of steps) {
    switch (each.kind) {
      case 'sample': {
        const trackId = each.isVideo ? (`v${each.number}` as const) : (`a${each.number}` as const);
        const { dts, isSync, afterJump } = each;
        const data = Buffer.alloc(each.bytes);
        file.watch.onSample({
          trackId,
          kind: each.isVideo ? 'video' : 'audio',
          dts,
          pts: Math.max(dts + each.offset, 0),
          isSync,
          afterJump,
          data,
        });
        break;
      }
      case 'second': {
        nowMs += each.passedMs;
        const facts = {
          source: file.read(),
          reconnects: each.passedMs % 9,
          viewers: {},
          loopP99Ms: each.passedMs,
        };
        diagnosis.judge(facts, source.encoder, file.bps, nowMs);
        assertFinite(file.measure());
        assertFinite(facts);
        if (/NaN|Infinity|undefined/.test(JSON.stringify(diagnosis.health)))
          throw new Error(`a text has no number: ${JSON.stringify(diagnosis.health)}`);
        break;
      }
      case 'leave':
        file.watch.onSourceEnd();
        break;
      case 'start':
        file.watch.onSourceStart({ frameRate: each.fps, width: each.width, height: 720 });
        file.watch.onTrack(testVideoTrack({ width: each.width }));
        file.watch.onTrack(testAudioTrack());
        break;
      case 'track':
        file.watch.onTrack(testAudioTrack(each.rate));
        break;
      default:
        source.repairs.jumps += 1;
    }
  }
}

/** Announced values come from the encoder and are kept as they are. */
function assertFinite(value: unknown, key = ''): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`${key} is ${value}`);
  if (typeof value !== 'object' || value === null || key === 'announced') return;
  for (const [name, each] of Object.entries(value)) assertFinite(each, name);
}

test('no input makes the doctor throw or say NaN', () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 200 }), judge), { numRuns: 300 });
});
