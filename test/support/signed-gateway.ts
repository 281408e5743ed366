// A gateway with one signed stream and one with a password, and the links that `sluice token` prints for it.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { publish } from './ffmpeg.ts';
import { CHECKOUT, type GatewayProcess, MAIN_FILE, startGateway } from './gateway-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const PASSWORD = 'correct horse';
const SMALL = { size: '320x180' };

export type SignedLinks = { readonly token: string; readonly watch: string; readonly hls: string };

export class SignedGateway {
  readonly gateway: GatewayProcess;
  /** Everything that must be in no output of the gateway. */
  readonly secrets = [PASSWORD];
  readonly #args: readonly string[];

  private constructor(gateway: GatewayProcess, args: readonly string[]) {
    this.gateway = gateway;
    this.#args = args;
  }

  /** Started, with live streams 'show' (signed) and 'party' (with a password). */
  static async start(): Promise<SignedGateway> {
    const folder = temporaryFolder('signed');
    const file = path.join(folder, 'sluice.yaml');
    writeFileSync(file, `playback:\n  streams:\n    show: signed\n    party: { password: "${PASSWORD}" }\n`);
    const args = ['--config', file, '--data-dir', path.join(folder, 'data')];
    const gateway = await startGateway({ args: [...args, '--log-level', 'debug'] });
    for (const name of ['show', 'party']) publish({ url: gateway.rtmpUrl(name), video: SMALL });
    for (const name of ['show', 'party'])
      await gateway.waitForLog((line) => line['stream'] === name && line['state'] === 'live');
    return new SignedGateway(gateway, args);
  }

  /** The links of `sluice token show …`. */
  async links(...options: readonly string[]): Promise<SignedLinks> {
    const port = ['--http-port', String(this.gateway.httpPort)];
    const words = [MAIN_FILE, 'token', 'show', ...options, ...this.#args, ...port];
    const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: CHECKOUT });
    const found = (pattern: RegExp): string => pattern.exec(stdout)?.[1] ?? '';
    const token = found(/^([A-Za-z0-9_-]{50,})$/m);
    this.secrets.push(token);
    const onLoopback = (url: string): string => this.gateway.url(new URL(url).pathname + new URL(url).search);
    return {
      token,
      watch: onLoopback(found(/^Watch +(\S+)$/m)),
      hls: onLoopback(found(/^HLS +(\S+)$/m)),
    };
  }
}

/** What the page around an embed sends to give it a token. */
export function tokenMessage(token: string): string {
  return JSON.stringify({ context: 'sluice', method: 'setToken', value: token });
}
