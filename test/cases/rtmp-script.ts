// The bytes that an encoder sends, and a session that reads them: used by the tests of the session.

import type { AmfValue } from '../../server/rtmp/amf-value.ts';
import { amfObject } from '../../server/rtmp/amf-value.ts';
import { ChunkWriter } from '../../server/rtmp/chunk-writer.ts';
import { type Command, parseCommand, writeCommand, writeData } from '../../server/rtmp/command.ts';
import { DEFAULT_RTMP_LIMITS, OWN_CHUNK_BYTES, type RtmpLimits } from '../../server/rtmp/limits.ts';
import { type ControlMessage, type Message, parseControl, writeControl } from '../../server/rtmp/message.ts';
import { Session, type SessionOutput } from '../../server/rtmp/session.ts';
import { readChunks } from './rtmp-readers.ts';
import { pattern } from './rtmp-splits.ts';
import { wire, wireControl } from './rtmp-wire.ts';

const HANDSHAKE_PACKET_BYTES = 1536;
const SERVER_HELLO_BYTES = 1 + 2 * HANDSHAKE_PACKET_BYTES;

/** Writes an encoder's side, chunk by chunk, with the shortest possible headers. */
export class EncoderScript {
  readonly #writer = new ChunkWriter('short');

  /** C0, C1 and C2 of the simple handshake, without waiting for the server. */
  hello(): Buffer {
    const hello = Buffer.alloc(1 + 2 * HANDSHAKE_PACKET_BYTES, 0x5a);
    hello.writeUInt8(3, 0);
    hello.fill(0, 1, 9);
    return hello;
  }

  connect(object: AmfValue = amfObject({ app: 'live', tcUrl: 'rtmp://host/live' })): Buffer {
    return this.command('connect', 1, object, []);
  }

  /** Handshake, connect and createStream: the messages that every encoder sends before it publishes. */
  opening(): Buffer {
    return Buffer.concat([this.hello(), this.connect(), this.command('createStream', 2, null, [])]);
  }

  publish(streamName: AmfValue = 'key', messageStreamId = 1): Buffer {
    return this.command('publish', 3, null, [streamName, 'live'], messageStreamId);
  }

  command(
    name: string,
    transactionId: number,
    object: AmfValue,
    args: readonly AmfValue[],
    messageStreamId = 0,
  ): Buffer {
    return this.message(writeCommand({ name, transactionId, object, args }, messageStreamId), 3);
  }

  audio(timestamp: number, body: Buffer, messageStreamId = 1): Buffer {
    return this.message({ type: 8, messageStreamId, timestamp, body }, 4);
  }

  video(timestamp: number, body: Buffer, messageStreamId = 1): Buffer {
    return this.message({ type: 9, messageStreamId, timestamp, body }, 6);
  }

  data(name: string, values: readonly AmfValue[], messageStreamId = 1): Buffer {
    return this.message(writeData({ name, values }, messageStreamId, 0), 8);
  }

  control(control: ControlMessage): Buffer {
    const bytes = this.message(writeControl(control), 2);
    if (control.kind === 'set-chunk-size') this.#writer.setChunkBytes(control.chunkBytes);
    return bytes;
  }

  message(message: Message, chunkStreamId: number): Buffer {
    return this.#writer.write(message, chunkStreamId);
  }
}

/** The outputs of a session, with its replies decoded. */
export type Heard = {
  /** All outputs but `send`. */
  readonly outputs: readonly Exclude<SessionOutput, { readonly kind: 'send' }>[];
  readonly sent: Buffer;
};

/** Passes the parts to the session. Every publish request is granted immediately unless `decide` says otherwise. */
export function hear(
  session: Session,
  parts: readonly Buffer[],
  decide: (session: Session) => readonly SessionOutput[] = (each) => each.accept(),
): Heard {
  const outputs: Exclude<SessionOutput, { readonly kind: 'send' }>[] = [];
  const sent: Buffer[] = [];
  const take = (batch: readonly SessionOutput[]) => {
    for (const output of batch) {
      if (output.kind === 'send') sent.push(output.bytes);
      else outputs.push(kept(output));
      if (output.kind === 'publish-requested') take(decide(session));
    }
  };
  for (const part of parts) {
    take(session.receive(part));
    while (session.hasUnread) take(session.resume());
  }
  return { outputs, sent: Buffer.concat(sent) };
}

