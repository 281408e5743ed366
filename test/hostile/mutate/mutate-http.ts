// Damaged HTTP/1.1, HTTP/2 and WebSocket: pipelining, upgrades, trailers, content lengths, resets, the preface in the wrong
// place, frames of unknown kinds.

import type { Dice } from '../../fuzz/dice.ts';
import { mutate } from '../../fuzz/mutators.ts';
import { END_HEADERS, END_STREAM, FRAME, frame, headerBlock, PREFACE } from '../../support/http2-frames.ts';
import { CANARY_NAME } from '../marks.ts';

const TARGETS = [
  ...['/', '/livez', '/readyz', '/api/v1/streams', '/none', '*', '', 'http://x/livez', '//x', '/%2e%2e/%00'],
  ...['/live/nobody/index.m3u8', `/live/${CANARY_NAME}/index.m3u8`, `/live/${CANARY_NAME}/main.m3u8`],
  ...[`/live/${CANARY_NAME}/main.m3u8?_HLS_msn=999999999999`, `/live/${CANARY_NAME}/main.m3u8?_HLS_skip=YES`],
  ...[`/watch/${CANARY_NAME}`, `/embed/${CANARY_NAME}`, '/ws/v1', `/watch/${'x'.repeat(3_000)}`],
];
const METHODS = ['GET', 'GET', 'GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'CONNECT', 'TRACE', 'PRI', 'get'];
const FIELDS = [
  ...['Connection: close', 'Connection: keep-alive', 'Connection: Upgrade', 'Connection: upgrade, close'],
  ...[
    'Upgrade: h2c',
    'Upgrade: websocket',
    'Upgrade: TLS/1.0',
    'Upgrade: h2c, websocket',
    'HTTP2-Settings: AAMAAABk',
  ],
  ...['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Version: 8', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='],
  ...['Sec-WebSocket-Protocol: sluice.v1', 'Sec-WebSocket-Extensions: permessage-deflate', 'Origin: null'],
  ...[
    'Content-Length: 0',
    'Content-Length: 5',
    'Content-Length: 99999999',
    'Content-Length: -1',
    'Content-Length: 5, 5',
  ],
  ...[
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: gzip, chunked',
    'Transfer-Encoding: identity',
    'Trailer: x',
  ],
  ...[
    'Expect: 100-continue',
    'TE: trailers',
    'Range: bytes=0-0',
    'Range: bytes=9-1,0-,-5',
    'Accept-Encoding: br, gzip',
  ],
  ...[
    'If-None-Match: *',
    'If-Modified-Since: never',
    'X: \u0001',
    'Host: x',
    'Host:',
    ` folded: x`,
    'no colon',
  ],
];
const BODIES = [
  '',
  'hello',
  '5\r\nhello\r\n0\r\n\r\n',
  '0\r\nx: y\r\n\r\n',
  'fffffffffffffffff\r\n',
  '5\r\nhel',
  '\r\n\r\n',
];
const WORDS = [
  ...FIELDS,
  ...METHODS,
  'HTTP/1.0',
  'HTTP/1.1',
  'HTTP/2.0',
  'HTTP/9',
  '\r\n',
  '\r\n\r\n',
  '\0',
].map((word) => Buffer.from(word, 'latin1'));
const MAX_BYTES = 64 * 1024;
const UPGRADE = `GET /ws/v1 HTTP/1.1\r\nHost: x\r\n${['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='].join('\r\n')}\r\n\r\n`;
const SAID = [
  ...['{"op":"ping","t0":1}', `{"op":"sub","topic":"stream","name":"${CANARY_NAME}"}`],
  ...[
    '{"op":"unsub","topic":"status","name":"x"}',
    '{"op":"sub","topic":"status","name":"__proto__"}',
    '{',
    '',
    '[]',
  ],
];

function request(dice: Dice): Buffer {
  const fields = Array.from({ length: dice.below(7) }, () => dice.pick(FIELDS));
  const version = dice.oneIn(10) ? dice.pick(['HTTP/1.0', 'HTTP/2.0', 'HTTP/1.2', '']) : 'HTTP/1.1';
  const head = [`${dice.pick(METHODS)} ${dice.pick(TARGETS)} ${version}`, 'Host: x', ...fields].join('\r\n');
  return Buffer.from(`${head}\r\n\r\n${dice.oneIn(2) ? dice.pick(BODIES) : ''}`, 'latin1');
}

/** A masked client frame (RFC 6455, clause 5.2) with right or wrong fields. */
function webSocketFrame(dice: Dice): Buffer {
  const payload = Buffer.from(dice.pick(SAID));
  const opcode = dice.oneIn(3) ? dice.below(16) : 1;
  const isMasked = !dice.oneIn(10);
  const length = dice.oneIn(8) ? dice.pick([126, 127, 125, 0]) : payload.length;
  const extra = length === 126 ? 2 : length === 127 ? 8 : 0;
  const head = Buffer.alloc(2 + extra + (isMasked ? 4 : 0));
  head[0] = (dice.oneIn(6) ? dice.below(8) << 4 : 0x80) | opcode;
  head[1] = (isMasked ? 0x80 : 0) | length;
  if (extra === 2) head.writeUInt16BE(payload.length, 2);
  if (extra === 8) head.writeUInt32BE(dice.oneIn(2) ? payload.length : 0xffff_ffff, 6);
  return Buffer.concat([head, payload]);
}

function http2Frame(dice: Dice, at: number): Buffer {
  const stream = dice.oneIn(4) ? dice.below(10) : 1 + 2 * at;
  const target = dice.pick(TARGETS.filter((each) => each.length < 120));
  switch (dice.below(12)) {
    case 0:
      return frame(FRAME.settings, dice.below(2), 0, Buffer.alloc(6 * dice.below(3), dice.below(256)));
    case 1:
      return frame(FRAME.ping, 0, 0, Buffer.alloc(dice.oneIn(4) ? 7 : 8));
    case 2:
      return frame(FRAME.reset, 0, stream, Buffer.of(0, 0, 0, dice.below(16)));
    case 3:
      return frame(8, 0, dice.oneIn(2) ? 0 : stream, Buffer.of(dice.below(256), 0, 0, dice.below(2)));
    case 4:
      return frame(dice.below(256), dice.below(256), stream, Buffer.alloc(dice.below(64), dice.below(256)));
    case 5:
      return frame(FRAME.data, dice.below(2), stream, Buffer.alloc(dice.below(300)));
    case 6:
      return frame(FRAME.goaway, 0, 0, Buffer.alloc(8));
    case 7:
      return frame(FRAME.continuation, END_HEADERS, stream, headerBlock(target));
    case 8:
      return PREFACE;
    default:
      return frame(
        FRAME.headers,
        END_HEADERS | (dice.oneIn(3) ? 0 : END_STREAM),
        stream,
        headerBlock(target),
      );
  }
}

/** @returns the bytes and a description */
export function mutateHttp(dice: Dice): { readonly bytes: Buffer; readonly done: string } {
  const parts: Buffer[] = [];
  const count = 1 + dice.below(12);
  for (let at = 0; at < count; at += 1) parts.push(request(dice));
  const isWebSocket = dice.oneIn(3);
  if (isWebSocket) {
    if (!dice.oneIn(4)) parts.length = dice.below(2);
    parts.push(Buffer.from(UPGRADE));
    for (let left = dice.length(20); left > 0; left -= 1) parts.push(webSocketFrame(dice));
  }
  if (dice.oneIn(6)) parts.splice(dice.below(parts.length + 1), 0, PREFACE);
  return damaged(Buffer.concat(parts), dice, isWebSocket ? 'requests and a WebSocket' : 'requests');
}

export function mutateHttp2(dice: Dice): { readonly bytes: Buffer; readonly done: string } {
  const parts = Array.from({ length: 1 + dice.below(40) }, (_, at) => http2Frame(dice, at));
  if (!dice.oneIn(8)) parts.unshift(PREFACE, frame(FRAME.settings, 0, 0));
  return damaged(Buffer.concat(parts), dice, 'frames');
}

function damaged(bytes: Buffer, dice: Dice, what: string): { readonly bytes: Buffer; readonly done: string } {
  // Half of them are already invalid.
  if (dice.oneIn(2)) return { bytes: bytes.subarray(0, MAX_BYTES), done: what };
  const source = { dice, dictionary: WORDS, other: () => Buffer.from(request(dice)) };
  return { bytes: mutate(bytes, source, MAX_BYTES), done: `${what}, damaged` };
}
