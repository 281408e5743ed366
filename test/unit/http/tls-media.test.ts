// Media inside TLS: correct bytes at any reading speed, memory that is released, and no complete copy of the media.
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { ClientHttp2Session } from 'node:http2';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { BlockPool, PartArena } from '../../../server/hls/part-arena.ts';
import type { HttpHandler } from '../../../server/http/http-handler.ts';
import { MediaSender } from '../../../server/http/media-sender.ts';
import { fetchMedia, nextPart } from '../../support/hls-client.ts';
import {
  askHttp2,
  askHttps,
  connectHttp2,
  openHttp2Socket,
  TEST_TLS,
  untilClosed,
} from '../../support/http2-client.ts';
import { END_HEADERS, END_STREAM, FRAME, frame, headerBlock, PREFACE } from '../../support/http2-frames.ts';
import { listenHttp2 } from '../../support/http2-listener.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { goLive, openGateway } from '../gateway-fixture.ts';

/** More than the kernel holds between two sockets. */
const BYTES = 32 * 1024 * 1024;

/** Serves over TLS one part that the ring has released. Its memory is overwritten as soon as it is free. */
async function servePart(sender = new MediaSender(), stalledMs = 60_000) {
  const pool = new BlockPool(2 * BYTES);
  const arena = new PartArena(pool);
  const slices = arena.allocate(BYTES);
  for (const { bytes } of slices) bytes.fill(7);
  let markSent = (): void => {};
  const sent = new Promise<void>((resolve) => {
    markSent = resolve;
  });
  const facts = { givenBytes: 0 };
  const server = createServer((request, response) => {
    if (request.url === '/ok') return void response.end('ok');
    response.writeHead(200, ['content-length', String(BYTES)]);
    const write = response.write;
    response.write = (chunk: Uint8Array) => {
      facts.givenBytes += chunk.length;
      return write.call(response, chunk, 'utf8');
    };
    sender.send(response, slices);
    arena.release(slices);
    arena.close();
    // `close` of the response comes first to the earlier listener.
    response.once('close', () => {
      if (pool.pooledBytes < BYTES) throw new Error('the memory has not come back');
      while (pool.pooledBytes > 0) pool.take().fill(9);
      markSent();
    });
  });
  const handler: HttpHandler = (request, response) => void server.emit('request', request, response);
  const { port } = await listenHttp2(
    handler,
    { stalledMs },
    (socket) => void server.emit('connection', socket),
  );
  return { facts, sent, port };
}

/** Opens every window, sends a request, and reads nothing more. */
async function askAndReadNothing(port: number): Promise<TLSSocket> {
  const socket = await openHttp2Socket(port);
  // SETTINGS_INITIAL_WINDOW_SIZE = 2^31 - 1, and the same for the connection (RFC 9113 clauses 6.5.2 and 6.9.2).
  const settings = frame(FRAME.settings, 0, 0, Buffer.of(0, 4, 0x7f, 0xff, 0xff, 0xff));
  const window = frame(8, 0, 0, Buffer.of(0x7f, 0xfe, 0xff, 0xff));
  const get = frame(FRAME.headers, END_STREAM | END_HEADERS, 1, headerBlock('/part'));
  socket.pause();
  socket.write(Buffer.concat([PREFACE, settings, window, get]));
  await once(socket, 'readable');
  return socket;
}

describe('a part', () => {
  test.each(['HTTP/2', 'HTTP/1.1'])(
    'over %s arrives as it was, and its memory comes back',
    async (version) => {
      const { port, sent } = await servePart();
      const ask =
        version === 'HTTP/1.1' ? askHttps(port) : askHttp2.bind(undefined, await connectHttp2(port));
      const { body } = await ask('/part');
      expect(body.equals(Buffer.alloc(BYTES, 7))).toBe(true);
      await sent;
    },
  );

  test('is not copied for a peer that does not read', async () => {
    const { port, facts } = await servePart();
    await askAndReadNothing(port);
    expect(await askHttp2(await connectHttp2(port), '/ok')).toMatchObject({ status: 200 });
    expect(facts.givenBytes).toBeGreaterThan(0);
    expect(facts.givenBytes).toBeLessThan(BYTES / 2);
  });

  test.each([
    ['NO_ERROR', 0],
    ['CANCEL', 8],
  ])('gives its memory back when its reader takes the request back with %s', async (_name, code) => {
    const { port, sent } = await servePart();
    const session = await connectHttp2(port);
    const stream = session.request({ ':path': '/part' });
    await once(stream, 'response');
    stream.close(code);
    await sent;
    expect(await askHttp2(session, '/ok')).toMatchObject({ status: 200 });
  });

  test('gives its memory back when its reader takes too long', async () => {
    const { port, sent } = await servePart(new MediaSender(200));
    await askAndReadNothing(port);
    await sent;
  });

  test('gives its memory back when the connection is lost', async () => {
    // During a write node:http2 does not notice; the sweep notices that nothing moves.
    const { port, sent } = await servePart(new MediaSender(), 500);
    const socket = await askAndReadNothing(port);
    socket.destroy();
    await sent;
  });
});

