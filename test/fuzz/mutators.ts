// How an input is changed: small damage from a network or a broken encoder, and what an attacker would write.

import type { Dice } from './dice.ts';

/** The sources of a mutator. */
export type MutationSource = {
  readonly dice: Dice;
  readonly dictionary: readonly Buffer[];
  /** Another input of the corpus, from which to take a piece. */
  readonly other: () => Buffer;
};

type Mutator = (input: Buffer, source: MutationSource) => Buffer;

/** Values at which fields of 8, 16, 24 and 32 bits change their meaning; the low bytes of each are written. */
const INTERESTING = [
  0, 1, 2, 3, 4, 7, 8, 9, 16, 63, 64, 65, 127, 128, 255, 256, 319, 320, 511, 512, 1023, 1024, 4095, 4096,
  0x7fff, 0x8000, 0xffff, 0x1_0000, 0x7f_ffff, 0x80_0000, 0xff_fffe, 0xff_ffff, 0x100_0000, 0x7fff_ffff,
  0x8000_0000, 0xffff_fffe, 0xffff_ffff,
];
const WIDTHS = [1, 2, 3, 4] as const;
/** A longer block finds no more than a short one, and is slower. */
const MAX_BLOCK_BYTES = 512;
/** The most mutations on top of each other. */
const MAX_STACK = 8;

const flipBit: Mutator = (input, { dice }) => {
  const at = dice.below(input.length);
  input[at] = (input[at] ?? 0) ^ (1 << dice.below(8));
  return input;
};

const setByte: Mutator = (input, { dice }) => {
  input[dice.below(input.length)] = dice.below(256);
  return input;
};

const addToField: Mutator = (input, { dice }) => {
  const field = pickField(input, dice);
  if (field === undefined) return input;
  const step = dice.oneIn(2) ? dice.length(32) : -dice.length(32);
  return writeField(input, field, input.readUIntBE(field.at, field.width) + step);
};

const setInteresting: Mutator = (input, { dice }) => {
  const field = pickField(input, dice);
  return field === undefined ? input : writeField(input, field, dice.pick(INTERESTING));
};

/** Sets a field that could be the length of the following bytes to a nearly right or a very wrong value. */
const missLength: Mutator = (input, { dice }) => {
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const field = pickField(input, dice);
    if (field === undefined) return input;
    const value = input.readUIntBE(field.at, field.width);
    const left = input.length - field.at - field.width;
    if (value === 0 || value > left) continue;
    return writeField(
      input,
      field,
      dice.pick([0, value - 1, value + 1, left, left + 1, value * 2, 256 ** field.width - 1]),
    );
  }
  return input;
};

const insertBlock: Mutator = (input, { dice }) => {
  const filler = dice.pick([0, 0xff, 0x41, dice.below(256)]);
  const block = Buffer.alloc(dice.length(64), filler);
  if (dice.oneIn(2)) for (let at = 0; at < block.length; at += 1) block[at] = dice.below(256);
  return insertAt(input, dice.below(input.length + 1), block);
};

const deleteBlock: Mutator = (input, { dice }) => {
  const at = dice.below(input.length);
  return Buffer.concat([input.subarray(0, at), input.subarray(at + dice.length(MAX_BLOCK_BYTES))]);
};

/** Repeats once or many times, so that lists and nesting grow. */
const repeatBlock: Mutator = (input, { dice }) => {
  const at = dice.below(input.length);
  const block = input.subarray(at, at + dice.length(MAX_BLOCK_BYTES));
  const times = dice.oneIn(4) ? dice.length(256) : 1;
  return insertAt(
    input,
    dice.oneIn(2) ? at : dice.below(input.length + 1),
    Buffer.concat(Array(times).fill(block)),
  );
};

const moveBlock: Mutator = (input, { dice }) => {
  const at = dice.below(input.length);
  const end = Math.min(input.length, at + dice.length(MAX_BLOCK_BYTES));
  const rest = Buffer.concat([input.subarray(0, at), input.subarray(end)]);
  return insertAt(rest, dice.below(rest.length + 1), input.subarray(at, end));
};

const insertFromOther: Mutator = (input, { dice, other }) => {
  const from = other();
  if (from.length === 0) return input;
  const at = dice.below(from.length);
  return insertAt(input, dice.below(input.length + 1), from.subarray(at, at + dice.length(MAX_BLOCK_BYTES)));
};

/** The head of one input and the tail of another. */
const crossOver: Mutator = (input, { dice, other }) => {
  const tail = other();
  return Buffer.concat([
    input.subarray(0, dice.below(input.length + 1)),
    tail.subarray(dice.below(tail.length + 1)),
  ]);
};

const truncate: Mutator = (input, { dice }) => input.subarray(0, dice.below(input.length));

const placeWord: Mutator = (input, { dice, dictionary }) => {
  if (dictionary.length === 0) return input;
  const word = dice.pick(dictionary);
  const at = dice.below(input.length + 1);
  if (dice.oneIn(2)) return insertAt(input, at, word);
  return Buffer.concat([input.subarray(0, at), word, input.subarray(at + word.length)]);
};

const MUTATORS: readonly Mutator[] = [
  flipBit,
  setByte,
  addToField,
  setInteresting,
  missLength,
  insertBlock,
  deleteBlock,
  repeatBlock,
  moveBlock,
  insertFromOther,
  crossOver,
  truncate,
  placeWord,
];

/** A changed copy, at most `maxBytes` long. */
export function mutate(input: Buffer, source: MutationSource, maxBytes: number): Buffer {
  const { dice } = source;
  let mutated: Buffer = Buffer.from(input);
  for (let left = dice.length(MAX_STACK); left > 0; left -= 1) {
    if (mutated.length === 0) mutated = Buffer.from([dice.below(256)]);
    mutated = dice.pick(MUTATORS)(mutated, source);
    // A copy, because a mutator may return a part of its input, which must not change.
    if (mutated.length > maxBytes) mutated = Buffer.from(mutated.subarray(0, maxBytes));
  }
  return mutated;
}

type Field = { readonly at: number; readonly width: (typeof WIDTHS)[number] };

function pickField(input: Buffer, dice: Dice): Field | undefined {
  const width = dice.pick(WIDTHS);
  return input.length < width ? undefined : { at: dice.below(input.length - width + 1), width };
}

function writeField(input: Buffer, { at, width }: Field, value: number): Buffer {
  const range = 256 ** width;
  input.writeUIntBE(((value % range) + range) % range, at, width);
  return input;
}

function insertAt(input: Buffer, at: number, block: Buffer): Buffer {
  return Buffer.concat([input.subarray(0, at), block, input.subarray(at)]);
}
