// A WebSocket whose client sends too many messages is closed, and what it has sent is not read; one that follows many topics is not.
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { FIXED_LIMITS } from '../../../server/limit-tally.ts';
import { whenDone } from '../../support/cleanup.ts';
import { connectRaw } from '../../support/rtmp-bytes.ts';
import { SocketClient } from '../../support/socket-client.ts';
import { openGateway } from '../gateway-fixture.ts';

const MAX_MESSAGES = FIXED_LIMITS['websocket.messages'].limit;
const MAX_SUBSCRIPTIONS = FIXED_LIMITS['websocket.subscriptions'].limit;

const UPGRADE = Buffer.from(
  'GET /ws/v1 HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\n' +
    'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n\r\n',
);
const [TEXT, PONG] = [0x81, 0x8a];

/** RFC 6455 clause 5.2: a final frame, masked with zeros. */
function frame(firstByte: number, text = ''): Buffer {
  return Buffer.concat([Buffer.of(firstByte, 0x80 | text.length, 0, 0, 0, 0), Buffer.from(text)]);
}

test.each([
  ['no messages', 'x', 'bad_message'],
  ['subscriptions', '{"op":"sub","topic":"status","name":"show"}', undefined],
  ['subscriptions for operators', '{"op":"sub","topic":"detail","name":"show"}', undefined],
])('a flood of %s is answered up to the limit, and then told why it ends', async (_what, text, code) => {
  const open = await openGateway();
  const raw = await connectRaw(open.httpPort);
  await raw.write(UPGRADE);
  await raw.untilReceived(100);
  await raw.write(Buffer.concat(Array.from({ length: 20 * MAX_MESSAGES }, () => frame(TEXT, text))));
  const { received } = await raw.untilClosed(15_000);
  const heard = received.toString('latin1');
  expect(heard).toContain('"code":"too_many_messages"');
  if (code !== undefined) {
    const answers = heard.split(`"code":"${code}"`).length - 1;
    expect(answers).toBeGreaterThanOrEqual(MAX_MESSAGES);
    // Some more are allowed in the time that reading them takes.
    expect(answers).toBeLessThan(2 * MAX_MESSAGES);
  }
  await open.log.until((line) => line['code'] === 'too_many_messages');
});

test('a flood of pongs that nobody asked for ends like one of messages', async () => {
  const open = await openGateway();
  const raw = await connectRaw(open.httpPort);
  await raw.write(UPGRADE);
  await raw.untilReceived(100);
  await raw.write(Buffer.concat(Array.from({ length: 20 * MAX_MESSAGES }, () => frame(PONG))));
  expect((await raw.untilClosed(15_000)).received.toString('latin1')).toContain('"code":"too_many_messages"');
});

test('so does one of pings whose answers are read', async () => {
  const open = await openGateway();
  const { socket } = await SocketClient.open(open.url('/ws/v1'));
  const closed = once(socket, 'close');
  let pings = 0;
  while (socket.readyState === socket.OPEN && pings < 20 * MAX_MESSAGES) {
    socket.ping();
    pings += 1;
    await Promise.race([once(socket, 'pong'), closed]);
  }
  expect(pings).toBeGreaterThan(MAX_MESSAGES);
  expect(pings).toBeLessThan(20 * MAX_MESSAGES);
  expect((await closed)[0]).toBe(1008);
});

test('a client may follow as many topics as are allowed, replace all of their tokens, and then all of the topics', async () => {
  const open = await openGateway();
  const client = await SocketClient.open(open.url('/ws/v1'));
  whenDone(() => client.socket.terminate());
  const last = MAX_SUBSCRIPTIONS - 1;
  for (const token of ['first', 'second'])
    for (let at = 0; at <= last; at += 1) client.send({ op: 'sub', topic: 'status', name: `n${at}`, token });
  for (let at = 0; at <= last; at += 1) client.send({ op: 'unsub', topic: 'status', name: `n${at}` });
  for (let at = 0; at <= last; at += 1) client.send({ op: 'sub', topic: 'status', name: `m${at}` });
  await client.until('status', ({ name }) => name === `m${last}`);
  const closed = once(client.socket, 'close');
  client.socket.close(1000);
  expect((await closed)[0]).toBe(1000);
});