describe('a gateway over HTTP/2', () => {
  const ask = async (session: ClientHttp2Session, target: string): Promise<string> =>
    String((await askHttp2(session, target)).body);

  test('ten requests of one connection wait together, and nothing else waits for them', async () => {
    const open = await openGateway({ tls: TEST_TLS });
    const source = await goLive(open, 'held');
    const session = await connectHttp2(open.ports.httpsPort ?? 0);
    const { playlist, text } = await fetchMedia(open.url('/live/held/main.m3u8'));
    const { msn, partIndex } = nextPart(playlist);
    const hint = /#EXT-X-PRELOAD-HINT:TYPE=PART,URI="([^"]+)"/.exec(text)?.[1];
    let answered = 0;
    const held = Array.from({ length: 10 }, (_, at) =>
      ask(
        session,
        at === 0 ? `/live/held/${hint}` : `/live/held/main.m3u8?_HLS_msn=${msn}&_HLS_part=${partIndex}`,
      ).finally(() => {
        answered += 1;
      }),
    );
    expect(await ask(session, '/live/held/main.m3u8')).toBe(text);
    expect(answered).toBe(0);
    source.sendUntil(2_800);
    const [part, ...texts] = await Promise.all(held);
    expect(part).toContain('moof');
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).not.toBe(text);
  });

  test('closes with viewers on it: told to go, the open request answered', async () => {
    const open = await openGateway({ tls: TEST_TLS });
    await goLive(open, 'end');
    const session = await connectHttp2(open.ports.httpsPort ?? 0);
    const idle = await connectHttp2(open.ports.httpsPort ?? 0);
    const silent = await openHttp2Socket(open.ports.httpsPort ?? 0);
    silent.resume();
    const { playlist } = await fetchMedia(open.url('/live/end/main.m3u8'));
    const { msn, partIndex } = nextPart(playlist);
    const held = ask(session, `/live/end/main.m3u8?_HLS_msn=${msn}&_HLS_part=${partIndex}`);
    expect(await ask(session, '/livez')).toContain('alive');
    const gone = Promise.all([once(session, 'goaway'), once(idle, 'goaway'), untilClosed(silent)]);
    await open.gateway.close();
    expect(await held).toContain('#EXTM3U');
    await gone;
  });

  test('a renewed certificate serves both TLS ports, and those who are here stay', async () => {
    const folder = temporaryFolder('https');
    const [certificate, key] = [path.join(folder, 'chain.pem'), path.join(folder, 'key.pem')];
    copyFileSync(TEST_TLS.certificate, certificate);
    copyFileSync(TEST_TLS.key, key);
    const open = await openGateway({ tls: { certificate, key } });
    const before = await connectHttp2(open.ports.httpsPort ?? 0);
    copyFileSync(TEST_TLS.key.replace('first', 'second'), key);
    copyFileSync(TEST_TLS.certificate.replace('first', 'second'), certificate);
    await open.log.untilMessage('certificate renewed');
    for (const port of [open.ports.httpsPort ?? 0, open.ports.rtmpsPort ?? 0]) {
      const socket = await openHttp2Socket(port, { rejectUnauthorized: false });
      expect(socket.getPeerCertificate().subject.CN).toBe('second.test');
    }
    expect(await ask(before, '/livez')).toContain('alive');
    expect(open.log.lines.filter(({ msg }) => msg === 'certificate renewed')).toHaveLength(1);
  }, 20_000);
});
