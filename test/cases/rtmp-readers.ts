// Reads whole chunk streams for tests: what a session would obey of them (SetChunkSize, Abort), and nothing else.

import { ChunkReader } from '../../server/rtmp/chunk-reader.ts';
import { DEFAULT_RTMP_LIMITS, type RtmpLimits } from '../../server/rtmp/limits.ts';
import { type Message, parseControl } from '../../server/rtmp/message.ts';

/** All messages in the parts, in order; the parts are overwritten once read, as a socket would. */
export function readChunks(parts: readonly Buffer[], limits: Partial<RtmpLimits> = {}): Message[] {
  const messages: Message[] = [];
  readChunksInto(messages, parts, limits);
  return messages;
}

/** The same, for streams that end in an error: what came before it stays in `messages`. */
export function readChunksInto(
  messages: Message[],
  parts: readonly Buffer[],
  limits: Partial<RtmpLimits> = {},
): void {
  const reader = new ChunkReader({ ...DEFAULT_RTMP_LIMITS, ...limits });
  for (const part of parts) {
    reader.feed(part, 0, part.length);
    for (let message = reader.next(); message !== undefined; message = reader.next()) {
      messages.push(message);
      const control = parseControl(message);
      if (control?.kind === 'set-chunk-size') reader.setChunkBytes(control.chunkBytes);
      if (control?.kind === 'abort') reader.abort(control.chunkStreamId);
    }
    part.fill(0xee);
  }
}
