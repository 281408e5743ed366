// Answers in one piece: the bytes match node:http, and any case that differs from the plain one has its own answer.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeEach, expect, it, vi } from 'vitest';
import { sendProblem } from '../../../server/http/http-replies.ts';
import { type RepeatedAnswer, sendRepeated, sendRepeatedBody } from '../../../server/http/repeated-answer.ts';
import { whenDone } from '../../support/cleanup.ts';
import { connectRaw } from '../../support/rtmp-bytes.ts';

const BODY = Buffer.from('#EXTM3U\n');
const NOW_MS = Date.UTC(2026, 0, 1);

/** An answer whose first header is the number of the response that node:http wrote for it. */
class Numbered {
  readonly answer: RepeatedAnswer;
  readonly #headers = ['x-written', '0'];
  count = 0;

  constructor(body: Buffer = BODY) {
    this.answer = { status: 200, headers: this.#headers, body };
  }

  readonly send: RequestListener = (_request, response) => {
    this.count += 1;
    this.#headers[1] = String(this.count);
    sendRepeated(response, this.answer);
  };
}

async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  whenDone(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  return (server.address() as AddressInfo).port;
}

/** Sends requests in sequence on one connection. @returns all answers, complete */
async function ask(port: number, requests: readonly string[], length = BODY.length): Promise<string[]> {
  const raw = await connectRaw(port);
  const answers: string[] = [];
  let start = 0;
  for (const request of requests) {
    await raw.write(Buffer.from(request));
    const size = request.startsWith('HEAD') ? 0 : length;
    for (;;) {
      const text = raw.received().subarray(start).toString('latin1');
      const end = text.indexOf('\r\n\r\n') + 4;
      if (end >= 4 && text.length >= end + size) {
        answers.push(text);
        start += text.length;
        break;
      }
      await raw.untilReceived(raw.received().length + 1);
    }
  }
  return answers;
}

const get = (...headers: readonly string[]): string =>
  ['GET / HTTP/1.1', 'host: x', ...headers, '\r\n'].join('\r\n');
const numberIn = (answer: string | undefined): string | undefined =>
  /x-written: (\d+)/.exec(answer ?? '')?.[1];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW_MS });
  return () => vi.useRealTimers();
});

it('gives the second who asks the bytes of the first, on any connection', async () => {
  const numbered = new Numbered();
  const port = await listen(numbered.send);
  const [first, second] = await ask(port, [get(), get()]);
  const [third] = await ask(port, [get('accept: */*')]);
  expect(first).toMatch(
    /^HTTP\/1\.1 200 OK\r\nx-written: 1\r\ncontent-length: 8\r\nDate: [^\r]+ GMT\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\n#EXTM3U\n$/,
  );
  expect([second, third]).toEqual([first, first]);
  expect(numbered.count).toBe(3);
});

it('writes a head anew each second, for the date that is in it', async () => {
  const port = await listen(new Numbered().send);
  const numbers: (string | undefined)[] = [];
  for (const atMs of [0, 999, 1_000, 1_001, 2_000]) {
    vi.setSystemTime(NOW_MS + atMs);
    numbers.push(...(await ask(port, [get()])).map(numberIn));
  }
  expect(numbers).toEqual(['1', '1', '3', '3', '5']);
});

it.each([
  ['HEAD', ['HEAD / HTTP/1.1', 'host: x', '\r\n'].join('\r\n'), /^HTTP\/1\.1 200 [\s\S]+\r\n\r\n$/],
  ['HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n', /\r\nConnection: close\r\n/],
  ['a connection that is to close', get('connection: close'), /\r\nConnection: close\r\n/],
])('has an answer of its own for %s', async (_what, request, expected) => {
  const port = await listen(new Numbered().send);
  await ask(port, [get()]);
  const [answer] = await ask(port, [request]);
  expect(answer).toMatch(expected);
  expect(numberIn(answer)).toBe('2');
  expect((await ask(port, [get()])).map(numberIn)).toEqual(['1']);
});

