// The possible actions of an encoder, as bytes that mean the same after any others, and the results in the session's
// model (RTMP 1.0, clause 7.2; the states of server/rtmp/session-state.ts).

import { amfObject } from '../../server/rtmp/amf-value.ts';
import { ChunkWriter } from '../../server/rtmp/chunk-writer.ts';
import { writeCommand, writeData } from '../../server/rtmp/command.ts';
import { MAX_TURN_CHUNKS, MAX_TURN_MESSAGES } from '../../server/rtmp/limits.ts';
import {
  type ControlMessage,
  type Message,
  UNNAMED_MESSAGE_STREAM,
  writeControl,
} from '../../server/rtmp/message.ts';
import type { SessionState } from '../../server/rtmp/session-state.ts';
import { aggregateBody } from '../cases/rtmp-script.ts';
import { pattern } from '../cases/rtmp-splits.ts';
import { wire } from '../cases/rtmp-wire.ts';

/** The state of the model. */
export type ModelState = {
  state: SessionState;
  publishedStreamId: number;
  publishedName: string;
  endedName: string | undefined;
  chunkBytes: number;
};

export type Act = {
  readonly name: string;
  /** Its relative frequency. */
  readonly weight: number;
  /** The bytes at this chunk size. */
  readonly bytes: (chunkBytes: number) => Buffer;
  /** Applies the act to the model. @returns the expected outputs, a close with its code */
  readonly apply: (model: ModelState) => readonly string[];
};

const NOTHING: readonly string[] = [];
const DEFAULT_CHUNK_BYTES = 128;
const LARGE_CHUNK_BYTES = 4_096;
/** None, two that encoders use, and one that was never created. */
export const STREAM_IDS = [0, 1, 2, 77] as const;

/** Full headers, so that the bytes of a message do not depend on the previous one. */
function encoded(message: Message, chunkStreamId: number): Act['bytes'] {
  const encode = (chunkBytes: number): Buffer => {
    const writer = new ChunkWriter('full');
    writer.setChunkBytes(chunkBytes);
    return writer.write(message, chunkStreamId);
  };
  const small = encode(DEFAULT_CHUNK_BYTES);
  const large = encode(LARGE_CHUNK_BYTES);
  return (chunkBytes) => (chunkBytes === DEFAULT_CHUNK_BYTES ? small : large);
}

function close(model: ModelState, code: string): readonly string[] {
  model.state = 'closed';
  return [`closed ${code}`];
}

/** A command; before connect every command is an error. */
function command(
  name: string,
  apply: Act['apply'],
  options: {
    weight?: number;
    args?: Parameters<typeof writeCommand>[0]['args'];
    messageStreamId?: number;
  } = {},
): Act {
  const { weight = 1, args = [], messageStreamId = 0 } = options;
  const message = writeCommand({ name, transactionId: 9, object: null, args }, messageStreamId);
  return {
    name: `${name} ${JSON.stringify(args)} on ${messageStreamId}`,
    weight,
    bytes: encoded(message, 3),
    apply: (model) => (model.state === 'connecting' ? close(model, 'not_connected') : apply(model)),
  };
}

function connect(object: Parameters<typeof writeCommand>[0]['object'], weight: number): Act {
  return {
    name: `connect with ${object === null ? 'nothing' : 'an object'}`,
    weight,
    bytes: encoded(writeCommand({ name: 'connect', transactionId: 1, object, args: [] }, 0), 3),
    apply: (model) => {
      if (model.state !== 'connecting') return ['ignored'];
      if (object === null) return close(model, 'bad_connect');
      model.state = 'connected';
      return NOTHING;
    },
  };
}

function publish(name: string, messageStreamId: number, weight: number): Act {
  const apply: Act['apply'] = (model) => {
    if (model.state !== 'connected') return ['ignored'];
    model.state = 'publish-pending';
    model.publishedStreamId = messageStreamId;
    model.publishedName = name;
    return ['publish-requested'];
  };
  return command('publish', apply, { weight, args: [name, 'live'], messageStreamId });
}

