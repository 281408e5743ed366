// Errors for what a peer must not do in a session (RTMP 1.0, clause 7.2).

import { GatewayError } from '../errors.ts';
import { quote } from './command.ts';
import { type Message, UNNAMED_MESSAGE_STREAM } from './message.ts';
import type { SessionState } from './session-state.ts';

/** `bytes_before_publish` */
export function bytesBeforePublish(maxBytes: number): GatewayError {
  const message = `more than ${maxBytes} bytes arrived without a publish request`;
  return new GatewayError('limit', 'bytes_before_publish', message);
}

/** `not_connected` */
export function notConnected(commandName: string): GatewayError {
  const message = `the first command is ${quote(commandName)}, not "connect"`;
  return new GatewayError('invalid-state', 'not_connected', message);
}

/** `media_not_publishing` */
export function mediaNotPublishing({ type, messageStreamId }: Message, state: SessionState): GatewayError {
  const isUnnamed = messageStreamId === UNNAMED_MESSAGE_STREAM;
  const where = isUnnamed ? 'no message stream' : `message stream ${messageStreamId}`;
  const message = `a message of type ${type} arrived on ${where}, which is not publishing (state ${state})`;
  return new GatewayError('invalid-state', 'media_not_publishing', message);
}

/** `play_unsupported` */
export function playUnsupported(): GatewayError {
  return new GatewayError('unsupported', 'play_unsupported');
}
