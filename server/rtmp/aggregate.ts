// The aggregate message: FLV-like tags one after the other in a single message (RTMP 1.0, clause 7.1.6).

import { ByteReader } from '../bytes/byte-reader.ts';
import { GatewayError } from '../errors.ts';
import type { RtmpLimits } from './limits.ts';
import { MESSAGE_TYPE, type Message } from './message.ts';

/** The length of the tag before, which follows each; the last one is left out by some. */
const BACK_POINTER_BYTES = 4;

/**
 * The messages of an aggregate, on its message stream. Their times keep their distance from the first one's, which is
 * the aggregate's own; their bodies share its memory. Aggregates within are dropped.
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
        `an aggregate message holds more than ${limits.maxAggregateMessages} messages`,
      );
    }
    const type = reader.u8();
    const length = reader.u24();
    // As in FLV, the eighth to last of the time's bytes come first.
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
