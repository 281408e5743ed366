// HTTP/2 against malicious peers: each loses only its own connection or request, and other peers notice nothing.
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import type { HttpHandler } from '../../../server/http/http-handler.ts';
import type { Http2Times } from '../../../server/http/http2-sessions.ts';
import { whenDone } from '../../support/cleanup.ts';
import {
  askHttp2,
  connectHttp2,
  openHttp2Socket,
  untilClosed,
  untilRefused,
} from '../../support/http2-client.ts';
import {
  END_HEADERS,
  END_STREAM,
  FRAME,
  frame,
  headerBlock,
  literal,
  PREFACE,
} from '../../support/http2-frames.ts';
import { type Http2Listener, listenHttp2 } from '../../support/http2-listener.ts';

/** Long enough that no limit ends a test by chance, with frequent checks. */
const LONG: Http2Times = {
  stalledMs: 60_000,
  keepAliveMs: 60_000,
  prefaceMs: 60_000,
  maxStreamMs: 60_000,
  leavingMs: 60_000,
  probeMs: 60_000,
  sweepIntervalMs: 50,
};
const listen = (handler: HttpHandler, times: Partial<Http2Times> = {}): Promise<Http2Listener> =>
  listenHttp2(handler, { ...LONG, ...times });

const answerOk: HttpHandler = (_request, response) => void response.end('ok');
/** Leaves every request open except `/ok`; `held` are the open ones. */
function holder(): { readonly handler: HttpHandler; readonly held: Set<ServerResponse> } {
  const held = new Set<ServerResponse>();
  return {
    held,
    handler: (request, response) => {
      if (request.url === '/ok') return void response.end('ok');
      held.add(response);
      response.once('close', () => held.delete(response));
    },
  };
}

const get = (streamId: number, target = '/held'): Buffer =>
  frame(FRAME.headers, END_STREAM | END_HEADERS, streamId, headerBlock(target));
const odd = (count: number): number[] => Array.from({ length: count }, (_, at) => at * 2 + 1);
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const begun = (...frames: Uint8Array[]): Buffer =>
  Buffer.concat([PREFACE, frame(FRAME.settings, 0, 0), ...frames]);
/** SETTINGS_INITIAL_WINDOW_SIZE = 0 (RFC 9113 clause 6.5.2): the gateway may send nothing. */
const noWindow = frame(FRAME.settings, 0, 0, Buffer.concat([Buffer.of(0, 4), u32(0)]));

function drained(socket: TLSSocket): Promise<void> {
  return new Promise((resolve) => socket.once('drain', resolve));
}

describe('frames that no client sends', () => {
  const HEADER_HALF = frame(FRAME.headers, END_STREAM, 1, headerBlock('/held'));
  test.each([
    ['no preface', Buffer.from('GET / HTTP/1.1\r\nhost: x\r\n\r\n')],
    ['nonsense', Buffer.alloc(70_000, 0x5a)],
    ['a frame longer than 16 KiB', begun(frame(FRAME.data, 0, 1, Buffer.alloc(20_000)))],
    ['data for no stream', begun(frame(FRAME.data, 0, 1, Buffer.from('x')))],
    ['a stream with an even number', begun(get(2))],
    [
      'a header block that HPACK cannot read',
      begun(frame(FRAME.headers, END_HEADERS, 1, Buffer.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff))),
    ],
    ['CONTINUATION after nothing', begun(frame(FRAME.continuation, END_HEADERS, 1))],
    ['another frame amid a header block', begun(HEADER_HALF, frame(FRAME.ping, 0, 0, Buffer.alloc(8)))],
    [
      'endless CONTINUATION',
      begun(
        HEADER_HALF,
        ...Array.from({ length: 200 }, () => frame(FRAME.continuation, 0, 1, Buffer.of(0, 1, 97, 1, 98))),
      ),
    ],
    ['a window beyond 2^31', begun(frame(8, 0, 0, u32(0x7fffffff)))],
    [
      'SETTINGS of twenty entries',
      begun(
        frame(
          FRAME.settings,
          0,
          0,
          Buffer.concat(Array.from({ length: 20 }, () => Buffer.of(0, 4, 0, 0, 1, 0))),
        ),
      ),
    ],
    ['PUSH_PROMISE', begun(frame(5, END_HEADERS, 1, Buffer.concat([u32(2), headerBlock('/')])))],
  ])('%s ends the connection, and nothing beside it', async (_what, bytes) => {
    const { port } = await listen(answerOk);
    const beside = await connectHttp2(port);
    const socket = await openHttp2Socket(port);
    socket.write(bytes);
    await untilRefused(socket);
    expect(String((await askHttp2(beside, '/ok')).body)).toBe('ok');
  });

  test('what is no TLS at all is closed', async () => {
    const { port } = await listen(answerOk);
    const socket = connectTcp(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.resume();
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
  });
});

