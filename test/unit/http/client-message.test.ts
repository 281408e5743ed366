// Messages of clients are checked field by field; a topic may carry its name.
import { expect, test } from 'vitest';
import { parseClientMessage } from '../../../server/http/client-message.ts';

test.each([
  [
    { op: 'sub', topic: 'status', name: 'a' },
    { op: 'sub', topic: 'status', name: 'a' },
  ],
  [
    { op: 'sub', topic: 'status:', name: 'a' },
    { op: 'sub', topic: 'status', name: 'a' },
  ],
  [
    { op: 'sub', topic: 'stream:a' },
    { op: 'sub', topic: 'stream', name: 'a' },
  ],
  [
    { op: 'sub', topic: 'stream:a:b' },
    { op: 'sub', topic: 'stream', name: 'a:b' },
  ],
  [
    { op: 'unsub', topic: 'status:a', name: 'b' },
    { op: 'unsub', topic: 'status', name: 'a' },
  ],
  [
    { op: 'sub', topic: 'status' },
    { op: 'sub', topic: 'status', name: '' },
  ],
  [
    { op: 'ping', t0: 7, topic: 'x' },
    { op: 'ping', t0: 7 },
  ],
  [
    { op: 'sub', topic: 'keys:a' },
    { op: 'error', code: 'unknown_topic' },
  ],
  [
    { op: 'sub', topic: 5 },
    { op: 'error', code: 'unknown_topic' },
  ],
  [{ op: 'ping' }, { op: 'error', code: 'unknown_op' }],
  [[], { op: 'error', code: 'unknown_op' }],
])('%j', (said, understood) => {
  expect(parseClientMessage(JSON.stringify(said))).toMatchObject(understood);
});

test.each([undefined, '', '{', 'null', '7', '"sub"'])('%j is no message', (text) => {
  expect(parseClientMessage(text)).toMatchObject({ op: 'error', code: 'bad_message' });
});

test('a ping without a number that JSON can repeat is refused', () => {
  expect(parseClientMessage('{"op":"ping","t0":1e999}')).toMatchObject({ op: 'error', code: 'unknown_op' });
});
