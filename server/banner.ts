// What the command says: the ready banner or line, the help, and the effective settings.

import type { ListeningPorts } from './app.ts';
import type { Config } from './config.ts';
import type { GatewayInfo } from './http/api-router.ts';
import { environmentNameOf, flagOf, isSettingPath, SETTINGS } from './settings.ts';

export type Ready = {
  readonly info: GatewayInfo;
  readonly ports: ListeningPorts;
  readonly startupMs: number;
  readonly withDemo: boolean;
};

/** A name to start with, where a person would read `<name>` and wonder. */
const EXAMPLE_NAME = 'first';

/** A banner for people on a terminal, one JSON line for everything else. */
export function printReady(ready: Ready): void {
  process.stdout.write(process.stdout.isTTY ? renderBanner(ready) : renderReadyLine(ready));
}

export function renderReadyLine(ready: Ready): string {
  const { info, ports, startupMs } = ready;
  return `${JSON.stringify({ msg: 'ready', version: info.version, ...ports, servers: info.rtmp.servers, startupMs })}\n`;
}

export function renderBanner(ready: Ready): string {
  const { info, ports } = ready;
  const [server = 'rtmp://localhost/live'] = info.rtmp.servers;
  const host = new URL(server.replace('rtmp:', 'http:')).hostname;
  const web = `http://${host}:${ports.httpPort}`;
  const secure =
    ports.rtmpsPort === undefined ? '' : `\n         or, over TLS  rtmps://${host}:${ports.rtmpsPort}/live`;
  const https =
    ports.httpsPort === undefined
      ? ''
      : `\n         https://${host}:${ports.httpsPort}/watch/${EXAMPLE_NAME}   the same over TLS, as Apple's players need it for low latency`;
  const demo = ready.withDemo
    ? `\n  DEMO   ${web}/watch/demo   a clip in a loop, so that there is something to see\n`
    : '';
  return `
  sluice ${info.version} · ready in ${ready.startupMs} ms

  PUSH   OBS: Settings, Stream, Service "Custom…"
         Server      ${server}${secure}
         Stream key  ${EXAMPLE_NAME}          (any name of letters, digits, - and _)
         ffmpeg -re -i input.mp4 -c:v libx264 -preset veryfast -tune zerolatency -g 60 -pix_fmt yuv420p -c:a aac -f flv ${server}/${EXAMPLE_NAME}

  WATCH  ${web}/watch/${EXAMPLE_NAME}   open it now, it starts by itself${https}
  EMBED  ${web}/embed/${EXAMPLE_NAME}
  HLS    ${web}/live/${EXAMPLE_NAME}/index.m3u8
  SETUP  ${web}/
${demo}
  No stream keys are set: anyone in this private network may publish, and the key is the public name.

`;
}

export function printHelp(): void {
  process.stdout.write(renderHelp());
}

export function renderHelp(): string {
  const rows = Object.entries(SETTINGS).map(([path, setting]) => {
    return `  ${flagOf(path)} <value>\n      ${setting.meaning} Default ${setting.shownDefault}; ${setting.form}.\n`;
  });
  return `sluice: RTMP in, Low-Latency HLS out

Usage: sluice [options]

  --demo            publish the clip that comes with the gateway, as "demo"
  --config <file>   settings in YAML; ./sluice.yaml is read when it is there
  --print-config    show every setting with its value and where it comes from
  --version, --help

Settings, by flag, environment variable (--rtmp-port is ${environmentNameOf('rtmp.port')}) or file (rtmp: { port: … }):

${rows.join('')}`;
}

export function printConfig(config: Config): void {
  const paths = Object.keys(SETTINGS).filter(isSettingPath);
  const width = Math.max(...paths.map((path) => path.length));
  for (const path of paths) {
    const value = JSON.stringify(config.settings[path]);
    process.stdout.write(`${path.padEnd(width)}  ${value.padEnd(12)}  ${config.origins.get(path)}\n`);
  }
}
