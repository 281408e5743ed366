// Reads whole chunk streams for tests, with the messages that a session obeys (SetChunkSize, Abort), and no others.

import { ChunkReader } from '../../server/rtmp/chunk-reader.ts';
import { DEFAULT_RTMP_LIMITS, type RtmpLimits } from '../../server/rtmp/limits.ts';
import { type Message, parseControl } from '../../server/rtmp/message.ts';

/** All messages in the parts, in order. Parts are overwritten after they are read, as a socket would do. */
export function readChunks(parts: readonly Buffer[], limits: Partial<RtmpLimits> = {}): Message[] {
  const messages: Message[] = [];
  readChunksInto(messages, parts, limits);
  return messages;
}

/** The same for streams that end in an error: earlier messages stay in `messages`. */
export function readChunksInto(
  messages: Message[],
  parts: readonly Buffer[],
  limits: Partial<RtmpLimits> = {},
): void {
  const reader = new ChunkReader({ ...DEFAULT_RTMP_LIMITS, ...limits });
  for (const given of parts) {
    // Overwritten below: the given bytes may be those of a table.
    const part = Buffer.from(given);
    reader.startTurn();
    reader.feed(part, 0, part.length);
    for (let message = reader.next(); message !== undefined; message = reader.next()) {
      messages.push({ ...message, body: Buffer.from(message.body) });
      const control = parseControl(message);
      if (control?.kind === 'set-chunk-size') reader.setChunkBytes(control.chunkBytes);
      if (control?.kind === 'abort') reader.abort(control.chunkStreamId);
    }
    part.fill(0xee);
  }
}
