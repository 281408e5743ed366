// `npm run test:hostile -- --mutate`: plays thousands of damaged sessions against one built gateway with a canary beside it,
// judged by the same oracle. A failing batch is replayed one by one, and inputs that fail alone are kept.

import { setTimeout as delay } from 'node:timers/promises';
import { cut } from '../../cases/rtmp-splits.ts';
import { Dice } from '../../fuzz/dice.ts';
import { logFaults } from '../attack.ts';
import { type AttackedGateway, startAttackedGateway } from '../attacked-gateway.ts';
import { type Canary, startCanary } from '../canary.ts';
import { BACK_WITHIN_MS, type Level, MAX_LATE_MS, Oracle } from '../oracle.ts';
import { RawPeer } from '../raw-peer.ts';
import { shownLateness, shownLevel } from '../report.ts';
import { setupOf } from '../scenario.ts';
import { mutateHttp, mutateHttp2 } from './mutate-http.ts';
import { mutateRtmp } from './mutate-rtmp.ts';
import { keepInputs, type MutatedInput, type Protocol, readInputs } from './mutated-input.ts';
import { type Recording, recordSessions } from './recordings.ts';

const BATCH = 400;
const AT_ONCE = 40;
/** How long to wait for the gateway after the last byte. */
const LINGER_MS = 150;
/** Bytes that the gateway does not take in this time are dropped. */
const PLAYED_WITHIN_MS = 3_000;
/** Ended streams are kept for a minute after a second of grace. */
const RETENTION_MS = 62_000;
/**
 * Memory is judged from here on: code is compiled, and what is remembered of peers fills its bounded tables (10 000 and 4 096 entries).
 * These inputs are judged in every other respect.
 */
const WARM_UP = 4_000;
const LOOK_MS = 1_000;
const MAX_FOUND = 5;
/** The end of a process is reported a moment after its last answer. */
const DYING_MS = 500;
const PROTOCOLS: readonly Protocol[] = [
  'rtmp',
  'rtmp',
  'rtmp',
  'rtmp',
  'rtmps',
  'http',
  'http',
  'https',
  'h2',
  'h2c',
];

export type MutationOptions = {
  readonly seed: number;
  readonly count: number;
  readonly replay: string | undefined;
  readonly onStep: (what: string) => void;
};

/** @returns how many faults there were */
export async function runMutations({ seed, count, replay, onStep }: MutationOptions): Promise<number> {
  const run = new MutationRun(onStep);
  try {
    await run.open();
    if (replay !== undefined) await run.play(readInputs(replay));
    else {
      process.stdout.write(`seed ${seed}, ${count} inputs\n`);
      const warmUp = count > WARM_UP ? WARM_UP : 0;
      await run.playSeeded(seed, 0, warmUp);
      if (warmUp > 0) await run.settle();
      await run.playSeeded(seed, warmUp, warmUp + count);
    }
    return await run.finish();
  } finally {
    await run.close();
  }
}

class MutationRun {
  readonly #onStep: (what: string) => void;
  readonly #faults: string[] = [];
  /** Faults of a batch that did not occur again in its replay. */
  readonly #onceOnly: string[] = [];
  #gateway: AttackedGateway | undefined;
  #canary: Canary | undefined;
  #oracle: Oracle | undefined;
  #before: Level | undefined;
  #recordings: readonly Recording[] = [];
  #played = 0;
  #found = 0;
  #nextAddress = 0;

  constructor(onStep: (what: string) => void) {
    this.#onStep = onStep;
  }

