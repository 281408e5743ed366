import { describe, expect, it } from 'vitest';
import type { Sample } from '../../../server/media/sample.ts';
import { chargedBytes, SampleQueue } from '../../../server/media/sample-queue.ts';

function sampleAt(dts: number, data = Buffer.alloc(10)): Sample {
  return { trackId: 'a0', kind: 'audio', dts, pts: dts, isSync: true, data, afterJump: false };
}

describe('sample queue', () => {
  it('gives samples in the order they came, and counts what they cost', () => {
    const queue = new SampleQueue();
    for (let dts = 0; dts < 5_000; dts += 1) queue.push(sampleAt(dts));
    expect(queue.bytes).toBe(5_000 * chargedBytes(sampleAt(0)));
    for (let dts = 0; dts < 4_000; dts += 1) expect(queue.shift()?.dts).toBe(dts);
    expect([queue.length, queue.at(0)?.dts, queue.at(999)?.dts, queue.last?.dts]).toEqual([
      1_000, 4_000, 4_999, 4_999,
    ]);
    expect(queue.takeAll().map(({ dts }) => dts)).toEqual(
      Array.from({ length: 1_000 }, (_, at) => 4_000 + at),
    );
    expect([queue.length, queue.bytes, queue.last, queue.shift()]).toEqual([0, 0, undefined, undefined]);
  });

  it('is empty again after as many were taken as came, whatever the order of both', () => {
    const queue = new SampleQueue();
    for (let round = 0; round < 200; round += 1) {
      for (let at = 0; at < 37; at += 1) queue.push(sampleAt(round * 37 + at));
      for (let at = 0; at < 37; at += 1) expect(queue.shift()?.dts).toBe(round * 37 + at);
      expect([queue.length, queue.bytes]).toEqual([0, 0]);
    }
  });

  it('copies what shares its memory with others once it is longer than any ordinary stream needs', () => {
    const queue = new SampleQueue();
    const slab = Buffer.allocUnsafeSlow(1_000);
    for (let at = 0; at < 100; at += 1) queue.push(sampleAt(at, slab.subarray(at * 10, at * 10 + 10)));
    expect(queue.at(0)?.data.buffer).toBe(slab.buffer);
    expect(queue.at(99)?.data.buffer).not.toBe(slab.buffer);
    expect(queue.at(99)?.data).toEqual(slab.subarray(990, 1_000));
  });
});
