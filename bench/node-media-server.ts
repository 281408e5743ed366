// The comparison for receiving: node-media-server from npm. It has no HLS. It is not a dependency; see `findNodeMediaServer`.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Child, startChild } from './child-process.ts';
import { untilListening } from './process-usage.ts';
import { freePort, makeMemoryFolder } from './programs.ts';

export type NodeMediaServer = {
  readonly child: Child;
  /** From the start of the process. */
  readonly listeningMs: number;
  readonly port: number;
};

/** @param folder the folder of the package */
export async function startNodeMediaServer(folder: string): Promise<NodeMediaServer> {
  const home = makeMemoryFolder();
  mkdirSync(path.join(home, 'data'));
  const [port, httpPort] = [await freePort(), await freePort()];
  const configFile = path.join(home, 'config.json');
  const config = {
    bind: '127.0.0.1',
    notify: { url: '' },
    store: { path: './data', maxHistory: 10_000 },
    auth: { play: false, publish: false, secret: 'bench', jwt: { secret: 'bench', users: [] } },
    rtmp: { port },
    http: { port: httpPort },
    webadmin: { enable: false },
    record: { auto: false, path: './record' },
  };
  writeFileSync(configFile, JSON.stringify(config));
  const app = path.join(folder, 'bin/app.js');
  const startedAt = performance.now();
  const child = await startChild(process.execPath, [app, '--config', configFile], { cwd: home });
  child.process.stdout?.resume();
  await untilListening(child, [port]);
  return { child, listeningMs: performance.now() - startedAt, port };
}