  async open(): Promise<void> {
    const gateway = await startAttackedGateway(setupOf('plain').args);
    this.#gateway = gateway;
    if (this.#recordings.length === 0) this.#recordings = await recordSessions(gateway);
    this.#canary = await startCanary(gateway);
    this.#oracle = new Oracle(gateway);
    this.#before = await this.#oracle.level();
  }

  async close(): Promise<void> {
    await this.#canary?.stop();
    await this.#oracle?.stop();
    await this.#gateway?.stop();
    [this.#canary, this.#oracle, this.#gateway] = [undefined, undefined, undefined];
  }

  /** Plays the inputs with these numbers. */
  async playSeeded(seed: number, from: number, end: number): Promise<void> {
    if (from === 0)
      for (const { what, bytes } of this.#recordings) this.#onStep(`${what}: ${bytes.length} bytes`);
    for (let at = from; at < end && this.#found < MAX_FOUND; at += BATCH) {
      const inputs = Array.from({ length: Math.min(BATCH, end - at) }, (_, more) =>
        this.#make(seed, at + more),
      );
      await this.play(inputs);
      if ((at / BATCH) % 5 === 0) this.#onStep(`${this.#played} played`);
    }
  }

  /** Waits until the streams so far are forgotten, and judges memory from then on. */
  async settle(): Promise<void> {
    const gateway = this.#gateway;
    if (gateway === undefined) return;
    this.#onStep('waiting until the streams of the warm-up are forgotten');
    const isAlone = async (): Promise<boolean> => {
      const response = await fetch(`${gateway.httpUrl}/api/v1/streams?limit=2`);
      const { streams } = (await response.json()) as { readonly streams: readonly unknown[] };
      return streams.length < 2;
    };
    while (gateway.isRunning() && !(await isAlone())) await delay(LOOK_MS);
    this.#before = await this.#oracle?.level();
  }

  /** Plays a batch; after a fault its inputs are played one by one. */
  async play(inputs: readonly MutatedInput[]): Promise<void> {
    const first = await this.#judged(inputs);
    if (first === undefined) return;
    // A delay that the same input does not repeat has another cause.
    const fault = this.#gateway?.isRunning() === true ? await this.#judged(inputs) : first;
    if (fault === undefined) {
      this.#onceOnly.push(first);
      return;
    }
    this.#found += 1;
    this.#onStep(`a batch of ${inputs.length} failed: ${fault}`);
    await this.#renewIfNeeded();
    for (const input of inputs.length > 1 ? inputs : []) {
      const alone = await this.#judged([input]);
      if (alone === undefined) continue;
      this.#faults.push(
        `${input.id} (${input.protocol}, ${input.what}): ${alone}; kept as ${keepInputs([input])}`,
      );
      await this.#renewIfNeeded();
      return;
    }
    this.#faults.push(`${inputs.length} inputs together: ${fault}; kept as ${keepInputs(inputs)}`);
  }

  /** Prints the result. @returns the number of faults */
  async finish(): Promise<number> {
    const [gateway, oracle, before] = [this.#gateway, this.#oracle, this.#before];
    if (gateway === undefined || oracle === undefined || before === undefined) return this.#faults.length;
    this.#onStep('waiting until memory and descriptors are back');
    const back = await oracle.untilBack(before, RETENTION_MS + BACK_WITHIN_MS);
    const report = await this.#canary?.stop();
    this.#canary = undefined;
    this.#faults.push(...back.faults, ...(report?.faults ?? []), ...logFaults(gateway.texts).slice(0, 5));
    const lines = [
      `${this.#played} inputs of ${this.#recordings.length} recordings`,
      ...this.#onceOnly.map((what) => `seen once, and not again with the same batch: ${what.slice(0, 300)}`),
      `before: ${shownLevel(before)}`,
      `after: ${shownLevel(back.level)}, back after ${(back.ms / 1000).toFixed(0)} s`,
      `canary: ${report?.parts} parts, longest wait for a part ${report?.longestWaitMs.toFixed(0)} ms`,
      ...(this.#faults.length === 0
        ? ['no faults']
        : this.#faults.map((fault) => `FAULT: ${fault.slice(0, 600)}`)),
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
    return this.#faults.length;
  }

  /** The same for the same seed and number. */
  #make(seed: number, number: number): MutatedInput {
    const dice = new Dice((seed * 1_000_003 + number * 7_919) % 2 ** 31);
    const protocol = dice.pick(PROTOCOLS);
    const streamName = `mutated-${String(number % 10_000).padStart(4, '0')}`;
    let made: { readonly bytes: Buffer; readonly done: string };
    if (protocol === 'rtmp' || protocol === 'rtmps') {
      const recording = dice.pick(this.#recordings);
      const { bytes, done } = mutateRtmp(recording, dice, streamName);
      made = { bytes, done: `${recording.what}: ${done}` };
    } else made = protocol === 'h2' || protocol === 'h2c' ? mutateHttp2(dice) : mutateHttp(dice);
    const writes = dice.oneIn(3) ? cut(made.bytes, () => dice.length(made.bytes.length)) : [made.bytes];
    return {
      id: `${seed}-${number}`,
      what: made.done,
      protocol,
      writes: writes.length > 200 ? [made.bytes] : writes,
      leaves: dice.pick(['end', 'reset', 'wait']),
    };
  }

  /** Plays inputs at the same time. @returns the faults */
  async #judged(inputs: readonly MutatedInput[]): Promise<string | undefined> {
    const [gateway, oracle, canary] = [this.#gateway, this.#oracle, this.#canary];
    if (gateway === undefined || oracle === undefined || canary === undefined) return 'there is no gateway';
    const canaryFaults = canary.faults.length;
    await oracle.forget();
    const waiting = [...inputs];
    const work = async (): Promise<void> => {
      for (let input = waiting.shift(); input !== undefined && gateway.isRunning(); input = waiting.shift()) {
        await playOne(gateway, input, this.#addressOf());
        this.#played += 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const lateness = await oracle.lateness();
    if (lateness === undefined) await delay(DYING_MS);
    if (!gateway.isRunning()) return `the gateway ended: ${gateway.texts.slice(-3).join(' ').slice(-400)}`;
    if (lateness === undefined) return 'the gateway does not answer any more';
    if (lateness.ownMs > MAX_LATE_MS) return shownLateness(lateness);
    return canary.faults[canaryFaults];
  }

  async #renewIfNeeded(): Promise<void> {
    if (this.#gateway?.isRunning() === true && this.#canary?.faults.length === 0) return;
    await this.close();
    await this.open();
  }

  #addressOf(): string {
    this.#nextAddress = (this.#nextAddress + 1) % 0xff_0000;
    const number = 0x7f50_0001 + this.#nextAddress;
    return [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join('.');
  }
}

async function playOne(gateway: AttackedGateway, input: MutatedInput, localAddress: string): Promise<void> {
  const { rtmpPort, rtmpsPort, httpPort, httpsPort } = gateway;
  const places = {
    rtmp: { port: rtmpPort },
    rtmps: { port: rtmpsPort, tls: true },
    http: { port: httpPort },
    https: { port: httpsPort, tls: true, protocol: 'http/1.1' },
    h2: { port: httpsPort, tls: true, protocol: 'h2' },
    h2c: { port: httpPort },
  } as const;
  const peer = new RawPeer({ ...places[input.protocol], localAddress, keepBytes: 1_024 });
  const timer = setTimeout(() => void peer.leave(), PLAYED_WITHIN_MS);
  await peer.opened;
  for (const bytes of input.writes) {
    if (peer.hasEnded) break;
    await peer.write(bytes);
  }
  if (input.leaves === 'end') peer.end();
  await peer.until(() => peer.hasEnded, LINGER_MS);
  if (input.leaves === 'reset') peer.reset();
  await peer.leave();
  clearTimeout(timer);
}