describe('floods', () => {
  const RESET = frame(FRAME.reset, 0, 0, u32(8));
  const resets = (streamId: number): Buffer => {
    const reset = Buffer.from(RESET);
    reset.writeUInt32BE(streamId, 5);
    return reset;
  };

  test('requests that are reset at once are soon no longer taken', async () => {
    let requests = 0;
    const { port } = await listen((_request, _response) => {
      requests += 1;
    });
    const socket = await openHttp2Socket(port);
    const closed = untilClosed(socket);
    socket.resume();
    socket.write(begun(...odd(20_000).flatMap((streamId) => [get(streamId), resets(streamId)])));
    await closed;
    expect(requests).toBeLessThan(500);
  });

  test('so are requests that the gateway has to reset', async () => {
    let requests = 0;
    const { port } = await listen(() => {
      requests += 1;
    });
    const socket = await openHttp2Socket(port);
    const closed = untilClosed(socket);
    socket.resume();
    // Clause 8.1.1: content that is longer than its content-length is a stream error.
    const block = Buffer.concat([headerBlock('/held'), literal(28, '0')]);
    const broken = odd(20_000).flatMap((streamId) => [
      frame(FRAME.headers, END_HEADERS, streamId, block),
      frame(FRAME.data, 0, streamId, Buffer.of(0)),
    ]);
    socket.write(begun(...broken));
    await closed;
    expect(requests).toBeLessThan(500);
  });

  test('more requests at a time than are allowed are refused; many of them end the connection', async () => {
    const { handler, held } = holder();
    const { port } = await listen(handler);
    const socket = await openHttp2Socket(port);
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    const received: Buffer[] = [];
    const ids = odd(400);
    socket.write(begun(...ids.slice(0, 101).map((id) => get(id))));
    // REFUSED_STREAM for the last request.
    const refusal = frame(FRAME.reset, 0, 201, u32(7));
    while (!Buffer.concat(received).includes(refusal)) await once(socket, 'data');
    expect(held.size).toBe(100);
    socket.write(Buffer.concat(ids.slice(101).map((id) => get(id))));
    await untilRefused(socket);
    while (held.size > 0) await new Promise(setImmediate);
  });

  test.each([
    ['SETTINGS', frame(FRAME.settings, 0, 0)],
    ['PING', frame(FRAME.ping, 0, 0, Buffer.alloc(8))],
  ])('%s without end, their answers unread, end the connection', async (_what, bytes) => {
    const { port } = await listen(answerOk, { leavingMs: 100 });
    const socket = await openHttp2Socket(port);
    const closed = untilClosed(socket);
    socket.write(begun());
    const many = Buffer.concat(Array.from({ length: 1_000 }, () => bytes));
    while (!socket.destroyed) {
      if (!socket.write(many)) await Promise.race([drained(socket), closed]);
    }
    expect(await askHttp2(await connectHttp2(port), '/ok')).toMatchObject({ status: 200 });
  });

  test('a head that is too long is refused, and the connection goes on', async () => {
    const { port } = await listen(answerOk);
    const session = await connectHttp2(port);
    const large = session.request({ ':path': '/ok', 'x-large': 'y'.repeat(9_000) });
    await expect(once(large, 'response')).rejects.toThrow();
    const many = session.request({
      ':path': '/ok',
      ...Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`x-${at}`, 'y'])),
    });
    await expect(once(many, 'response')).rejects.toThrow();
    expect(await askHttp2(session, '/ok')).toMatchObject({ status: 200 });
  });
});

test('the body of a GET, which nobody reads, takes no memory while the answer waits', async () => {
  let held: Http2ServerRequest | undefined;
  const waiting: unknown[] = [];
  const { port } = await listen((request, response) => {
    const { readableLength, stream } = held ?? {};
    waiting.push([readableLength, stream?.readableLength]);
    // The handler's types are those of node:http.
    held = request as unknown as Http2ServerRequest;
    if (request.url === '/ok') response.end('ok');
  });
  const socket = await openHttp2Socket(port);
  const pieces = Array.from({ length: 1_000 }, () => frame(FRAME.data, 0, 1, Buffer.from('x')));
  socket.write(begun(frame(FRAME.headers, END_HEADERS, 1, headerBlock('/held')), ...pieces, get(3, '/ok')));
  let received = '';
  for await (const chunk of socket) {
    received += String(chunk);
    if (received.endsWith('ok')) break;
  }
  expect(waiting[1]).toEqual([0, 0]);
});

