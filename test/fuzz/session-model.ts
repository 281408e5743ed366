// `npm run fuzz:session -- [--sequences N] [--seed S]`: random sequences of commands, media and verdicts, in any packing,
// against a small model of the session's states. Exits with 1 at the first difference, which it prints.

import { parseArgs } from 'node:util';
import { GatewayError } from '../../server/errors.ts';
import { amfObject } from '../../server/rtmp/amf-value.ts';
import { writeAmfValues } from '../../server/rtmp/amf0.ts';
import { DEFAULT_CHUNK_BYTES } from '../../server/rtmp/limits.ts';
import { UNNAMED_MESSAGE_STREAM } from '../../server/rtmp/message.ts';
import { Session, type SessionOutput } from '../../server/rtmp/session.ts';
import { EncoderScript } from '../cases/rtmp-script.ts';
import { Dice } from './dice.ts';
import { ACTS, type Act, CONNECT, CREATE_STREAM, type ModelState, PUBLISHES } from './session-acts.ts';

const DEFAULT_SEQUENCES = '1000000';
const MAX_STEPS = 24;
/** The most messages in one read. */
const MAX_PACKED = 5;
const REJECTION = { code: 'NetStream.Publish.BadName', description: 'no' };
const OBJECT_END_BYTES = 3;
const HELLO = new EncoderScript().hello();
/** The acceptance: onStatus with this code, up to the end of its object. onFCPublish has the same code and grants nothing. */
const START = writeAmfValues([
  'onStatus',
  0,
  null,
  amfObject({ level: 'status', code: 'NetStream.Publish.Start' }),
]).subarray(0, -OBJECT_END_BYTES);

type Totals = { sequences: number; commands: number; readonly moves: Map<string, number> };

/** A session and its model. */
class Pair {
  readonly told: string[] = [];
  readonly #session = new Session();
  readonly #model: ModelState = {
    state: 'connecting',
    publishedStreamId: UNNAMED_MESSAGE_STREAM,
    publishedName: '',
    endedName: undefined,
    chunkBytes: DEFAULT_CHUNK_BYTES,
  };
  readonly #totals: Totals;
  #held: Act[] = [];
  /** The peer's own chunk size: as sent, whether or not the session has read it yet. */
  #sentChunkBytes: number = DEFAULT_CHUNK_BYTES;

  constructor(totals: Totals) {
    this.#totals = totals;
    this.#session.receive(HELLO);
  }

  get state(): ModelState['state'] {
    return this.#model.state;
  }

  /** The acts arrive in one read, or cut in two at any place. */
  receive(acts: readonly Act[], dice: Dice): void {
    const bytes = Buffer.concat(acts.map((act) => this.#encode(act)));
    this.#totals.commands += acts.length;
    this.told.push(acts.map(({ name }) => name).join(' + '));
    const expected = this.#expect(acts);
    const cutAt = dice.oneIn(3) ? dice.below(bytes.length) : bytes.length;
    const first = this.#session.receive(bytes.subarray(0, cutAt));
    // More bytes may arrive before the session continues; they must not be handled first.
    const rest = dice.oneIn(2) ? this.#readOn() : [];
    const second = this.#session.receive(bytes.subarray(cutAt));
    const outputs = [...first, ...rest, ...second, ...this.#readOn()];
    this.#compare(outputs, expected, false);
  }

  decide(verdict: 'accept' | 'reject'): void {
    this.told.push(verdict);
    const before = this.#model.state;
    const outputs = this.#verdict(verdict);
    if (before !== 'publish-pending') {
      this.#compare(outputs, before === 'closed' ? [] : ['thrown no_publish_pending'], false);
      return;
    }
    if (verdict === 'reject') {
      this.#move(() => {
        this.#model.state = 'closed';
      });
      this.#compare(outputs, ['closed publish_rejected'], false);
      return;
    }
    this.#move(() => {
      this.#model.state = 'publishing';
    });
    const held = this.#held;
    this.#held = [];
    this.#compare(outputs, this.#expect(held), true);
  }

  end(): void {
    this.told.push('end');
    const expected = this.#model.state === 'closed' ? [] : ['closed ended_by_server'];
    this.#move(() => {
      this.#model.state = 'closed';
    });
    this.#compare(this.#session.end(), expected, false);
  }

  #encode(act: Act): Buffer {
    const bytes = act.bytes(this.#sentChunkBytes);
    const sent: ModelState = { ...this.#model, state: 'publishing', chunkBytes: this.#sentChunkBytes };
    act.apply(sent);
    this.#sentChunkBytes = sent.chunkBytes;
    return bytes;
  }

  /** The turns after the first. */
  #readOn(): readonly SessionOutput[] {
    const outputs: SessionOutput[] = [];
    while (this.#session.hasUnread) outputs.push(...this.#session.resume());
    return outputs;
  }

  #verdict(verdict: 'accept' | 'reject'): readonly (SessionOutput | string)[] {
    try {
      return verdict === 'accept'
        ? [...this.#session.accept(), ...this.#readOn()]
        : this.#session.reject(REJECTION);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return [`thrown ${error.code}`];
    }
  }

  #expect(acts: readonly Act[]): string[] {
    const expected: string[] = [];
    for (const act of acts) {
      if (this.#model.state === 'closed') break;
      if (this.#model.state === 'publish-pending') this.#held.push(act);
      else this.#move(() => expected.push(...act.apply(this.#model)));
    }
    return expected;
  }

  #move(step: () => void): void {
    const before = this.#model.state;
    step();
    const after = this.#model.state;
    if (before === after) return;
    const move = `${before} -> ${after}`;
    this.#totals.moves.set(move, (this.#totals.moves.get(move) ?? 0) + 1);
  }

  #compare(
    outputs: readonly (SessionOutput | string)[],
    expected: readonly string[],
    mayStart: boolean,
  ): void {
    const found: string[] = [];
    for (const output of outputs) {
      if (typeof output === 'string') found.push(output);
      else if (output.kind === 'closed') found.push(`closed ${output.code}`);
      else if (output.kind !== 'send') found.push(output.kind);
      else if (!mayStart && output.bytes.includes(START)) found.push('told that publishing has started');
    }
    const isSame = found.length === expected.length && found.every((each, at) => each === expected[at]);
    if (isSame && this.#session.state === this.#model.state) return;
    throw new Error(
      `outputs ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}; ` +
        `state ${this.#session.state}, expected ${this.#model.state}`,
    );
  }
}

