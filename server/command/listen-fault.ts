// Explains a port that cannot be opened: who uses it, and which port is free.

import { once } from 'node:events';
import { createServer } from 'node:net';
import { type ErrorCode, GatewayError } from '../errors.ts';
import { flagOf, type Settings } from '../settings/table.ts';
import { portHolder } from './port-holder.ts';

const RTMP_PORTS = ['rtmp.port', 'rtmps.port'] as const;
const HTTP_PORTS = ['http.port', 'https.port'] as const;
const PORTS = [...RTMP_PORTS, ...HTTP_PORTS];
type PortPath = (typeof PORTS)[number];

/** Lower ports need administrator rights (RFC 6335 clause 6). */
const FIRST_OPEN_PORT = 1024;
const MAX_TRIES = 50;

/** The system's error as a GatewayError with a remedy; any other error unchanged. */
export async function explainListenError(error: unknown, settings: Settings): Promise<unknown> {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const address = 'address' in error && typeof error.address === 'string' ? error.address : '';
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN')
    return notOurAddress(error, settings, address);
  if (!('port' in error) || typeof error.port !== 'number') return error;
  const { port } = error;
  const path = settingOfPort(port, address, settings);
  if (error.code === 'EADDRINUSE') {
    const holder = portHolder(port);
    const who = holder === undefined ? 'another program' : `${holder.name} (process ${holder.pid})`;
    return fault(
      'port_in_use',
      `${path}: port ${port} is used by ${who}; stop it, or choose another port: ${await otherPort(path, port, settings)}`,
    );
  }
  if (error.code === 'EACCES') {
    return fault(
      'port_forbidden',
      `${path}: port ${port} may not be opened by this user; choose one above 1023: ${await otherPort(path, FIRST_OPEN_PORT + port, settings)}`,
    );
  }
  return error;
}

function fault(code: ErrorCode, message: string): GatewayError {
  return new GatewayError('config', code, message);
}

function notOurAddress(error: Error, settings: Settings, address: string): GatewayError {
  const given = address !== '' ? address : 'hostname' in error ? String(error.hostname) : '';
  const path = settings['rtmp.host'] === given ? 'rtmp.host' : 'http.host';
  return fault(
    'bad_host',
    `${path}: ${settings[path]} is not an address of this machine; leave it empty for all addresses`,
  );
}

/** Two listeners may use the same port on different addresses. */
function settingOfPort(port: number, address: string, settings: Settings): PortPath {
  const hostOf = (path: PortPath) => settings[path.startsWith('rtmp') ? 'rtmp.host' : 'http.host'];
  const isTls = (path: PortPath) => path === 'rtmps.port' || path === 'https.port';
  const hasTls = settings['tls.certificate'] !== '';
  const candidates = PORTS.filter((path) => settings[path] === port && (hasTls || !isTls(path)));
  return candidates.find((path) => hostOf(path) === address) ?? candidates[0] ?? 'http.port';
}

/** A higher free port, as a flag. Ports of this gateway's settings are not suggested. */
async function otherPort(path: PortPath, port: number, settings: Settings): Promise<string> {
  const host = settings[path.startsWith('rtmp') ? 'rtmp.host' : 'http.host'];
  const own = new Set<number>(PORTS.map((each) => settings[each]));
  for (let candidate = port + 1; candidate <= Math.min(port + MAX_TRIES, 65_535); candidate += 1) {
    if (!own.has(candidate) && (await isFree(candidate, host))) return `${flagOf(path)} ${candidate}`;
  }
  return `${flagOf(path)} 0 takes any free one`;
}

async function isFree(port: number, host: string): Promise<boolean> {
  const probe = createServer();
  try {
    probe.listen({ port, ...(host === '' ? {} : { host }) });
    await once(probe, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    if (probe.listening) await new Promise((resolve) => probe.close(resolve));
  }
}
