// Information about a gateway: its version, its ports, and the addresses under which others reach it.

import type { GatewayInfo } from './api/info.ts';
import { packageVersion } from './package-files.ts';
import { hostOfHeader, reachableHosts } from './reachable-hosts.ts';
import type { Settings } from './settings/table.ts';

export type ListeningPorts = {
  readonly rtmpPort: number;
  /** With a certificate only. */
  readonly rtmpsPort?: number;
  /** Absent when `listen` was told to leave HTTP closed. */
  readonly httpPort?: number;
  /** With a certificate only. */
  readonly httpsPort?: number;
};

/** The ports that are open; those that are not are left out. */
export function portsOf(
  rtmpPort: number,
  others: { readonly [Port in Exclude<keyof ListeningPorts, 'rtmpPort'>]?: number | undefined },
): ListeningPorts {
  const open = Object.entries(others).filter(([, port]) => port !== undefined);
  return { rtmpPort, ...Object.fromEntries(open) };
}

/** The default port, omitted in rtmp: addresses (RTMP 1.0 clause 4). */
const DEFAULT_RTMP_PORT = 1935;

type InfoQuestion = {
  /** Of the request: the name under which the client reaches the gateway. */
  readonly hostHeader?: string | undefined;
  /** Addresses of this machine that the client may learn; all by default. */
  readonly lan?: readonly string[] | undefined;
  /** Encoders need a publish key. */
  readonly needsKey?: boolean;
};

export function gatewayInfo(
  settings: Settings,
  ports: ListeningPorts | undefined,
  { hostHeader, lan, needsKey = false }: InfoQuestion = {},
): GatewayInfo {
  const askedHost = hostOfHeader(hostHeader);
  const [httpUrl, rtmpUrl] = [settings['http.public-url'], settings['rtmp.public-url']];
  const { rtmpPort = settings['rtmp.port'], rtmpsPort, httpsPort } = ports ?? {};
  const servers = (scheme: 'rtmp' | 'rtmps', port: number): readonly string[] =>
    rtmpServers(settings, { scheme, port, askedHost, lan });
  return {
    version: packageVersion,
    ...(httpUrl === '' ? {} : { http: { publicUrl: httpUrl } }),
    rtmp: {
      port: rtmpPort,
      servers: rtmpUrl === '' ? servers('rtmp', rtmpPort) : [rtmpUrl],
      ...(rtmpUrl === '' ? {} : { publicUrl: rtmpUrl }),
      ...(needsKey ? { needsKey } : {}),
    },
    ...(rtmpsPort === undefined ? {} : { rtmps: { port: rtmpsPort, servers: servers('rtmps', rtmpsPort) } }),
    ...(httpsPort === undefined ? {} : { https: { port: httpsPort } }),
  };
}

function rtmpServers(
  settings: Settings,
  wanted: Pick<InfoQuestion, 'lan'> & {
    readonly scheme: 'rtmp' | 'rtmps';
    readonly port: number;
    readonly askedHost: string | undefined;
  },
): readonly string[] {
  const { scheme, port } = wanted;
  const publicUrl = settings['rtmp.public-url'];
  const askedHost = publicUrl === '' ? wanted.askedHost : new URL(publicUrl).hostname;
  const suffix = scheme === 'rtmp' && port === DEFAULT_RTMP_PORT ? '' : `:${port}`;
  const hosts = reachableHosts(publicUrl === '' ? settings['rtmp.host'] : '', askedHost, wanted.lan);
  return hosts.map((host) => `${scheme}://${host}${suffix}/live`);
}

/** The address of a path for people, as far as the gateway knows how others reach it. */
export function httpUrl(settings: Settings, ports: ListeningPorts | undefined, path: string): string {
  const publicUrl = settings['http.public-url'];
  if (publicUrl !== '') return `${publicUrl.replace(/\/$/, '')}${path}`;
  const port = ports?.httpPort;
  const [host] = reachableHosts(settings['http.host']);
  const base = port === undefined ? '' : `http://${host}:${port}`;
  return `${base}${settings['http.base-path']}${path}`;
}
