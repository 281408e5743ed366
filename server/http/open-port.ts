// Opens a port and returns its number.

import type { Server } from 'node:net';
import { type EarlyPort, LISTEN_BACKLOG } from '../early-port.ts';

/** @returns the port, also when 0 asked for any free one. Rejects with the system's error. `early`: the port is open already. */
export function openPort(
  server: Server,
  port: number,
  host: string | undefined,
  early?: EarlyPort,
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const onListening = (): void => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    };
    if (early !== undefined) early.handOver(server, onListening);
    else
      server.listen({ port, backlog: LISTEN_BACKLOG, ...(host === undefined ? {} : { host }) }, onListening);
  });
}