/** An output with a copy of its body, which expires when the session reads again. */
export function kept<Output extends object>(output: Output): Output {
  return 'body' in output && Buffer.isBuffer(output.body)
    ? { ...output, body: Buffer.from(output.body) }
    : output;
}

/** A session that has read the handshake, connect and createStream. */
export function connectedSession(limits: Partial<RtmpLimits> = {}): {
  session: Session;
  script: EncoderScript;
} {
  const session = new Session({ limits });
  const script = new EncoderScript();
  hear(session, [script.opening()]);
  return { session, script };
}

/** A session whose encoder publishes on message stream 1. */
export function publishingSession(limits: Partial<RtmpLimits> = {}): {
  session: Session;
  script: EncoderScript;
} {
  const opened = connectedSession(limits);
  hear(opened.session, [opened.script.publish()]);
  return opened;
}

/** The server's messages in the bytes after its answer to connect, or from its first byte on. */
export function messagesIn(sent: Buffer, isFromStart = false): Message[] {
  if (isFromStart) return readChunks([Buffer.from(sent.subarray(SERVER_HELLO_BYTES))]);
  const agreed = wire(wireControl(1, OWN_CHUNK_BYTES));
  return readChunks([agreed, Buffer.from(sent)]).slice(1);
}

export function commandsIn(sent: Buffer, isFromStart = false): Command[] {
  return messagesIn(sent, isFromStart)
    .filter(({ type }) => type === 20)
    .map((message) => parseCommand(message, DEFAULT_RTMP_LIMITS));
}

export function controlsIn(sent: Buffer, isFromStart = false): ControlMessage[] {
  return messagesIn(sent, isFromStart).flatMap((message) => parseControl(message) ?? []);
}

/** An aggregate message's body (RTMP 1.0, clause 7.1.6). */
export function aggregateBody(
  parts: readonly { readonly type: number; readonly time: number; readonly body: Buffer }[],
): Buffer {
  return Buffer.concat(
    parts.flatMap(({ type, time, body }) => {
      const head = Buffer.alloc(11);
      head.writeUInt8(type, 0);
      head.writeUIntBE(body.length, 1, 3);
      head.writeUIntBE(time % 2 ** 24, 4, 3);
      head.writeUInt8(Math.floor(time / 2 ** 24), 7);
      const backPointer = Buffer.alloc(4);
      backPointer.writeUInt32BE(11 + body.length);
      return [head, body, backPointer];
    }),
  );
}

/** A short publication with everything that a session handles in one, and the expected outputs. */
export function wholePublication(): { readonly flight: Buffer; readonly kinds: readonly string[] } {
  const script = new EncoderScript();
  const flight = Buffer.concat([
    script.hello(),
    script.connect(),
    script.control({ kind: 'window-acknowledgement-size', windowBytes: 100_000 }),
    script.command('releaseStream', 2, null, ['key']),
    script.command('FCPublish', 3, null, ['key']),
    script.command('createStream', 4, null, []),
    script.command('_checkbw', 5, null, []),
    script.publish('key?token=1'),
    script.data('@setDataFrame', ['onMetaData', amfObject({ width: 640 })]),
    script.video(0, pattern(50)),
    script.audio(0, pattern(7)),
    script.control({ kind: 'set-chunk-size', chunkBytes: 4096 }),
    script.video(40, pattern(9_000)),
    script.control({ kind: 'user-control', event: 6, value: 1234 }),
    script.audio(21, pattern(300)),
    script.message({ type: 19, messageStreamId: 0, timestamp: 0, body: pattern(3) }, 3),
    script.video(80, pattern(20_000)),
    script.command('FCUnpublish', 6, null, ['key']),
    script.command('deleteStream', 0, null, [1]),
  ]);
  const kinds = [
    'publish-requested',
    'data',
    'video',
    'audio',
    'video',
    'audio',
    'ignored',
    'video',
    'publish-ended',
  ];
  return { flight, kinds };
}
