// Plays scenarios, grouped by setup: one gateway with a canary beside it for each group, the oracle around each scenario.

import { setTimeout as delay } from 'node:timers/promises';
import { logFaults } from './attack.ts';
import { type AttackedGateway, startAttackedGateway } from './attacked-gateway.ts';
import { type Canary, type CanaryReport, startCanary } from './canary.ts';
import { BACK_WITHIN_MS, type Lateness, type Level, MAX_LATE_MS, Oracle } from './oracle.ts';
import { type NumberedScenario, type Scene, type SetupName, setupOf } from './scenario.ts';

/** Restarts of an ended gateway; after them the rest of its group is left out. */
const MAX_DEATHS = 4;
/** Ended streams and their media are kept for this long, unless memory is short. */
const RETENTION_MS = 62_000;
/** A scenario that takes longer has failed. */
const SCENARIO_TIMEOUT_MS = 180_000;
const DYING_MS = 500;
const FIRST_ADDRESS = 0x7f40_0001;

export type PlayedScenario = {
  readonly scenario: NumberedScenario;
  readonly faults: readonly string[];
  readonly figures: readonly string[];
  readonly lateness: Lateness | undefined;
  readonly seconds: number;
};

export type PlayedGroup = {
  readonly setup: SetupName;
  readonly played: readonly PlayedScenario[];
  readonly canaries: readonly CanaryReport[];
  readonly before: Level | undefined;
  readonly after: Level | undefined;
  /** Time until everything was released, milliseconds. */
  readonly backMs: number;
  /** Faults of the whole group: memory and descriptors that were not released, the log, the canary. */
  readonly faults: readonly string[];
};

type Step = (what: string) => void;

/** Plays all in sequence; resolves with the results. */
export async function playScenarios(
  scenarios: readonly NumberedScenario[],
  onStep: Step = () => {},
): Promise<PlayedGroup[]> {
  const groups: PlayedGroup[] = [];
  for (const setup of new Set(scenarios.map((scenario) => scenario.setup))) {
    const group = new Group(setup, onStep);
    groups.push(await group.play(scenarios.filter((scenario) => scenario.setup === setup)));
  }
  return groups;
}

let nextAddress = FIRST_ADDRESS;
let nextName = 0;

function newAddress(): string {
  const number = nextAddress;
  nextAddress += 1;
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join('.');
}

class Group {
  readonly #setup: SetupName;
  readonly #onStep: Step;
  readonly #faults: string[] = [];
  readonly #canaries: CanaryReport[] = [];
  #gateway: AttackedGateway | undefined;
  #canary: Canary | undefined;
  #oracle: Oracle | undefined;
  #before: Level | undefined;
  #deaths = 0;

  constructor(setup: SetupName, onStep: Step) {
    this.#setup = setup;
    this.#onStep = onStep;
  }

  async play(scenarios: readonly NumberedScenario[]): Promise<PlayedGroup> {
    const played: PlayedScenario[] = [];
    try {
      for (const scenario of scenarios) {
        if (this.#deaths >= MAX_DEATHS) {
          this.#faults.push(`${scenario.id} was left out: the gateway had ended ${MAX_DEATHS} times`);
          continue;
        }
        played.push(await this.#playOne(scenario));
      }
      const hasPublishers = this.#gateway?.isRunning() === true;
      const back = hasPublishers && this.#before !== undefined && (await this.#untilBack(this.#before));
      const after = back === false ? undefined : back.level;
      if (back !== false) this.#faults.push(...back.faults);
      await this.#end();
      return {
        setup: this.#setup,
        played,
        canaries: this.#canaries,
        before: this.#before,
        after,
        backMs: back === false ? Number.NaN : back.ms,
        faults: this.#faults,
      };
    } finally {
      await this.#stop();
    }
  }

  /** A minute more than ended streams are kept. */
  async #untilBack(before: Level) {
    this.#onStep('waiting until memory and descriptors are back');
    return (
      (await this.#oracle?.untilBack(before, RETENTION_MS + BACK_WITHIN_MS)) ?? {
        level: undefined,
        ms: 0,
        faults: [],
      }
    );
  }

