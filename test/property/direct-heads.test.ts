// Two readers of one connection must agree about what each request is and where it ends, whatever the bytes are.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { HeadReader } from '../../server/http/direct-head.ts';
import type { HttpReply, HttpRequest } from '../../server/http/http-exchange.ts';
import { listenHttp } from '../unit/http/http-fixture.ts';

let directPort: number;
let plainPort: number;

/** Says what was read. */
function answer(request: HttpRequest, reply: HttpReply): void {
  const { method, url, rawHeaders } = request;
  // A header has a character for each byte, and the client reads it in the same way.
  const body = Buffer.from(JSON.stringify({ method, url, rawHeaders }), 'latin1');
  reply.writeHead(200, ['content-length', String(body.length)]);
  reply.end(method === 'HEAD' ? undefined : body);
}

beforeAll(async () => {
  const plain = (request: IncomingMessage, response: ServerResponse): void => answer(request, response);
  const media = { serves: (target: string) => target.startsWith('/live/'), handle: answer };
  directPort = (await listenHttp(Object.assign(plain.bind(undefined), { media }))).port;
  plainPort = (await listenHttp(plain)).port;
});

/** All that a server answers to bytes, without dates. The client closes its side behind them. */
function answersOf(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('data', (chunk: Buffer) => void chunks.push(chunk));
    // A reset after the last answer is no difference.
    socket.on('error', () => {});
    socket.once('close', () =>
      resolve(
        Buffer.concat(chunks)
          .toString('latin1')
          .replaceAll(/^Date: .*$/gim, 'Date'),
      ),
    );
    socket.end(bytes);
  });
}

const PIECES = [
  ...[
    'GET ',
    'HEAD ',
    'POST ',
    'get ',
    '/live/a',
    '/live/b?x=1',
    '/page',
    'http://x/live/a',
    '*',
    ' HTTP/1.1',
    ' HTTP/1.0',
  ],
  ...[
    '\r\n',
    '\n',
    '\r',
    '\r\n\r\n',
    ' ',
    '\t',
    '\0',
    ':',
    'host: x',
    'host:',
    'Host: y',
    'x: 1',
    'x : 1',
    ': 1',
    '#',
    '%00',
    '\x80',
  ],
  ...[
    'content-length: 3',
    'content-length: 0',
    'Content-Length: +1',
    'transfer-encoding: chunked',
    'abc',
    '0\r\n\r\n',
  ],
  ...[
    'connection: keep-alive',
    'connection: close',
    'connection: x',
    'upgrade: h2c',
    'expect: 100-continue',
    'range: bytes=0-1',
  ],
];

const head = fc
  .tuple(
    fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST', 'G'),
    fc.constantFrom('/live/a', '/live/b?_HLS_msn=1', '/page', '//', '/live/\x7f'),
    fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2'),
    fc.array(fc.constantFrom('host: x', 'host: x', 'x: 1', ...PIECES), { maxLength: 4 }),
  )
  .map(
    ([method, target, version, lines]) =>
      `${[`${method} ${target} ${version}`, 'host: x', ...lines].join('\r\n')}\r\n\r\n`,
  );
const noise = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join(''));
/** Some bytes of a head are replaced. */
const damaged = fc
  .tuple(head, fc.array(fc.tuple(fc.nat(120), fc.constantFrom(...PIECES)), { maxLength: 2 }))
  .map(([text, damages]) =>
    damages.reduce((given, [at, piece]) => given.slice(0, at) + piece + given.slice(at + piece.length), text),
  );
const bytes = fc
  .tuple(
    fc.constantFrom('', 'GET /live/first HTTP/1.1\r\nhost: x\r\n\r\n'),
    fc.array(fc.oneof(head, damaged, noise), { maxLength: 4 }),
  )
  .map(([first, rest]) => Buffer.from(first + rest.join(''), 'latin1'));

/** The requests that were answered. */
function readOf(answers: string): readonly string[] {
  return answers.match(/\{"method".*?\]\}/g) ?? [];
}

test('a head that is read without node:http is the same request to node:http, and ends at the same byte', async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(fc.oneof(head, damaged), async (text) => {
      const end = text.indexOf('\r\n\r\n') + 4;
      const given = Buffer.from(text.slice(0, end), 'latin1');
      const read = new HeadReader().read(given);
      if (end < 4 || read === undefined) return;
      accepted += 1;
      const next = 'GET /next HTTP/1.1\r\nhost: x\r\n\r\n';
      const answers = readOf(await answersOf(plainPort, Buffer.concat([given, Buffer.from(next)])));
      expect(answers.map((json) => JSON.parse(json))).toEqual([
        { method: 'GET', url: read.target, rawHeaders: read.fields.rawHeaders },
        { method: 'GET', url: '/next', rawHeaders: ['host', 'x'] },
      ]);
    }),
    { numRuns: 600, examples: [['GET // HTTP/1.1\r\nhost:\x80x\r\n\r\n']] },
  );
  expect(accepted).toBeGreaterThan(20);
}, 60_000);

test('a head that repeats the last one is read as it would be on its own', () => {
  let accepted = 0;
  const start = 'GET /live/first HTTP/1.1\r\nhost: x\r\n\r\n';
  fc.assert(
    fc.property(
      fc.oneof(fc.constant(start), head),
      fc.array(fc.oneof(head, damaged, noise)),
      (first, rest) => {
        const reader = new HeadReader();
        reader.read(Buffer.from(first, 'latin1'));
        for (const text of [first.replace('/live/', '/live/other'), ...rest, `${first}${first}`]) {
          const given = Buffer.from(text, 'latin1');
          const repeated = reader.readRepeated(given);
          if (repeated === undefined) continue;
          accepted += 1;
          const alone = new HeadReader().read(given);
          expect(repeated.target).toBe(alone?.target);
          expect(repeated.fields.rawHeaders).toEqual(alone?.fields.rawHeaders);
          // It ends with the first empty line, so that nothing is behind it.
          expect(text.indexOf('\r\n\r\n')).toBe(text.length - 4);
        }
      },
    ),
    { numRuns: 500 },
  );
  expect(accepted).toBeGreaterThan(100);
});

test('of any bytes the same requests are answered', async () => {
  await fc.assert(
    fc.asyncProperty(bytes, async (given) => {
      const [direct, plain] = await Promise.all([answersOf(directPort, given), answersOf(plainPort, given)]);
      // When a later request of one read is wrong, node:http answers none that still waits for its turn.
      expect(readOf(direct).slice(0, readOf(plain).length)).toEqual(readOf(plain));
    }),
    { numRuns: 300 },
  );
}, 60_000);
