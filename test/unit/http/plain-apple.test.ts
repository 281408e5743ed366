// Which players have no low latency because they come without TLS, and how many there are.
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { isPlainApple } from '../../../server/http/plain-apple.ts';
import { ViewerCount } from '../../../server/stats/viewer-count.ts';

const APPLE = 'AppleCoreMedia/1.0.0.21A329 (iPhone; U; CPU OS 17_0 like Mac OS X)';

function requestWith(headers: IncomingMessage['headers'], isTls = false): IncomingMessage {
  const request = new IncomingMessage(
    isTls ? Object.assign(new Socket(), { encrypted: true }) : new Socket(),
  );
  // Those of node:http come from the raw ones.
  request.rawHeaders = Object.entries(headers).flatMap(([name, value]) => [name, String(value)]);
  Object.assign(request.headers, headers);
  return request;
}

test.each([
  [true, { 'user-agent': APPLE }],
  [false, { 'user-agent': 'Mozilla/5.0 (iPhone) Safari/604.1' }],
  [false, {}],
  [false, { 'user-agent': APPLE, 'x-forwarded-proto': 'https' }],
  [false, { 'user-agent': APPLE, forwarded: 'for=192.0.2.1;proto=https' }],
  [true, { 'user-agent': APPLE, 'x-forwarded-proto': 'http' }],
])('%s for %j', (isPlain, headers) => {
  expect(isPlainApple(requestWith(headers))).toBe(isPlain);
  expect(isPlainApple(requestWith(headers, true))).toBe(false);
});

test('players without TLS are counted while they watch', () => {
  let nowMs = 0;
  const viewers = new ViewerCount({ monotonicMs: () => nowMs });
  const group = viewers.seen('show', '192.0.2.1', APPLE);
  if (typeof group === 'string') throw new Error(group);
  group.isPlainApple = true;
  viewers.seen('show', '192.0.2.2', 'Firefox');
  viewers.sweep();
  expect(viewers.plainAppleCount('show')).toBe(1);
  expect(viewers.plainAppleCount('other')).toBe(0);
  nowMs = 60_000;
  viewers.sweep();
  expect(viewers.plainAppleCount('show')).toBe(0);
});
