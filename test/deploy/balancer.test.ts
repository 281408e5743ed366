// HAProxy as in deploy/haproxy, with real connections: the gateway's limits and log know the client, not the balancer.
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { expect, it } from 'vitest';
import { whenDone } from '../support/cleanup.ts';
import { publish } from '../support/ffmpeg.ts';
import { freePort } from '../support/free-port.ts';
import { startGateway } from '../support/gateway-process.ts';
import { startProcess } from '../support/running-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { readDeployed } from './deploy-files.ts';

const CLIENT = '127.0.0.9';

/** Opens a connection from an address of loopback. */
async function dialFrom(localAddress: string, port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  whenDone(() => void socket.destroy());
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

it('a stream plays through HAProxy, and limits and log have the addresses of clients', async () => {
  const gateway = await startGateway({
    args: [
      ...['--proxies-trusted', '127.0.0.1', '--rtmp-proxy-protocol', 'on', '--http-proxy-protocol', 'on'],
      ...['--http-exempt-networks', '', '--http-max-connections-per-address', '4'],
    ],
  });
  const [rtmpPort, httpPort] = [await freePort(), await freePort()];
  const folder = temporaryFolder('haproxy');
  const config = readDeployed('deploy/haproxy/haproxy.cfg')
    .replace('bind :1935', `bind 127.0.0.1:${rtmpPort}`)
    .replace('bind :80', `bind 127.0.0.1:${httpPort}`)
    .replace('127.0.0.1:11935', `127.0.0.1:${gateway.rtmpPort}`)
    .replace('127.0.0.1:18080', `127.0.0.1:${gateway.httpPort}`);
  writeFileSync(path.join(folder, 'haproxy.cfg'), config);
  startProcess('haproxy', ['-db', '-f', path.join(folder, 'haproxy.cfg')]);
  await expect
    .poll(() =>
      fetch(`http://127.0.0.1:${httpPort}/livez`).then(
        ({ status }) => status,
        () => 0,
      ),
    )
    .toBe(200);

  publish({ url: `rtmp://127.0.0.1:${rtmpPort}/live/first`, video: { size: '320x180', gop: 30 } });
  const playlist = `http://127.0.0.1:${httpPort}/live/first/main.m3u8`;
  await expect.poll(async () => (await fetch(playlist)).status).toBe(200);

  const encoder = await dialFrom(CLIENT, rtmpPort);
  encoder.write('this is not RTMP');
  const closed = await gateway.waitForLog(({ remote }) => remote === CLIENT);
  expect(closed.msg).toBe('rtmp connection closed');

  for (let count = 0; count < 5; count += 1) {
    const viewer = await dialFrom(CLIENT, httpPort);
    viewer.write('GET /livez HTTP/1.1\r\nhost: x\r\n\r\n');
    const [answer]: unknown[] = await once(viewer, 'data');
    expect(String(answer)).toMatch(count < 4 ? /^HTTP\/1.1 200 / : /^HTTP\/1.1 429 /);
  }
  await gateway.waitForLog(
    ({ code, remote }) => code === 'too_many_connections_from_address' && remote === CLIENT,
  );
  // Others are served.
  expect((await fetch(playlist)).status).toBe(200);
});
