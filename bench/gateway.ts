// The built gateway in its own process, on free ports.

import path from 'node:path';
import { createInterface } from 'node:readline';
import { type Child, startChild } from './child-process.ts';
import { CHECKOUT, makeMemoryFolder } from './programs.ts';

export type RunningGateway = {
  readonly child: Child;
  readonly rtmpPort: number;
  /** `http://127.0.0.1:PORT` */
  readonly httpUrl: string;
};

export type GatewayStart = {
  /** Further settings. */
  readonly args?: readonly string[];
  /** Loads bench/loop-delay.mjs into the process; see `takeLoopDelay` and `takeMemory`. */
  readonly withLoopDelay?: boolean;
};

export type LoopDelay = { readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number };

export type GatewayMemory = {
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly bufferBytes: number;
};

const MAIN_FILE = path.join(CHECKOUT, 'dist/server/main.js');
const LOOP_DELAY_FILE = path.join(CHECKOUT, 'bench/loop-delay.mjs');
const READY_TIMEOUT_MS = 20_000;
const ANSWER_TIMEOUT_MS = 5_000;

/** Resolves when it listens. Throws with its stderr when it does not. */
export async function startGateway(start: GatewayStart = {}): Promise<RunningGateway> {
  const { args = [], withLoopDelay = false } = start;
  const child = await startChild(
    process.execPath,
    [
      ...(withLoopDelay ? ['--import', LOOP_DELAY_FILE] : []),
      ...gatewayArgs({ rtmpPort: 0, httpPort: 0 }, args),
    ],
    { ...defaultsOnly(), withMessages: withLoopDelay },
  );
  const ready = await readyLine(child);
  return {
    child,
    rtmpPort: portIn(ready, 'rtmpPort'),
    httpUrl: `http://127.0.0.1:${portIn(ready, 'httpPort')}`,
  };
}

/** The event loop's delay since the last call: how late its timers ran. */
export function takeLoopDelay(gateway: RunningGateway): Promise<LoopDelay> {
  return ask<LoopDelay>(gateway, 'loop delay');
}

/** Memory after a collection, bytes. */
export function takeMemory(gateway: RunningGateway): Promise<GatewayMemory> {
  return ask<GatewayMemory>(gateway, 'memory');
}

function ask<Answer>({ child }: RunningGateway, question: 'loop delay' | 'memory'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`the gateway did not report its ${question}`)),
      ANSWER_TIMEOUT_MS,
    );
    child.process.once('message', (answer: Answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
    child.process.send(question);
  });
}

/** Arguments of node that start the gateway on loopback. */
export function gatewayArgs(
  ports: { readonly rtmpPort: number; readonly httpPort: number },
  more: readonly string[] = [],
): readonly string[] {
  return [
    ...[MAIN_FILE, '--rtmp-port', String(ports.rtmpPort), '--http-port', String(ports.httpPort)],
    ...['--rtmp-host', '127.0.0.1', '--http-host', '127.0.0.1', '--log-level', 'warn', ...more],
  ];
}

/** Where the defaults are measured: without sluice.yaml and SLUICE_* variables. */
export function defaultsOnly(): { readonly cwd: string; readonly env: NodeJS.ProcessEnv } {
  return { cwd: makeMemoryFolder(), env: plainEnvironment() };
}

function plainEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(?:SLUICE_|NODE_OPTIONS$|npm_)/.test(name));
  return { ...Object.fromEntries(own), NODE_ENV: 'production' };
}

function readyLine(child: Child): Promise<Readonly<Record<string, unknown>>> {
  const { stdout } = child.process;
  if (stdout === null) throw new Error('the gateway has no stdout');
  return new Promise((resolve, reject) => {
    const fail = (why: string): void =>
      reject(new Error(`the gateway is not ready: ${why}\n${child.stderr()}`));
    const timer = setTimeout(() => fail(`no ready line within ${READY_TIMEOUT_MS} ms`), READY_TIMEOUT_MS);
    void child.ended.then(fail).finally(() => clearTimeout(timer));
    createInterface({ input: stdout }).on('line', (text) => {
      const line = parseObject(text);
      if (line?.['msg'] !== 'ready') return;
      clearTimeout(timer);
      resolve(line);
    });
  });
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function portIn(line: Readonly<Record<string, unknown>>, key: string): number {
  const value = line[key];
  if (typeof value === 'number') return value;
  throw new Error(`the ready line has no number ${key}: ${JSON.stringify(line)}`);
}
