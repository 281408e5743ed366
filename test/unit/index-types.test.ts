// What programs import from the package: the types of all messages, for viewers and for operators.
import { expect, test } from 'vitest';
import type {
  DetailMessage,
  OperatorMessage,
  RejectedMessage,
  ServerMessage,
  ServerSnapshotMessage,
  SnapshotMessage,
  StreamsMessage,
  ViewersMessage,
} from '../../server/index.ts';
import * as library from '../../server/index.ts';

type Operators =
  | SnapshotMessage
  | DetailMessage
  | StreamsMessage
  | ServerSnapshotMessage
  | RejectedMessage
  | ViewersMessage;
/** The compiler checks it: each is one of the messages for operators. */
const isOperators = <Message extends Operators>(message: Message): OperatorMessage => message;
const opOf = (message: ServerMessage | OperatorMessage): string => message.op;

test('messages of operators can be named by programs', () => {
  const streams: StreamsMessage = { op: 'streams', seq: 1, t: 0, streams: [] };
  expect(opOf(isOperators(streams))).toBe('streams');
});

test('nothing is exported but what a program needs', () => {
  expect(Object.keys(library).sort()).toEqual([
    'ERROR_TABLES',
    'GatewayError',
    'createGateway',
    'playbackToken',
  ]);
});
