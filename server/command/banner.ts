// The output of the command when it is ready: a banner on a terminal, else one JSON line.

import type { GatewayInfo } from '../api/info.ts';
import type { ListeningPorts } from '../app.ts';
import { DEMO_NAME, EXAMPLE_NAME } from './example-name.ts';
import { terminalCode } from './terminal-code.ts';

export type Ready = {
  readonly info: GatewayInfo;
  readonly ports: ListeningPorts;
  /** Hosts under which viewers reach HTTP, the best one first; IPv6 addresses in brackets. */
  readonly webHosts: readonly string[];
  /** `http.base-path`. */
  readonly basePath: string;
  readonly startupMs: number;
  readonly withDemo: boolean;
  /** Number of keys; with 0, private networks publish under any name. */
  readonly publishKeys: number;
  /** `auth.publish-url` is set. */
  readonly asksBackend?: boolean;
  /** Number of admin tokens; with 0, private networks may use the API for operators. */
  readonly adminTokens: number;
  /** How the user starts this program; `sluice` by default. */
  readonly program?: string;
};

/** What the user sees at once. */
export type Terminal = {
  readonly columns: number;
  readonly rows: number;
  readonly hasColor: boolean;
};

/** A phone cannot reach it. */
const LOOPBACK_URL = /^https?:\/\/(?:localhost|127\.|\[::1\])/;
/** Around the code: its indentation, and the prompt. */
const MARGIN = 2;

export function printReady(ready: Ready, hasColor: boolean): void {
  const { stdout } = process;
  if (!stdout.isTTY) stdout.write(renderReadyLine(ready));
  else stdout.write(renderBanner(ready, { columns: stdout.columns, rows: stdout.rows, hasColor }));
}

export function renderReadyLine(ready: Ready): string {
  const { info, ports, startupMs, publishKeys, adminTokens } = ready;
  const { servers } = info.rtmp;
  return `${JSON.stringify({ msg: 'ready', version: info.version, ...ports, servers, publishKeys, adminTokens, startupMs })}\n`;
}

/** `http://10.0.0.7:8080/tv`, without a slash at the end. */
export function webUrl({
  ports,
  webHosts,
  basePath,
}: Pick<Ready, 'ports' | 'webHosts' | 'basePath'>): string {
  return `http://${webHosts[0] ?? 'localhost'}:${ports.httpPort}${basePath}`;
}

export function renderBanner(ready: Ready, terminal?: Terminal): string {
  const { info, ports, webHosts, basePath, program = 'sluice' } = ready;
  const [server = 'rtmp://localhost/live'] = info.rtmp.servers;
  const web = info.http?.publicUrl ?? webUrl(ready);
  const [secureServer] = info.rtmps?.servers ?? [];
  const secure = secureServer === undefined ? '' : `\n         or, over TLS  ${secureServer}`;
  const https =
    ports.httpsPort === undefined
      ? ''
      : `\n         https://${webHosts[0] ?? 'localhost'}:${ports.httpsPort}${basePath}/watch/${EXAMPLE_NAME}\n         the same over TLS, as Apple's players need it for low latency`;
  const hasKeys = ready.publishKeys > 0 || ready.asksBackend === true;
  const keyLine = hasKeys
    ? `the secret key of a name; "${EXAMPLE_NAME}" below is such a name${
        ready.publishKeys > 0 ? `\n                     a new one:  ${program} key add ${EXAMPLE_NAME}` : ''
      }`
    : `${EXAMPLE_NAME}          (any name of letters, digits, - and _)`;
  const demo = ready.withDemo ? `\n  DEMO   ${web}/watch/${DEMO_NAME}   a clip in a loop, playing now\n` : '';
  const banner = `
  sluice ${info.version} · ready in ${ready.startupMs} ms
${demo}
  PUSH   OBS: Settings, Stream, Service "Custom…"
         Server      ${server}${secure}
         Stream key  ${keyLine}

         ffmpeg, with a file:
ffmpeg -re -i input.mp4 -c:v libx264 -preset veryfast -tune zerolatency -g 60 -pix_fmt yuv420p -c:a aac -f flv ${server}/${hasKeys ? 'STREAM_KEY' : EXAMPLE_NAME}

  WATCH  ${web}/watch/${EXAMPLE_NAME}   open it now, it starts by itself${https}
  EMBED  ${web}/embed/${EXAMPLE_NAME}
  HLS    ${web}/live/${EXAMPLE_NAME}/index.m3u8
  SETUP  ${web}/   what to enter in an encoder, and whether it works
  DASH   ${web}/dashboard

  ${whoPublishes(ready)}
  ${whoOperates(ready.adminTokens)}
  Press Ctrl+C to stop. All options: ${program} --help

`;
  const watched = `${web}/watch/${ready.withDemo ? DEMO_NAME : EXAMPLE_NAME}`;
  return `${banner}${terminal === undefined ? '' : codeFor(watched, banner, terminal)}`;
}

/** The watch page for a phone; empty where it would push the rest out of sight. */
function codeFor(url: string, banner: string, { columns, rows, hasColor }: Terminal): string {
  // Without colours nobody knows which modules are dark.
  if (!hasColor || LOOPBACK_URL.test(url)) return '';
  const { lines, width } = terminalCode(url);
  const bannerRows = banner
    .split('\n')
    .reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0);
  if (width + 2 * MARGIN > columns || bannerRows + lines.length + MARGIN > rows) return '';
  const code = lines.map((line) => `${' '.repeat(MARGIN)}${line}\n`).join('');
  return `  Scan to watch on a phone:\n${code}\n`;
}

function whoPublishes({ publishKeys: keys, asksBackend = false }: Ready): string {
  if (asksBackend)
    return keys === 0
      ? 'The server of auth.publish-url decides who may publish.'
      : `The server of auth.publish-url decides who may publish, besides ${keys} stream ${keys === 1 ? 'key' : 'keys'}.`;
  if (keys === 0)
    return 'No stream keys are set: anyone in this private network may publish, and the key is the public name.';
  return keys === 1
    ? '1 stream key is set: only it may publish, from any address that it allows.'
    : `${keys} stream keys are set: only they may publish, from any address that they allow.`;
}

function whoOperates(tokens: number): string {
  if (tokens === 0)
    return 'No admin token is set: anyone in this private network may change this gateway through its API (/api/v1/).';
  return `${tokens === 1 ? '1 admin token is' : `${tokens} admin tokens are`} set: only ${tokens === 1 ? 'it opens' : 'they open'} the API for operators (/api/v1/).`;
}
