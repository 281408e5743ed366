// A proxy in front of a gateway whose line for media can be cut: pages, the API, reports and the WebSocket still pass.
import { createServer, request as httpRequest } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { whenDone } from './cleanup.ts';

export type SlowProxy = {
  readonly url: (path: string) => string;
  readonly host: string;
  /** Bytes of playlists and media wait from now on. */
  readonly hold: () => void;
  /** They arrive again. */
  readonly release: () => void;
};

/** Listens on loopback in front of a gateway on loopback. It closes with the test. */
export async function startSlowProxy(gatewayPort: number): Promise<SlowProxy> {
  let isHeld = false;
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const { method, headers, url = '/' } = request;
    const upstream = httpRequest({ host: '127.0.0.1', port: gatewayPort, method, headers, path: url });
    upstream.on('error', () => response.destroy());
    response.on('close', () => upstream.destroy());
    upstream.on('response', (answer) => {
      const pass = (): void => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      };
      if (isHeld && url.startsWith('/live/')) waiting.add(pass);
      else pass();
    });
    request.pipe(upstream);
  });
  server.on('upgrade', (request, socket, head) => {
    const upstream = connect(gatewayPort, '127.0.0.1', () => {
      const fields = request.rawHeaders.flatMap((name, at, all) =>
        at % 2 === 0 ? [`${name}: ${all[at + 1]}`] : [],
      );
      upstream.write(`GET ${request.url} HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`);
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    for (const one of [upstream, socket]) {
      one.on('error', () => undefined);
      one.on('close', () => void [upstream.destroy(), socket.destroy()]);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  whenDone(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: (path) => `http://${host}${path}`,
    hold: () => {
      isHeld = true;
    },
    release: () => {
      isHeld = false;
      for (const pass of waiting) pass();
      waiting.clear();
    },
  };
}
