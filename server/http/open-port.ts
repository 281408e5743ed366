// Opens a port and returns its number.

import type { Server } from 'node:net';

/** @returns the port, also when 0 asked for any free one. Rejects with the system's error. */
export function openPort(server: Server, port: number, host: string | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
