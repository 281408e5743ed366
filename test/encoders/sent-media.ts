// The media that an encoder really sent, read from a network capture, to distinguish its own jitter from the gateway's.
import type { FlvTag } from '../../server/flv/flv-file.ts';
import { ChunkReader } from '../../server/rtmp/chunk-reader.ts';
import { HANDSHAKE_PACKET_BYTES } from '../../server/rtmp/handshake-digest.ts';
import { DEFAULT_RTMP_LIMITS } from '../../server/rtmp/limits.ts';
import { MESSAGE_TYPE, type Message } from '../../server/rtmp/message.ts';
import { flvFile } from '../cases/flv-files.ts';
import { readPayloads } from './capture-file.ts';

/** Milliseconds of the encoder's clock. */
export type MediaWindow = { readonly fromMs: number; readonly toMs: number };

/** C0, C1 and C2. */
const CLIENT_HANDSHAKE_BYTES = 1 + 2 * HANDSHAKE_PACKET_BYTES;
/** Codec configuration is an ordinary message, marked by packet type 0 (FLV annex E.4). */
const CONFIG_PACKET = 0;

/** One FLV file for each window, with its codec configuration. */
export function readSentMedia(capture: Buffer, rtmpPort: number, windows: readonly MediaWindow[]): Buffer[] {
  const tags = windows.map((): FlvTag[] => []);
  for (const message of messagesTo(capture, rtmpPort)) {
    const kind = kindOf(message);
    if (kind === undefined) continue;
    const { timestamp, body } = message;
    for (const [at, { fromMs, toMs }] of windows.entries()) {
      const isInside = timestamp >= fromMs && timestamp <= toMs;
      if (isInside || (body[1] === CONFIG_PACKET && timestamp < fromMs))
        tags[at]?.push({ kind, timestamp, body });
    }
  }
  return tags.map((found) => flvFile(found));
}

function kindOf({ type }: Message): FlvTag['kind'] | undefined {
  if (type === MESSAGE_TYPE.audio) return 'audio';
  return type === MESSAGE_TYPE.video ? 'video' : undefined;
}

function* messagesTo(capture: Buffer, rtmpPort: number): Generator<Message> {
  const reader = new ChunkReader(DEFAULT_RTMP_LIMITS);
  let handshakeLeft = CLIENT_HANDSHAKE_BYTES;
  for (const { isFromServer, bytes } of readPayloads(capture, rtmpPort)) {
    if (isFromServer) continue;
    const start = Math.min(handshakeLeft, bytes.length);
    handshakeLeft -= start;
    reader.feed(bytes, start, bytes.length);
    for (let message = reader.next(); message !== undefined; message = reader.next()) {
      if (message.type === MESSAGE_TYPE.setChunkSize) reader.setChunkBytes(message.body.readUInt32BE(0));
      yield message;
    }
  }
}