/** Chooses acts by their weights. */
class Deck {
  readonly #steps: number[] = [];
  readonly #total: number;

  constructor() {
    let sum = 0;
    for (const { weight } of ACTS) {
      sum += Math.round(weight * 10);
      this.#steps.push(sum);
    }
    this.#total = sum;
  }

  draw(dice: Dice): Act {
    const at = dice.below(this.#total);
    return ACTS[this.#steps.findIndex((step) => at < step)] ?? CONNECT;
  }
}

function playSequence(pair: Pair, deck: Deck, dice: Dice): void {
  // Most sequences begin as encoders do, so that they get far.
  const opening = dice.below(4);
  if (opening > 0) pair.receive([CONNECT, CREATE_STREAM], dice);
  if (opening > 1) pair.receive([dice.pick(PUBLISHES)], dice);
  if (opening > 2) pair.decide('accept');
  for (let left = 1 + dice.below(MAX_STEPS); left > 0; left -= 1) {
    // A few more after the close: they must have no effect.
    if (pair.state === 'closed' && dice.oneIn(3)) return;
    const choice = dice.below(20);
    const isPending = pair.state === 'publish-pending';
    if (choice < (isPending ? 6 : 1)) pair.decide(dice.oneIn(5) ? 'reject' : 'accept');
    else if (choice === 19 && dice.oneIn(4)) pair.end();
    else
      pair.receive(
        Array.from({ length: dice.length(MAX_PACKED) }, () => deck.draw(dice)),
        dice,
      );
  }
}

const { values } = parseArgs({
  options: {
    sequences: { type: 'string', default: DEFAULT_SEQUENCES },
    seed: { type: 'string', default: '1' },
  },
});
const sequences = Number(values.sequences);
const seed = Number(values.seed);
if (!Number.isInteger(sequences) || sequences < 1 || !Number.isInteger(seed)) {
  console.error('--sequences needs a whole number from 1, --seed a whole number');
  process.exit(2);
}

const totals: Totals = { sequences: 0, commands: 0, moves: new Map() };
const deck = new Deck();
const dice = new Dice(seed);
const startedAt = performance.now();
for (; totals.sequences < sequences; totals.sequences += 1) {
  const pair = new Pair(totals);
  try {
    playSequence(pair, deck, dice);
  } catch (error) {
    console.log(`sequence ${totals.sequences} of seed ${seed} differs from the model:`);
    console.log(pair.told.map((each) => `  ${each}`).join('\n'));
    console.log(error instanceof Error ? error.message : error);
    process.exitCode = 1;
    break;
  }
}
const seconds = (performance.now() - startedAt) / 1_000;
console.log(
  `${totals.sequences} sequences, ${totals.commands} messages in ${seconds.toFixed(1)} s: ` +
    `${Math.round(totals.sequences / seconds)} sequences/s`,
);
for (const [move, count] of [...totals.moves].sort()) console.log(`  ${move}: ${count}`);
