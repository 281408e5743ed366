// Plays many inputs at once, at a pace at which the gateway logs the end of each (`EVERY_LINE`).

import type { AttackedGateway } from './attacked-gateway.ts';
import type { HostileInput } from './hostile-input.ts';
import { type PlayedInput, playInput } from './play-input.ts';

const MAX_CONNECTIONS = 20;
/** What the gateway's log takes of one name in a window, and how long a window is with something to spare. */
const LINES_PER_WINDOW = 1_000;
const WINDOW_MS = 1_050;
/** Below 127.0.0.0/8, apart from the address that everything else here uses. */
const FIRST_ADDRESS = 0x7f01_0001;

let nextAddress = FIRST_ADDRESS;

/** Plays every input once, up to twenty at a time; resolves with the results in the order of the inputs. */
export async function playCatalogue(
  gateway: AttackedGateway,
  inputs: readonly HostileInput[],
): Promise<PlayedInput[]> {
  const waiting = [...inputs];
  const budget = new LineBudget();
  const results: PlayedInput[] = [];
  const work = async (worker: number): Promise<void> => {
    while (waiting.length > 0 && gateway.isRunning()) {
      const at = waiting.findIndex((input) => budget.hasRoom(lineOf(input)));
      const [input] = at < 0 ? [] : waiting.splice(at, 1);
      if (input === undefined) {
        await budget.untilRoom();
        continue;
      }
      const name = lineOf(input);
      budget.take(name);
      results.push(await playInput(gateway, input, placeFor(worker)));
      budget.giveBackLater(name);
    }
  };
  await Promise.all(Array.from({ length: MAX_CONNECTIONS }, (_, worker) => work(worker)));
  // The next run starts with empty windows of the log.
  await budget.untilEmpty();
  return results.toSorted((one, other) => inputs.indexOf(one.input) - inputs.indexOf(other.input));
}

function placeFor(worker: number) {
  const number = nextAddress;
  nextAddress += 1;
  const localAddress = [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join('.');
  return { streamName: `hostile-${worker}`, localAddress, token: number };
}

/** The name under which the log counts the end; undefined where nobody waits for the line. */
function lineOf({ publishes, ending }: HostileInput): string | undefined {
  if (ending.kind === 'closed') return ending.code;
  return publishes ? undefined : 'peer_closed';
}

class LineBudget {
  readonly #taken = new Map<string, number>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #waiters: (() => void)[] = [];

  hasRoom(name: string | undefined): boolean {
    return name === undefined || (this.#taken.get(name) ?? 0) < LINES_PER_WINDOW;
  }

  take(name: string | undefined): void {
    if (name !== undefined) this.#taken.set(name, (this.#taken.get(name) ?? 0) + 1);
  }

  /** The line counts until its window is over. */
  giveBackLater(name: string | undefined): void {
    if (name === undefined) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#taken.set(name, (this.#taken.get(name) ?? 1) - 1);
      for (const wake of this.#waiters.splice(0)) wake();
    }, WINDOW_MS);
    this.#timers.add(timer);
  }

  /** Resolves when a line is released. */
  untilRoom(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  async untilEmpty(): Promise<void> {
    while (this.#timers.size > 0) await this.untilRoom();
  }
}