test('a request that its client takes back is forgotten', async () => {
  const { handler, held } = holder();
  const { port } = await listen(handler);
  const session = await connectHttp2(port);
  for (const method of ['GET', 'HEAD']) {
    const stream = session.request({ ':path': '/held', ':method': method });
    while (held.size === 0) await new Promise(setImmediate);
    stream.close(8);
    await once(stream, 'close');
    // node:http2 reports the end of a HEAD request only after an answer; the answer has no other effect.
    if (method === 'HEAD') for (const response of held) response.writeHead(200).end();
    while (held.size > 0) await new Promise(setImmediate);
  }
  expect(await askHttp2(session, '/ok')).toMatchObject({ status: 200 });
});

describe('time', () => {
  test('a peer that says nothing after its handshake is let go', async () => {
    const { port } = await listen(answerOk, { keepAliveMs: 100 });
    const socket = await openHttp2Socket(port);
    socket.resume();
    await untilClosed(socket);
  });

  test('a TLS handshake that does not come is not waited for', async () => {
    const { port } = await listen(answerOk);
    const socket = connectTcp(port, '127.0.0.1');
    socket.resume();
    await once(socket, 'close');
  }, 10_000);

  test('a peer that does not close its side is not waited for', async () => {
    const { port, listener } = await listen(answerOk, { keepAliveMs: 50, leavingMs: 50 });
    const socket = await openHttp2Socket(port, { allowHalfOpen: true });
    socket.resume();
    await once(socket, 'end');
    await listener.close();
  });

  test('a connection that ended by an error of its peer is let go long before an idle one', async () => {
    const { port } = await listen(answerOk, { probeMs: 50, leavingMs: 200 });
    const socket = await openHttp2Socket(port);
    socket.resume();
    // A reference to an entry of the header table that does not exist (RFC 7541, clause 2.3.3).
    const broken = Buffer.concat([headerBlock('/ok'), Buffer.of(0xbe)]);
    socket.write(begun(frame(FRAME.headers, END_STREAM | END_HEADERS, 1, broken)));
    await untilClosed(socket);
  });

  test('a session that is over, and whose peer does not close its side, is let go without a fault', async () => {
    const { port, listener, faults } = await listen(answerOk, { probeMs: 20, leavingMs: 300 });
    const socket = await openHttp2Socket(port, { allowHalfOpen: true });
    socket.resume();
    socket.write(begun(frame(FRAME.goaway, 0, 0, Buffer.alloc(8))));
    await once(socket, 'end');
    await listener.close();
    expect(faults).toEqual([]);
  });

  test('a quiet connection that answers when it is asked stays', async () => {
    const { port } = await listen(answerOk, { probeMs: 20, leavingMs: 100 });
    const session = await connectHttp2(port);
    let askedCount = 0;
    session.on('ping', () => {
      askedCount += 1;
    });
    for (let round = 1; round <= 2; round += 1) {
      expect(await askHttp2(session, '/ok')).toMatchObject({ status: 200 });
      while (askedCount < round) await new Promise(setImmediate);
    }
    expect(await askHttp2(session, '/ok')).toMatchObject({ status: 200 });
  });

  test('pings do not keep a connection without requests', async () => {
    const { port } = await listen(answerOk, { keepAliveMs: 300 });
    const session = await connectHttp2(port);
    const gone = once(session, 'goaway');
    const timer = setInterval(() => session.destroyed || session.ping(() => {}), 20);
    whenDone(() => clearInterval(timer));
    const [code] = await gone;
    expect(code).toBe(0);
  });

  test('an answer that nobody reads ends the connection', async () => {
    const { handler, held } = holder();
    const { port } = await listen(handler, { stalledMs: 200 });
    const socket = await openHttp2Socket(port);
    socket.resume();
    socket.write(begun(noWindow, get(1)));
    while (held.size === 0) await new Promise(setImmediate);
    for (const response of held) response.end(Buffer.alloc(100_000));
    await untilClosed(socket);
    while (held.size > 0) await new Promise(setImmediate);
  });

  test('an answer read ever so slowly ends in time, and its connection goes on', async () => {
    const { handler, held } = holder();
    const { port } = await listen(handler, { maxStreamMs: 300 });
    const socket = await openHttp2Socket(port);
    const received: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    socket.write(begun(noWindow, get(1)));
    while (held.size === 0) await new Promise(setImmediate);
    for (const response of held) response.end(Buffer.alloc(100_000));
    const timer = setInterval(() => socket.write(frame(8, 0, 1, u32(1))), 20);
    whenDone(() => clearInterval(timer));
    while (held.size > 0) await new Promise(setImmediate);
    expect(socket.destroyed).toBe(false);
    // CANCEL for stream 1.
    const reset = frame(FRAME.reset, 0, 1, u32(8));
    while (!Buffer.concat(received).includes(reset)) await once(socket, 'data');
  });

  test('a slow reader does not hold up who is beside it, on its connection or on another', async () => {
    const { handler, held } = holder();
    const { port } = await listen(handler);
    const slow = await connectHttp2(port);
    const stream = slow.request({ ':path': '/held' });
    while (held.size === 0) await new Promise(setImmediate);
    // More than the window of one stream, which nobody extends; the connection's own window is larger.
    slow.setLocalWindowSize(2 ** 20);
    for (const response of held) response.end(Buffer.alloc(200_000));
    await once(stream, 'response');
    stream.pause();
    expect(await askHttp2(slow, '/ok')).toMatchObject({ status: 200 });
    expect(await askHttp2(await connectHttp2(port), '/ok')).toMatchObject({ status: 200 });
  });
});

