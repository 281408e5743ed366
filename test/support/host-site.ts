// A site of somebody else: pages on another origin, which frame the embed of a gateway.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { whenDone } from './cleanup.ts';

/** Files by their path; a path that ends with .js is a script. Resolves with the address of the site, without a slash. */
export async function startHostSite(files: Readonly<Record<string, string>>): Promise<string> {
  const server = createServer((request, response) => {
    const [path = '/'] = (request.url ?? '/').split('?');
    const body = files[path];
    if (body === undefined) return void response.writeHead(404).end();
    const type = path.endsWith('.js') ? 'text/javascript' : 'text/html';
    response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  whenDone(() => {
    server.closeAllConnections();
    server.close();
  });
  // Another name than that of the gateway, so that the browser takes it for another site too.
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}
