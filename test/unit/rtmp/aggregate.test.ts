import { describe, expect, it } from 'vitest';
import { splitAggregate } from '../../../server/rtmp/aggregate.ts';
import { DEFAULT_RTMP_LIMITS } from '../../../server/rtmp/limits.ts';
import { aggregateBody } from '../../cases/rtmp-script.ts';
import { pattern } from '../../cases/rtmp-splits.ts';

const aggregate = (timestamp: number, body: Buffer) => ({ type: 22, messageStreamId: 1, timestamp, body });

describe('aggregate message', () => {
  it('splits into its messages, whose times keep their distance', () => {
    const body = aggregateBody([
      { type: 8, time: 500, body: pattern(4) },
      { type: 9, time: 510, body: pattern(40, 1) },
      { type: 18, time: 500, body: pattern(6, 2) },
    ]);
    expect(splitAggregate(aggregate(90_000, body), DEFAULT_RTMP_LIMITS)).toEqual([
      { type: 8, messageStreamId: 1, timestamp: 90_000, body: pattern(4) },
      { type: 9, messageStreamId: 1, timestamp: 90_010, body: pattern(40, 1) },
      { type: 18, messageStreamId: 1, timestamp: 90_000, body: pattern(6, 2) },
    ]);
  });

  it('carries times of 32 bits and wraps them', () => {
    const body = aggregateBody([
      { type: 8, time: 0x00ff_fffe, body: pattern(1) },
      { type: 8, time: 0x0100_000e, body: pattern(1) },
    ]);
    const messages = splitAggregate(aggregate(0xffff_fff8, body), DEFAULT_RTMP_LIMITS);
    expect(messages.map(({ timestamp }) => timestamp)).toEqual([0xffff_fff8, 0x8]);
  });

  it('may lack the last back pointer, and holds no aggregates', () => {
    const body = aggregateBody([
      { type: 22, time: 0, body: pattern(1) },
      { type: 9, time: 0, body: pattern(2) },
    ]);
    const messages = splitAggregate(aggregate(5, body.subarray(0, -4)), DEFAULT_RTMP_LIMITS);
    expect(messages.map(({ type }) => type)).toEqual([9]);
  });

  it('is refused when it is cut', () => {
    const body = aggregateBody([{ type: 9, time: 0, body: pattern(20) }]);
    for (let length = 1; length < 31; length += 1) {
      expect(() => splitAggregate(aggregate(0, body.subarray(0, length)), DEFAULT_RTMP_LIMITS)).toThrow(
        expect.objectContaining({ code: 'truncated' }),
      );
    }
  });

  it('is refused when it holds more messages than allowed', () => {
    const parts = Array.from({ length: 5 }, () => ({ type: 9, time: 0, body: Buffer.alloc(0) }));
    expect(() => splitAggregate(aggregate(0, aggregateBody(parts)), { maxAggregateMessages: 4 })).toThrow(
      expect.objectContaining({ code: 'aggregate_limit' }),
    );
  });
});
