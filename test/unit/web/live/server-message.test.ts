import { describe, expect, it } from 'vitest';
import type { ServerMessage } from '../../../../server/stats/stats-message.ts';
import { parseMessage } from '../../../../web/live/server-message.ts';

const UNDERSTOOD: readonly ServerMessage[] = [
  { op: 'hello', v: 1, serverTime: 1, version: '0.1.0', session: 's', topics: ['status', 'stream'] },
  { op: 'pong', t0: 1, t1: 2, t2: 3 },
  { op: 'status', name: 'show', state: 'live', since: 1, viewers: 0, hls: 'live/show/index.m3u8' },
  { op: 'tick', name: 'show', seq: 1, t: 1, d: { vbps: 1, abps: 1, viewers: 0, uptimeMs: 1 } },
  { op: 'error', code: 'bad_name', message: 'no' },
];

describe('parseMessage', () => {
  it.each(UNDERSTOOD.map((message) => [message.op, message]))('understands %s', (_op, message) => {
    expect(parseMessage(JSON.stringify(message))).toEqual(message);
  });

  it.each([
    ['text that is not JSON', '{'],
    ['a list', '[]'],
    ['null', 'null'],
    ['binary data', new Uint8Array([123, 125])],
    ['an operation of a later version', '{"op":"segment"}'],
    ['an operation named like an object member', '{"op":"constructor"}'],
    ['a hello of another version', '{"op":"hello","v":2}'],
    ['a pong without times', '{"op":"pong","t0":1,"t1":null,"t2":3}'],
    ['a tick without numbers', '{"op":"tick","name":"show","seq":1,"t":1}'],
    [
      'a state of a later version',
      '{"op":"status","name":"show","state":"paused","since":1,"viewers":0,"hls":"x"}',
    ],
    [
      'a state named like an object member',
      '{"op":"status","name":"show","state":"toString","since":1,"viewers":0,"hls":"x"}',
    ],
    ['a status without a playlist', '{"op":"status","name":"show","state":"live","since":1,"viewers":0}'],
  ])('drops %s', (_what, data) => {
    expect(parseMessage(data)).toBeUndefined();
  });
});