it('keeps what an application around it has set, and calls what it has put in between', async () => {
  const numbered = new Numbered();
  const ended = vi.fn();
  const port = await listen((request, response) => {
    if (request.headers['x-case'] === 'header') response.setHeader('x-frame-options', 'DENY');
    if (request.headers['x-case'] === 'hook') {
      const { end } = response;
      response.end = ((...given: Parameters<typeof end>) => {
        ended();
        return end.apply(response, given);
      }) as typeof end;
    }
    numbered.send(request, response);
  });
  await ask(port, [get()]);
  const [withHeader] = await ask(port, [get('x-case: header')]);
  expect(withHeader).toContain('x-frame-options: DENY');
  const [withHook, plain] = await ask(port, [get('x-case: hook'), get()]);
  expect(numberIn(withHook)).toBe('3');
  expect(ended).toHaveBeenCalledOnce();
  expect(plain).not.toContain('x-frame-options');
  expect(numberIn(plain)).toBe('1');
});

it('answers requests that came together in their order, each whole', async () => {
  const numbered = new Numbered();
  const port = await listen(numbered.send);
  const [first = ''] = await ask(port, [get()]);
  const raw = await connectRaw(port);
  await raw.write(Buffer.from(get().repeat(3)));
  await raw.untilReceived(3 * first.length);
  const text = raw.received().toString('latin1');
  expect(text.match(/#EXTM3U\n/g)).toHaveLength(3);
  expect(text.slice(0, first.length)).toBe(first);
});

it('ends as others do: finished, closed, and its status known', async () => {
  const numbered = new Numbered();
  const seen: unknown[] = [];
  const port = await listen((request, response) => {
    response.once('finish', () => seen.push(['finish', response.statusCode, response.headersSent]));
    response.once('close', () => seen.push(['close', response.writableFinished]));
    numbered.send(request, response);
  });
  await ask(port, [get(), get(), get()]);
  expect(seen).toEqual(
    [1, 2, 3].flatMap(() => [
      ['finish', 200, true],
      ['close', true],
    ]),
  );
});

it('does not keep long ones', async () => {
  const body = Buffer.alloc(100_000, 'x');
  const port = await listen(new Numbered(body).send);
  expect((await ask(port, [get(), get()], body.length)).map(numberIn)).toEqual(['1', '2']);
});

it('writes the head of a body in several chunks once', async () => {
  const chunks = ['#EXT', 'M3U', '\n'].map((text) => ({ bytes: Buffer.from(text) }));
  let count = 0;
  const port = await listen((_request, response) => {
    count += 1;
    const body = { chunks, byteLength: BODY.length };
    sendRepeatedBody(response, body, ['x-written', String(count)]);
  });
  const [first, ...others] = await ask(port, [get(), get(), get()]);
  expect(first).toMatch(/\r\nx-written: 1\r\ncontent-length: 8\r\n[\s\S]+\r\n\r\n#EXTM3U\n$/);
  expect(others).toEqual([first, first]);
  expect(count).toBe(3);
});

it('tells the same problem with the headers that each is to have', async () => {
  const problem = { status: 503, title: 'Not yet', detail: 'Soon.' } as const;
  const RETRY: readonly string[] = ['retry-after', '1'];
  const port = await listen((request, response) =>
    request.url === '/retry' ? sendProblem(response, problem, RETRY) : sendProblem(response, problem),
  );
  const retry = get().replace('/', '/retry');
  const length = Buffer.byteLength(`${JSON.stringify({ type: 'about:blank', ...problem })}\n`);
  const answers = await ask(port, [retry, retry, get(), get(), retry], length);
  expect(answers.map((answer) => answer.includes('retry-after: 1'))).toEqual([
    true,
    true,
    false,
    false,
    true,
  ]);
  expect(answers.every((answer) => answer.startsWith('HTTP/1.1 503 Service Unavailable\r\n'))).toBe(true);
});
