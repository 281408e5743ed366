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

  it('has its own copy of the data, whose memory is used again', () => {
    const queue = new SampleQueue();
    const memory = Buffer.alloc(10, 1);
    queue.push(sampleAt(0, memory));
    memory.fill(2);
    expect(queue.at(0)?.data).toEqual(Buffer.alloc(10, 1));
  });

  it('copies all data once more, out of memory that is about to be used again', () => {
    let memory = Buffer.alloc(1_000);
    let used = 0;
    const queue = new SampleQueue((data) => {
      memory.set(data, used);
      used += data.length;
      return memory.subarray(used - data.length, used);
    });
    for (let at = 0; at < 10; at += 1) queue.push(sampleAt(at, Buffer.alloc(10, at)));
    queue.shift();
    const old = memory;
    [memory, used] = [Buffer.alloc(1_000), 0];
    queue.copyAgain();
    old.fill(0xdb);
    expect(queue.takeAll().map(({ dts, data }) => [dts, data[0], data[9]])).toEqual(
      Array.from({ length: 9 }, (_, at) => [at + 1, at + 1, at + 1]),
    );
  });
});
