// Single headers are read as node:http's object of all headers has them.
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { headerOf } from '../../../server/http/request-header.ts';
import { whenDone } from '../../support/cleanup.ts';

const NAMES = ['range', 'if-range', 'accept-encoding', 'user-agent', 'x'];

async function requestWith(lines: readonly string[]): Promise<IncomingMessage> {
  const server = createServer((_request, response) => response.end());
  whenDone(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const socket = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1');
  whenDone(() => void socket.destroy());
  const received = once(server, 'request');
  socket.write(['GET / HTTP/1.1', 'Host: x', ...lines, '', ''].join('\r\n'));
  const [request] = await received;
  return request as IncomingMessage;
}

test.each([
  ['no such header', []],
  ['a header in any case', ['RANGE: bytes=0-1', 'Accept-encoding: gzip', 'user-agent: a']],
  ['an empty one', ['Range:']],
  ['a repeated one that is joined', ['Range: bytes=0-1', 'range: bytes=3-4', 'X: 1', 'x: 2']],
  ['a repeated one of which the first counts', ['User-Agent: a', 'User-Agent: b']],
])('%s', async (_title, lines) => {
  const request = await requestWith(lines);
  const read = NAMES.map((name) => headerOf(request, name));
  expect(read).toEqual(NAMES.map((name) => request.headers[name]));
});