function unpublish(model: ModelState): readonly string[] {
  if (model.state !== 'publishing') return NOTHING;
  model.state = 'connected';
  model.endedName = model.publishedName;
  return ['publish-ended'];
}

/** Ends the publication, unless it names the previous one. */
function fcUnpublish(name: string): Act {
  const apply: Act['apply'] = (model) =>
    name === model.endedName && name !== model.publishedName ? NOTHING : unpublish(model);
  return command('FCUnpublish', apply, { args: [name], weight: 0.7 });
}

/** More messages in one act than a session handles in one turn. */
function flood(act: Act, count: number): Act {
  const times = <Value>(value: Value): Value[] => Array.from({ length: count }, () => value);
  return {
    name: `${count} times ${act.name}`,
    weight: 0.3,
    bytes: (chunkBytes) => Buffer.concat(times(act.bytes(chunkBytes))),
    apply: (model) => {
      const outputs: string[] = [];
      for (let at = 0; at < count && model.state !== 'closed'; at += 1) outputs.push(...act.apply(model));
      return outputs;
    },
  };
}

/** A message that only a publisher may send, on its own message stream. */
function media(
  name: string,
  message: Omit<Message, 'timestamp'>,
  outputs: readonly string[],
  weight = 1,
): Act {
  const isOwn = (model: ModelState) => model.publishedStreamId === message.messageStreamId;
  return {
    name: `${name} on ${message.messageStreamId}`,
    weight,
    bytes: encoded({ ...message, timestamp: 40 }, 6),
    apply: (model) =>
      model.state === 'publishing' && isOwn(model) ? outputs : close(model, 'media_not_publishing'),
  };
}

function data(messageStreamId: number): Act {
  const message = writeData({ name: 'onMetaData', values: [amfObject({ width: 1 })] }, messageStreamId, 0);
  return {
    name: `data on ${messageStreamId}`,
    weight: 1,
    bytes: encoded(message, 8),
    apply: (model) => {
      if (model.state !== 'publishing') return close(model, 'media_not_publishing');
      return [model.publishedStreamId === messageStreamId ? 'data' : 'ignored'];
    },
  };
}

/** A message about the link: in every state it causes at most a reply. */
function control(name: string, message: ControlMessage): Act {
  return { name, weight: 1, bytes: encoded(writeControl(message), 2), apply: () => NOTHING };
}

/** A message that ends any session. */
function fatal(name: string, message: Omit<Message, 'timestamp' | 'messageStreamId'>, code: string): Act {
  const bytes = encoded({ ...message, messageStreamId: 0, timestamp: 0 }, 3);
  return { name, weight: 0.2, bytes, apply: (model) => close(model, code) };
}

function ignored(name: string, type: number): Act {
  const bytes = encoded({ type, messageStreamId: 0, timestamp: 0, body: pattern(5) }, 3);
  return { name, weight: 1, bytes, apply: () => ['ignored'] };
}

const TWO_SIZES: Act = {
  name: 'SetChunkSize',
  weight: 1,
  bytes: (chunkBytes) =>
    encoded(writeControl({ kind: 'set-chunk-size', chunkBytes: otherChunkBytes(chunkBytes) }), 2)(chunkBytes),
  apply: (model) => {
    model.chunkBytes = otherChunkBytes(model.chunkBytes);
    return NOTHING;
  },
};

function otherChunkBytes(chunkBytes: number): number {
  return chunkBytes === DEFAULT_CHUNK_BYTES ? LARGE_CHUNK_BYTES : DEFAULT_CHUNK_BYTES;
}

/** On a chunk stream that never named a message stream: it can only mean the existing one. */
const UNNAMED_AUDIO: Act = {
  name: `audio on ${UNNAMED_MESSAGE_STREAM}`,
  weight: 1,
  bytes: () => wire({ type: 1, chunkStreamId: 50, messageType: 8, payload: pattern(4) }),
  apply: (model) => (model.state === 'publishing' ? ['audio'] : close(model, 'media_not_publishing')),
};

const AGGREGATE = aggregateBody([
  { type: 9, time: 5, body: pattern(30) },
  { type: 8, time: 6, body: pattern(5) },
  { type: 20, time: 7, body: pattern(5) },
  { type: 8, time: 8, body: Buffer.alloc(0) },
]);

