// The aggregate message: a sequence of FLV-like tags in one message (RTMP 1.0, clause 7.1.6).

import { ByteReader } from '../bytes/byte-reader.ts';
import { GatewayError } from '../errors.ts';
import type { RtmpLimits } from './limits.ts';
import { MESSAGE_TYPE, type Message } from './message.ts';

/** Each tag is followed by its length; some senders omit the last one. */
const BACK_POINTER_BYTES = 4;

/**
 * The messages of an aggregate, on its message stream. The first gets the aggregate's time; the
 * others keep their distance from it. Bodies share its memory. Nested aggregates are dropped.
 */
export function splitAggregate(
  aggregate: Message,
  limits: Pick<RtmpLimits, 'maxAggregateMessages'>,
): readonly Message[] {
  const reader = new ByteReader(aggregate.body, 'aggregate message');
  const messages: Message[] = [];
  let firstTime: number | undefined;
  for (let count = 0; reader.remaining > 0; count += 1) {
    if (count === limits.maxAggregateMessages) {
      throw new GatewayError(
        'limit',
        'aggregate_limit',
        `an aggregate message contains more than ${limits.maxAggregateMessages} messages`,
      );
    }
    const type = reader.u8();
    const length = reader.u24();
    // As in FLV, the highest byte of the time comes after the lower three.
    const time = reader.u24() + reader.u8() * 0x100_0000;
    reader.skip(3);
    const body = reader.bytes(length);
    reader.skip(Math.min(BACK_POINTER_BYTES, reader.remaining));
    firstTime ??= time;
    const timestamp = (aggregate.timestamp + time - firstTime) >>> 0;
    if (type !== MESSAGE_TYPE.aggregate) {
      messages.push({ type, messageStreamId: aggregate.messageStreamId, timestamp, body });
    }
  }
  return messages;
}
