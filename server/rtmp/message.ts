// RTMP messages: their type ids, and the bodies of protocol control and user control messages both ways
// (RTMP 1.0, clauses 5.4, 6.2 and 7.1).

import { GatewayError } from '../errors.ts';

/** Message type ids (clauses 5.4 and 7.1); 15 to 17 carry AMF3 or AMF0 behind a leading zero byte. */
export const MESSAGE_TYPE = {
  setChunkSize: 1,
  abort: 2,
  acknowledgement: 3,
  userControl: 4,
  windowAcknowledgementSize: 5,
  setPeerBandwidth: 6,
  audio: 8,
  video: 9,
  dataAmf3: 15,
  sharedObjectAmf3: 16,
  commandAmf3: 17,
  dataAmf0: 18,
  sharedObjectAmf0: 19,
  commandAmf0: 20,
  aggregate: 22,
} as const;

/** The message stream id of a chunk stream without one (its first chunk was not of type 0). */
export const UNNAMED_MESSAGE_STREAM = -1;

/** One whole RTMP message; `timestamp` is unsigned 32-bit milliseconds. A received `body` is valid until the next turn. */
export type Message = {
  readonly type: number;
  readonly messageStreamId: number;
  readonly timestamp: number;
  readonly body: Buffer;
};

/** User control events (clause 7.1.7). */
export const USER_CONTROL_EVENT = {
  streamBegin: 0,
  streamEof: 1,
  streamDry: 2,
  setBufferLength: 3,
  streamIsRecorded: 4,
  pingRequest: 6,
  pingResponse: 7,
} as const;

/** What a SetPeerBandwidth limit means (clause 5.4.5). */
export const PEER_BANDWIDTH_LIMIT = { hard: 0, soft: 1, dynamic: 2 } as const;

/** The body of a message of type 1 to 6. */
export type ControlMessage =
  | { readonly kind: 'set-chunk-size'; readonly chunkBytes: number }
  | { readonly kind: 'abort'; readonly chunkStreamId: number }
  | { readonly kind: 'acknowledgement'; readonly receivedBytes: number }
  | { readonly kind: 'window-acknowledgement-size'; readonly windowBytes: number }
  | { readonly kind: 'set-peer-bandwidth'; readonly windowBytes: number; readonly limitType: number }
  /** `value` is the event's first field: a message stream id, or a ping's time in milliseconds. */
  | { readonly kind: 'user-control'; readonly event: number; readonly value: number };

/** Whether a message is a protocol control message (clause 5.4). */
export function isControlType(type: number): boolean {
  return type <= MESSAGE_TYPE.setPeerBandwidth;
}

/** Parses the body of a message of type 1 to 6; undefined for other types. A body too short is `short_control`. */
export function parseControl(message: Message): ControlMessage | undefined {
  const { type, body } = message;
  switch (type) {
    case MESSAGE_TYPE.setChunkSize:
      return { kind: 'set-chunk-size', chunkBytes: readField(message, 0) };
    case MESSAGE_TYPE.abort:
      return { kind: 'abort', chunkStreamId: readField(message, 0) };
    case MESSAGE_TYPE.acknowledgement:
      return { kind: 'acknowledgement', receivedBytes: readField(message, 0) };
    case MESSAGE_TYPE.windowAcknowledgementSize:
      return { kind: 'window-acknowledgement-size', windowBytes: readField(message, 0) };
    case MESSAGE_TYPE.setPeerBandwidth:
      return {
        kind: 'set-peer-bandwidth',
        windowBytes: readField(message, 0),
        // Some senders omit the limit type; "dynamic" then changes nothing.
        limitType: body[4] ?? PEER_BANDWIDTH_LIMIT.dynamic,
      };
    case MESSAGE_TYPE.userControl: {
      const value = readField(message, 2);
      return { kind: 'user-control', event: body.readUInt16BE(0), value };
    }
    default:
      return undefined;
  }
}

/** Writes a control message, on message stream 0 with a timestamp that receivers ignore (clause 5.4). */
export function writeControl(control: ControlMessage): Message {
  switch (control.kind) {
    case 'set-chunk-size':
      return controlMessage(MESSAGE_TYPE.setChunkSize, u32(control.chunkBytes));
    case 'abort':
      return controlMessage(MESSAGE_TYPE.abort, u32(control.chunkStreamId));
    case 'acknowledgement':
      return controlMessage(MESSAGE_TYPE.acknowledgement, u32(control.receivedBytes));
    case 'window-acknowledgement-size':
      return controlMessage(MESSAGE_TYPE.windowAcknowledgementSize, u32(control.windowBytes));
    case 'set-peer-bandwidth': {
      const body = Buffer.allocUnsafe(5);
      body.writeUInt32BE(control.windowBytes, 0);
      body.writeUInt8(control.limitType, 4);
      return controlMessage(MESSAGE_TYPE.setPeerBandwidth, body);
    }
    case 'user-control': {
      const body = Buffer.allocUnsafe(6);
      body.writeUInt16BE(control.event, 0);
      body.writeUInt32BE(control.value, 2);
      return controlMessage(MESSAGE_TYPE.userControl, body);
    }
  }
}

function readField({ type, body }: Message, offset: number): number {
  if (body.length < offset + 4) {
    throw new GatewayError(
      'invalid-data',
      'short_control',
      `a control message of type ${type} needs ${offset + 4} bytes; ${body.length} arrived`,
    );
  }
  return body.readUInt32BE(offset);
}

function controlMessage(type: number, body: Buffer): Message {
  return { type, messageStreamId: 0, timestamp: 0, body };
}

function u32(value: number): Buffer {
  const body = Buffer.allocUnsafe(4);
  body.writeUInt32BE(value, 0);
  return body;
}
