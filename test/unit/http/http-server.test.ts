// The listener: invalid bytes after a request never appear inside the answer to that request.
import { expect, test } from 'vitest';
import { connectRaw } from '../../support/rtmp-bytes.ts';
import { listenHttp } from './http-fixture.ts';

const REQUEST = Buffer.from('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
const NONSENSE = Buffer.from('nonsense\r\n\r\n');

test('amid a response, nonsense closes the connection without a word', async () => {
  const { port } = await listenHttp((_request, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('half');
  });
  const raw = await connectRaw(port);
  await raw.write(REQUEST);
  while (!raw.received().includes('half')) await raw.untilReceived(raw.received().length + 1);
  await raw.write(NONSENSE);
  const { received } = await raw.untilClosed(5_000);
  expect(received.toString('latin1').endsWith('half')).toBe(true);
});

test('while a request waits, nonsense behind it is answered and ends it', async () => {
  let isGone: () => void = () => {};
  const gone = new Promise<void>((resolve) => {
    isGone = resolve;
  });
  const { port } = await listenHttp((_request, response) => void response.once('close', isGone));
  const raw = await connectRaw(port);
  await raw.write(Buffer.concat([REQUEST, NONSENSE]));
  expect((await raw.untilClosed(5_000)).received.toString('latin1')).toMatch(/^HTTP\/1\.1 400 /);
  await gone;
});

test('after a response, nonsense is answered as on a fresh connection', async () => {
  const { port } = await listenHttp((_request, response) => void response.end('done'));
  const raw = await connectRaw(port);
  await raw.write(REQUEST);
  while (!raw.received().includes('done')) await raw.untilReceived(raw.received().length + 1);
  await raw.write(NONSENSE);
  expect((await raw.untilClosed(5_000)).received.toString('latin1')).toMatch(/done[\s\S]*HTTP\/1\.1 400 /);
});

test('a reader that takes a little now and then loses its answer in time, and another client is served', async () => {
  const { port } = await listenHttp(
    (request, response) => {
      if (request.url === '/quick') return void response.end('done');
      response.writeHead(200, { 'content-length': '100000000' });
      // The response never stops, so the socket's time limit is never reached.
      const drip = setInterval(() => void response.write('x'), 10);
      response.once('close', () => clearInterval(drip));
    },
    { maxResponseMs: 300 },
  );
  const slow = await connectRaw(port);
  await slow.write(REQUEST);
  await slow.untilClosed(10_000);
  const quick = await connectRaw(port);
  await quick.write(Buffer.from('GET /quick HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'));
  expect((await quick.untilClosed(5_000)).received.toString('latin1')).toMatch(/^HTTP\/1\.1 200 [\s\S]*done/);
});