  async #playOne(scenario: NumberedScenario): Promise<PlayedScenario> {
    this.#onStep(`${scenario.id} ${scenario.what}`);
    const gateway = await this.#runningGateway();
    const faults: string[] = [];
    const figures: string[] = [];
    const oracle = this.#oracle;
    await oracle?.forget();
    const startedAt = performance.now();
    const canaryFaults = this.#canary?.faults.length ?? 0;
    const scene: Scene = {
      gateway,
      fault: (sentence) => faults.push(sentence),
      figure: (sentence) => figures.push(sentence),
      newName: () => {
        nextName += 1;
        return `scene-${nextName}`;
      },
      newAddress,
      level: async () => oracle?.level(),
    };
    await withinTime(scenario.play(scene), faults);
    const lateness = await oracle?.lateness();
    // The end of a process is reported a moment after its last answer.
    if (lateness === undefined) await delay(DYING_MS);
    if (!gateway.isRunning()) {
      this.#deaths += 1;
      faults.push(`the gateway ended with exit code ${gateway.exitCode()}: ${lastWords(gateway.texts)}`);
    } else if (lateness === undefined) faults.push('the gateway does not answer any more');
    else if (lateness.ownMs > MAX_LATE_MS)
      faults.push(`the event loop was ${lateness.ownMs.toFixed(0)} ms late`);
    faults.push(...(this.#canary?.faults.slice(canaryFaults) ?? []).map((fault) => fault.slice(0, 300)));
    const seconds = (performance.now() - startedAt) / 1000;
    if (faults.length > 0) this.#onStep(`  ${faults.join('; ').slice(0, 300)}`);
    return { scenario, faults, figures, lateness, seconds };
  }

  async #runningGateway(): Promise<AttackedGateway> {
    if (this.#gateway?.isRunning() === true) return this.#gateway;
    await this.#end();
    const { args, process } = setupOf(this.#setup);
    const gateway = await startAttackedGateway(args, [], process);
    this.#gateway = gateway;
    this.#canary = await startCanary(gateway);
    this.#oracle = new Oracle(gateway);
    this.#before = await this.#oracle.level();
    return gateway;
  }

  /** Faults of the gateway at its end. */
  async #end(): Promise<void> {
    const [gateway, canary] = [this.#gateway, this.#canary];
    if (gateway === undefined) return;
    const wasRunning = gateway.isRunning();
    this.#canary = undefined;
    const report = await canary?.stop();
    if (report !== undefined) this.#canaries.push(report);
    await this.#stop();
    if (!wasRunning) return;
    this.#faults.push(...logFaults(gateway.texts).map((fault) => fault.slice(0, 300)));
    if (gateway.exitCode() !== 0)
      this.#faults.push(`it ended with ${gateway.exitCode()} when it was told to stop`);
  }

  async #stop(): Promise<void> {
    const [gateway, oracle, canary] = [this.#gateway, this.#oracle, this.#canary];
    [this.#gateway, this.#oracle, this.#canary] = [undefined, undefined, undefined];
    await canary?.stop();
    await oracle?.stop();
    await gateway?.stop();
  }
}

async function withinTime(played: Promise<void>, faults: string[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      faults.push(`it took longer than ${SCENARIO_TIMEOUT_MS / 1000} s`);
      resolve();
    }, SCENARIO_TIMEOUT_MS);
  });
  await Promise.race([played, late])
    .catch((error: unknown) => faults.push(`the scenario failed: ${String(error)}`))
    .finally(() => clearTimeout(timer));
}

/** The last output of an ended process, in one line. */
function lastWords(texts: readonly string[]): string {
  return texts.slice(-3).join(' ').slice(-400);
}