function refusePlay(model: ModelState): readonly string[] {
  return close(model, 'play_unsupported');
}

export const CONNECT: Act = connect(amfObject({ app: 'live', tcUrl: 'rtmp://host/live' }), 2);
export const CREATE_STREAM: Act = command('createStream', () => NOTHING, { weight: 2 });
export const PUBLISHES: readonly Act[] = STREAM_IDS.flatMap((id) =>
  ['key', 'other'].map((name) => publish(name, id, id === 1 ? 1.5 : 0.25)),
);
const PING = control('ping', { kind: 'user-control', event: 6, value: 1 });
const AUDIO = media('audio', { type: 8, messageStreamId: 1, body: pattern(9) }, ['audio'], 3);

export const ACTS: readonly Act[] = [
  CONNECT,
  CREATE_STREAM,
  ...PUBLISHES,
  connect(null, 0.2),
  command(
    'publish',
    (model) => {
      if (model.state === 'connected') return close(model, 'bad_publish_name');
      return model.state === 'publishing' && model.publishedStreamId === 1 ? unpublish(model) : ['ignored'];
    },
    {
      weight: 0.3,
      args: [false],
      messageStreamId: 1,
    },
  ),
  command('releaseStream', () => NOTHING, { args: ['key'] }),
  command('FCPublish', () => NOTHING, { args: ['key'] }),
  command('_checkbw', () => NOTHING),
  command('_result', () => NOTHING, { args: [1] }),
  command('onStatus', () => NOTHING),
  command('toString', () => ['ignored']),
  command('pause', () => ['ignored'], { args: [true, 0], messageStreamId: 1 }),
  fcUnpublish('key'),
  fcUnpublish('other'),
  flood(AUDIO, MAX_TURN_MESSAGES + 40),
  flood(PING, MAX_TURN_CHUNKS + 40),
  flood(CREATE_STREAM, MAX_TURN_MESSAGES + 1),
  ...STREAM_IDS.flatMap((id) => [
    command('closeStream', (model) => (model.publishedStreamId === id ? unpublish(model) : NOTHING), {
      messageStreamId: id,
      weight: 0.4,
    }),
    command('deleteStream', (model) => (model.publishedStreamId === id ? unpublish(model) : NOTHING), {
      args: [id],
      weight: 0.4,
    }),
    media('audio', { type: 8, messageStreamId: id, body: pattern(9) }, ['audio'], id === 1 ? 3 : 0.3),
    media('video', { type: 9, messageStreamId: id, body: pattern(300) }, ['video'], id === 1 ? 3 : 0.3),
    media(
      'aggregate',
      { type: 22, messageStreamId: id, body: AGGREGATE },
      ['video', 'audio', 'ignored', 'ignored'],
      0.4,
    ),
    data(id),
  ]),
  media('empty audio', { type: 8, messageStreamId: 1, body: Buffer.alloc(0) }, ['ignored']),
  command('play', refusePlay, { args: ['key'], weight: 0.2, messageStreamId: 1 }),
  command('play2', refusePlay, { weight: 0.1 }),
  UNNAMED_AUDIO,
  TWO_SIZES,
  PING,
  control('SetPeerBandwidth', { kind: 'set-peer-bandwidth', windowBytes: 5_000_000, limitType: 2 }),
  control('window', { kind: 'window-acknowledgement-size', windowBytes: 100_000 }),
  control('acknowledgement', { kind: 'acknowledgement', receivedBytes: 1 }),
  control('abort', { kind: 'abort', chunkStreamId: 6 }),
  ignored('a shared object', 19),
  ignored('a message of an unknown type', 99),
  fatal('a chunk size of 0', { type: 1, body: Buffer.alloc(4) }, 'bad_chunk_size'),
  fatal('a short control message', { type: 3, body: Buffer.alloc(2) }, 'short_control'),
  fatal('a command without a name', { type: 20, body: Buffer.from([5]) }, 'bad_command'),
  fatal('a command that is cut off', { type: 20, body: Buffer.from([2, 0, 9, 0x61]) }, 'truncated'),
];
