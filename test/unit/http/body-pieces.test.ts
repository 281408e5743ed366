// Bodies in many small pieces: each piece costs a call, so their number is limited, for bodies that are read and those that are not.
import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { MAX_BODY_PIECES, readBytes } from '../../../server/http/json-body.ts';
import { silentLogger } from '../../../server/log.ts';
import { dialHttp, type RawHttp } from '../../support/raw-http.ts';
import { openGateway } from '../gateway-fixture.ts';
import { listenHttp } from './http-fixture.ts';

const CHUNK = '1\r\na\r\n';
/** As much as one read takes. */
const CHUNKS_OF_ONE_READ = CHUNK.repeat(11_000);
const head = (path: string, ...lines: readonly string[]): string =>
  [`POST ${path} HTTP/1.1`, 'host: x', 'transfer-encoding: chunked', ...lines, '', ''].join('\r\n');

/** Sends chunks of one byte until the connection closes, and fails if it takes very many. */
async function flood(client: RawHttp): Promise<void> {
  const closed = client.untilClosed();
  for (let sent = 0; !client.socket.destroyed && sent < 400; sent += 1) {
    const hasLeft = new Promise<void>((resolve) => client.socket.write(CHUNKS_OF_ONE_READ, () => resolve()));
    await Promise.race([hasLeft, closed]);
  }
  expect(client.socket.destroyed).toBe(true);
}

test('a body that is read ends its connection after some hundred pieces', async () => {
  let received = 0;
  const { port } = await listenHttp((request) => void request.on('data', () => (received += 1)));
  const client = await dialHttp(port);
  client.send(head('/'));
  await flood(client);
  expect(received).toBe(2 * MAX_BODY_PIECES);
});

test('a body that waits for its reader ends its connection too, and does not take memory', async () => {
  let waiting: IncomingMessage | undefined;
  const { port } = await listenHttp((request) => {
    waiting = request;
  });
  const client = await dialHttp(port);
  client.send(head('/'));
  await flood(client);
  expect(waiting?.readableLength).toBe(2 * MAX_BODY_PIECES);
});

test('the rest of a body in chunks is not read after the answer, which the client still gets', async () => {
  let request: IncomingMessage | undefined;
  const { port } = await listenHttp((asked, response) => {
    request = asked;
    response.writeHead(404, { 'content-length': 0 }).end();
  });
  const client = await dialHttp(port);
  client.send(head('/'));
  expect(await client.answers(1)).toMatchObject([{ status: 404 }]);
  await flood(client);
  expect(request?.socket.bytesRead).toBeLessThan(4 * CHUNKS_OF_ONE_READ.length);
});

test('a connection stays open behind a body in chunks that was complete, and behind one with a length', async () => {
  const { port } = await listenHttp((request, response) => {
    if (request.url === '/unread') return void response.writeHead(404, { 'content-length': 0 }).end();
    readBytes(request, 1_000, silentLogger).then(
      (bytes) =>
        void response.writeHead(200, { 'content-length': 0, 'x-bytes': String(bytes?.length) }).end(),
      () => {},
    );
  });
  const client = await dialHttp(port);
  client.send(`${head('/read')}${CHUNK.repeat(MAX_BODY_PIECES)}0\r\n\r\n`);
  client.send('POST /unread HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nab');
  expect(await client.answers(2)).toMatchObject([
    { status: 200, headers: { 'x-bytes': String(MAX_BODY_PIECES) } },
    { status: 404 },
  ]);
  client.send(`cde${head('/read')}0\r\n\r\n`);
  expect(await client.answers(3)).toMatchObject([{}, {}, { status: 200, headers: { 'x-bytes': '0' } }]);
});

test('a body in too many pieces is refused with its reason, and the flood behind it is counted', async () => {
  const open = await openGateway();
  const told = await dialHttp(open.httpPort);
  told.send(`${head('/cmcd')}${CHUNK.repeat(MAX_BODY_PIECES + 1)}`);
  const [answer] = await told.answers(1);
  expect(answer).toMatchObject({ status: 413, headers: { connection: 'close' } });
  expect(String(answer?.body)).toContain(`${MAX_BODY_PIECES} pieces`);
  const client = await dialHttp(open.httpPort);
  client.send(head('/api/v1/streams/x/captions', 'content-type: application/json'));
  await flood(client);
  await open.log.until(({ code }) => code === 'body_in_pieces');
  expect((await fetch(open.url('/livez'))).status).toBe(200);
});
