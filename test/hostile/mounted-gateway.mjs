// A mounted gateway: `gateway.handler` below a prefix, behind middleware that waits, after a `listen()` that failed because
// its port was in use. Prints the ready line of the command.

import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createGateway } from '../../dist/server/index.js';

/** Duration of a session or user lookup. */
const MIDDLEWARE_MS = 200;
const HOST = '127.0.0.1';

const blocker = createTcpServer();
await new Promise((resolve) => blocker.listen(0, HOST, resolve));
const { port } = blocker.address();
const gateway = createGateway({ rtmp: { port, host: HOST, silence: '3s' }, stream: { grace: '1s' } });
const failed = await gateway.listen({ http: false }).then(
  () => false,
  () => true,
);
if (!failed) throw new Error('the port was free');
await new Promise((resolve) => blocker.close(resolve));
const { rtmpPort } = await gateway.listen({ http: false });

const server = createServer(async (request, response) => {
  if (request.url?.startsWith('/tv/')) {
    await delay(MIDDLEWARE_MS);
    request.url = request.url.slice('/tv'.length);
  }
  gateway.handler(request, response);
});
server.on('upgrade', (request, socket, head) => {
  if (!gateway.handleUpgrade(request, socket, head)) socket.destroy();
});
await new Promise((resolve) => server.listen(0, HOST, resolve));
process.stdout.write(`${JSON.stringify({ msg: 'ready', rtmpPort, httpPort: server.address().port })}\n`);
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  gateway.close().then(() => process.exit(0));
});
