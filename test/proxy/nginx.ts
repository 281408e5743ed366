// nginx with the configuration of deploy/nginx; only ports, paths and the log differ.
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { freePort } from '../support/free-port.ts';
import { TEST_TLS } from '../support/http2-client.ts';
import { startProcess } from '../support/running-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** One request as nginx saw it. */
export type ProxiedRequest = {
  readonly uri: string;
  readonly query: string;
  readonly status: number;
  /** Whether the request was forwarded to the gateway. */
  readonly isForwarded: boolean;
  readonly seconds: number;
};

export type Nginx = {
  readonly url: (path: string) => string;
  /** All finished requests. */
  readonly requests: () => ProxiedRequest[];
};

const DOCUMENT = path.resolve(import.meta.dirname, '../../deploy/nginx/sluice.conf');
const LISTEN_TIMEOUT_MS = 5_000;
const POLL_MS = 50;

/** Starts nginx in front of a gateway; it ends with the test. `adjust` changes the documented configuration. */
export async function startNginx(gatewayPort: number, adjust = (text: string) => text): Promise<Nginx> {
  const folder = temporaryFolder('nginx');
  const port = await freePort();
  const file = path.join(folder, 'nginx.conf');
  writeFileSync(file, configuration(folder, adjust(documented(gatewayPort, port, folder))));
  const nginx = startProcess('nginx', ['-p', folder, '-c', file, '-e', 'stderr']);
  const url = (pathAndQuery: string): string => `https://127.0.0.1:${port}${pathAndQuery}`;
  const deadline = Date.now() + LISTEN_TIMEOUT_MS;
  while (!(await isListening(port))) {
    if (Date.now() > deadline) throw new Error(`nginx does not listen:\n${nginx.stderr()}`);
    await setTimeout(POLL_MS);
  }
  return { url, requests: () => parseLog(path.join(folder, 'access.log')) };
}

/** The configuration with the ports and paths of this run. Throws when a line to change is missing. */
function documented(gatewayPort: number, port: number, folder: string): string {
  const block = readFileSync(DOCUMENT, 'utf8');
  const changes = [
    ['/var/cache/nginx/sluice', `${folder}/cache`],
    ['127.0.0.1:8080', `127.0.0.1:${gatewayPort}`],
    ['listen 443', `listen 127.0.0.1:${port}`],
    ['/etc/ssl/live/fullchain.pem', TEST_TLS.certificate],
    ['/etc/ssl/live/privkey.pem', TEST_TLS.key],
  ] as const;
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`deploy/nginx/sluice.conf does not hold ${from}`);
    return text.replaceAll(from, to);
  }, block);
}

function configuration(folder: string, block: string): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `  ${kind}_temp_path ${folder}/${kind};\n`,
  );
  return `daemon off;
# One process, which ends when it is told to.
master_process off;
pid ${folder}/nginx.pid;
events { worker_connections 4096; }
http {
${paths.join('')}  log_format facts '$uri|$args|$status|$upstream_addr|$request_time';
  access_log ${folder}/access.log facts;
${block}}
`;
}

function parseLog(file: string): ProxiedRequest[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [uri = '', query = '', status = '', upstream = '', seconds = ''] = line.split('|');
    return {
      uri,
      query,
      status: Number(status),
      isForwarded: upstream !== '-',
      seconds: Number(seconds),
    };
  });
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
