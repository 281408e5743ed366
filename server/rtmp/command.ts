// Reads and writes commands and data messages: AMF0 values in a fixed order (RTMP 1.0, clauses 7.1.1, 7.1.2 and 7.2).

import { GatewayError } from '../errors.ts';
import { type AmfValue, amfObject } from './amf-value.ts';
import { type AmfLimits, readAmfValues, writeAmfValues } from './amf0.ts';
import { MESSAGE_TYPE, type Message } from './message.ts';

/** One remote call, or the answer to one (`_result`, `_error`). */
export type Command = {
  readonly name: string;
  /** 0 means that no answer is expected. */
  readonly transactionId: number;
  /** The command object; null where a command has none. */
  readonly object: AmfValue;
  readonly args: readonly AmfValue[];
};

/** A data message: a handler's name and its arguments. */
export type DataCall = { readonly name: string; readonly values: readonly AmfValue[] };

/** The information object of onStatus and of most answers (clause 7.2.2). */
export type Status = {
  readonly level: 'status' | 'warning' | 'error';
  readonly code: string;
  readonly description: string;
};

/** Parses a command of type 20 or 17. Throws `bad_command` without a name. */
export function parseCommand(message: Message, limits: AmfLimits): Command {
  const [name, transactionId, object, ...args] = readAmfValues(amf0Part(message), limits);
  if (typeof name !== 'string') {
    throw new GatewayError(
      'invalid-data',
      'bad_command',
      `a command begins with its name, not with ${describeAmf(name)}`,
    );
  }
  return { name, transactionId: typeof transactionId === 'number' ? transactionId : 0, object, args };
}

/** A command message on the given message stream. */
export function writeCommand(command: Command, messageStreamId: number): Message {
  const { name, transactionId, object, args } = command;
  const body = writeAmfValues([name, transactionId, object, ...args]);
  return { type: MESSAGE_TYPE.commandAmf0, messageStreamId, timestamp: 0, body };
}

/**
 * Parses a data message of type 18 or 15; undefined when it does not begin with a name. Encoders wrap metadata in
 * `@setDataFrame`, which is removed.
 */
export function parseData(message: Message, limits: AmfLimits): DataCall | undefined {
  const [name, ...values] = readAmfValues(amf0Part(message), limits);
  if (typeof name !== 'string') return undefined;
  const [inner, ...innerValues] = values;
  if (name === '@setDataFrame' && typeof inner === 'string') return { name: inner, values: innerValues };
  return { name, values };
}

/** A data message of type 18. */
export function writeData(call: DataCall, messageStreamId: number, timestamp: number): Message {
  const body = writeAmfValues([call.name, ...call.values]);
  return { type: MESSAGE_TYPE.dataAmf0, messageStreamId, timestamp, body };
}

/** `onStatus` or a similar command (`onFCPublish`): a status that expects no answer. */
export function writeStatus(name: string, status: Status, messageStreamId: number): Message {
  return writeCommand(
    { name, transactionId: 0, object: null, args: [amfObject({ ...status })] },
    messageStreamId,
  );
}

/** The type of an AMF value, for messages. */
export function describeAmf(value: AmfValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && 'kind' in value) return value.kind;
  return value === undefined ? 'nothing' : `a ${typeof value}`;
}

/** A name from the peer, made short and printable for messages. */
export function quote(name: string): string {
  return JSON.stringify(
    name.length > MAX_QUOTED_CHARACTERS ? `${name.slice(0, MAX_QUOTED_CHARACTERS)}…` : name,
  );
}

/** Names of real commands and handlers are below 30 characters. */
const MAX_QUOTED_CHARACTERS = 64;

/** Types 17 and 15 put a zero byte (the AMF encoding in use) before values that are still AMF0. */
function amf0Part({ type, body }: Message): Buffer {
  const isWrapped = type === MESSAGE_TYPE.commandAmf3 || type === MESSAGE_TYPE.dataAmf3;
  return isWrapped && body[0] === 0 ? body.subarray(1) : body;
}