describe('the end', () => {
  test('open requests are answered, then the connection closes; a new one is refused', async () => {
    const { handler, held } = holder();
    const { port, sessions } = await listen(handler);
    const session = await connectHttp2(port);
    const answer = askHttp2(session, '/held');
    while (held.size === 0) await new Promise(setImmediate);
    const gone = once(session, 'goaway');
    sessions.close();
    await gone;
    await expect(askHttp2(session, '/ok')).rejects.toThrow();
    const closed = once(session, 'close');
    for (const response of held) response.end('at last');
    expect(String((await answer).body)).toBe('at last');
    await closed;
  });
});

describe('a peer that asks for nothing', () => {
  const BLOCK = 64 * 1024;
  /** As many copies as fit into one block. */
  const filled = (unit: Buffer): Buffer => Buffer.concat(Array(Math.ceil(BLOCK / unit.length)).fill(unit));
  const settings = frame(FRAME.settings, 0, 0);
  /** RFC 7541 clause 6.1: a field of the table by its index, one byte each. */
  const references = frame(FRAME.headers, END_STREAM | END_HEADERS, 1, Buffer.alloc(16_000, 0x82));

  test.each([
    ['window updates', frame(8, 0, 0, u32(1))],
    ['frames of an unknown type', frame(0xfa, 0, 0)],
    ['pings that are answers', frame(FRAME.ping, 1, 0, Buffer.alloc(8))],
    ['priorities', frame(2, 0, 1, Buffer.alloc(5))],
    ['header fields that are references', references],
  ])('and floods with %s is closed; who is beside it is answered', async (_what, unit) => {
    const { port } = await listen(answerOk);
    const beside = await connectHttp2(port);
    const socket = await openHttp2Socket(port);
    socket.resume();
    const closed = untilClosed(socket);
    socket.write(Buffer.concat([PREFACE, settings]));
    const block = filled(unit);
    const flood = (): void => {
      while (!socket.destroyed && socket.write(block));
      if (!socket.destroyed) socket.once('drain', flood);
    };
    flood();
    await closed;
    expect((await askHttp2(beside, '/ok')).status).toBe(200);
  });

  test.each([
    ['has closed its side', (socket: TLSSocket) => void socket.end()],
    [
      'has said that it goes',
      (socket: TLSSocket) => void socket.write(frame(FRAME.goaway, 0, 0, Buffer.alloc(8))),
    ],
  ])('and %s keeps no connection', async (_what, leave) => {
    const { port } = await listen(answerOk, { leavingMs: 200 });
    const socket = await openHttp2Socket(port, { allowHalfOpen: true });
    socket.resume();
    socket.write(Buffer.concat([PREFACE, settings]));
    await once(socket, 'data');
    leave(socket);
    // This side stays half open, so only a reset after sending shows that the other side is gone.
    const prod = setInterval(() => socket.write(frame(FRAME.ping, 1, 0, Buffer.alloc(8))), 50);
    whenDone(() => clearInterval(prod));
    await untilClosed(socket);
  });

  test('and has not even sent its preface is closed', async () => {
    const { port } = await listen(answerOk, { prefaceMs: 200 });
    const socket = await openHttp2Socket(port);
    socket.resume();
    await untilClosed(socket);
  });

  test('a peer that closes its side after its request still gets the answer', async () => {
    const { handler, held } = holder();
    const { port } = await listen(handler);
    const socket = await openHttp2Socket(port, { allowHalfOpen: true });
    let received = '';
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
    });
    socket.end(Buffer.concat([PREFACE, settings, get(1)]));
    while (held.size === 0) await new Promise((resolve) => setImmediate(resolve));
    const closed = untilClosed(socket);
    for (const response of held) response.end('at last');
    await closed;
    expect(received).toContain('at last');
  });
});
