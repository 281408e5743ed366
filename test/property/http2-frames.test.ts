import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HttpHandler } from '../../server/http/http-handler.ts';
import { askHttp2, connectHttp2, openHttp2Socket } from '../support/http2-client.ts';
import { END_HEADERS, END_STREAM, FRAME, frame, headerBlock, PREFACE } from '../support/http2-frames.ts';
import { listenHttp2 } from '../support/http2-listener.ts';

/** Small numbers, so that frames meet on the same streams. */
const streamId = fc.integer({ min: 0, max: 9 });
const anyFrame = fc
  .tuple(
    fc.integer({ min: 0, max: 10 }),
    fc.integer({ min: 0, max: 255 }),
    streamId,
    fc.uint8Array({ maxLength: 40 }),
  )
  .map((fields) => frame(...fields));
const request = fc
  .integer({ min: 0, max: 9 })
  .map((at) => frame(FRAME.headers, END_STREAM | END_HEADERS, at * 2 + 1, headerBlock('/held')));
const reset = streamId.map((id) => frame(FRAME.reset, 0, id, Buffer.of(0, 0, 0, id)));
const settings = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.nat(0xffff)), { maxLength: 5 })
  .map((entries) =>
    frame(
      FRAME.settings,
      0,
      0,
      Buffer.concat(entries.map(([id, value]) => Buffer.of(0, id, 0, 0, value >> 8, value & 255))),
    ),
  );
const noise = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
const conversation = fc.array(fc.oneof(request, request, reset, settings, anyFrame, noise), {
  maxLength: 30,
});

/**
 * RFC 9113 8.7: a refused request was not processed and may be sent again. A busy machine can be slower than this
 * listener's limits.
 */
async function askAnew(port: number): Promise<string> {
  for (;;) {
    try {
      return String((await askHttp2(await connectHttp2(port), '/ok')).body);
    } catch (error) {
      if (!String(error).includes('NGHTTP2_REFUSED_STREAM')) throw error;
    }
  }
}

test('whatever comes on one connection, another is served, and every request that began has ended', async () => {
  let open = 0;
  const handler: HttpHandler = (asked, response) => {
    if (asked.url === '/ok') return void response.end('ok');
    open += 1;
    response.once('close', () => {
      open -= 1;
    });
    response.writeHead(200);
    response.end(Buffer.alloc(100_000));
  };
  const { port, faults } = await listenHttp2(handler, {
    // A peer that has broken the rules is no longer read, so its own end is not noticed either.
    ...{ keepAliveMs: 100, leavingMs: 100, stalledMs: 100, probeMs: 0, sweepIntervalMs: 5 },
  });
  await fc.assert(
    fc.asyncProperty(conversation, async (frames) => {
      const socket = await openHttp2Socket(port);
      socket.resume();
      socket.end(Buffer.concat([PREFACE, frame(FRAME.settings, 0, 0), ...frames]));
      await new Promise((resolve) => socket.once('close', resolve));
      expect(await askAnew(port)).toBe('ok');
    }),
    { numRuns: 100 },
  );
  while (open > 0) await new Promise(setImmediate);
  expect(faults).toEqual([]);
}, 60_000);
