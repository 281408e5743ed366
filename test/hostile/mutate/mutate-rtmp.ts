// Damages a recorded RTMP session: cuts, doubles and swaps chunks, changes header fields and timestamps, flips bits.

import type { Dice } from '../../fuzz/dice.ts';
import type { ChunkField, WalkedChunk } from './chunk-walk.ts';
import { RECORDED_NAME, type Recording } from './recordings.ts';

/** Boundary values of fields. */
const VALUES = [
  0, 1, 2, 63, 64, 127, 128, 255, 256, 1_023, 4_096, 65_535, 65_536, 0x7f_ffff, 0x80_0000, 0xff_fffe,
  0xff_ffff,
];
const MESSAGE_TYPES = [0, 1, 2, 3, 4, 5, 6, 8, 9, 15, 17, 18, 20, 22, 255];
/** Most mutations of one session. */
const MAX_STACK = 6;
const MAX_DOUBLES = 32;
const MAX_SESSION_BYTES = 2 * 1024 * 1024;

/** A session as pieces of the recording; a mutation changes the list or a piece. */
type Pieces = { bytes: Buffer[]; readonly chunks: readonly WalkedChunk[] };
type Mutation = (pieces: Pieces, dice: Dice) => void;

const anyOf = ({ bytes }: Pieces, dice: Dice): number => dice.below(bytes.length);

const flipBits: Mutation = (pieces, dice) => {
  const piece = pieces.bytes[anyOf(pieces, dice)];
  if (piece === undefined || piece.length === 0) return;
  for (let left = dice.length(8); left > 0; left -= 1) {
    const at = dice.below(piece.length);
    piece[at] = (piece[at] ?? 0) ^ (1 << dice.below(8));
  }
};

const cutPiece: Mutation = (pieces, dice) => {
  const at = anyOf(pieces, dice);
  const piece = pieces.bytes[at];
  if (piece === undefined) return;
  if (dice.oneIn(2)) pieces.bytes.splice(at, 1);
  else pieces.bytes[at] = piece.subarray(0, dice.below(piece.length + 1));
};

const doublePiece: Mutation = (pieces, dice) => {
  const at = anyOf(pieces, dice);
  const piece = pieces.bytes[at];
  if (piece === undefined) return;
  const times = dice.oneIn(4) ? dice.length(MAX_DOUBLES) : 1;
  pieces.bytes.splice(at, 0, ...Array.from({ length: times }, () => Buffer.from(piece)));
};

const exchange: Mutation = (pieces, dice) => {
  const [one, other] = [anyOf(pieces, dice), anyOf(pieces, dice)];
  const [first, second] = [pieces.bytes[one], pieces.bytes[other]];
  if (first === undefined || second === undefined) return;
  pieces.bytes[one] = second;
  pieces.bytes[other] = first;
};

const editField: Mutation = (pieces, dice) => {
  const at = 1 + dice.below(Math.max(1, pieces.chunks.length));
  const chunk = pieces.chunks[at - 1];
  if (chunk === undefined || chunk.fields.length === 0) return;
  const field = dice.pick(chunk.fields);
  setField(pieces.bytes[at], chunk, field, valueFor(field, dice));
};

/** A clock that stops, runs ahead, goes back or is random. */
const setTimes: Mutation = (pieces, dice) => {
  const from = dice.below(pieces.chunks.length + 1);
  const step = dice.pick([0, 0, 1, 40, 1_000, 3_600_000, 0xff_ffff]);
  let time = dice.pick([0, 1_000, 0xff_fffe]);
  for (let at = from; at < pieces.chunks.length; at += 1) {
    const chunk = pieces.chunks[at];
    const field = chunk?.fields.find(({ name }) => name === 'timestamp');
    if (chunk === undefined || field === undefined) continue;
    setField(pieces.bytes[at + 1], chunk, field, step === 0xff_ffff ? dice.below(0xff_ffff) : time);
    time = (time + step) % 0xff_ffff;
  }
};

const insertNoise: Mutation = (pieces, dice) => {
  const noise = Buffer.alloc(dice.length(512));
  for (let at = 0; at < noise.length; at += 1) noise[at] = dice.below(256);
  pieces.bytes.splice(anyOf(pieces, dice), 0, noise);
};

const cutTail: Mutation = (pieces, dice) => {
  pieces.bytes.length = 1 + dice.below(pieces.bytes.length);
};

const MUTATIONS: readonly (readonly [string, Mutation])[] = [
  ['bits flipped', flipBits],
  ['a chunk cut', cutPiece],
  ['a chunk doubled', doublePiece],
  ['chunks exchanged', exchange],
  ['a field edited', editField],
  ['timestamps set', setTimes],
  ['noise', insertNoise],
  ['the tail cut', cutTail],
];

function valueFor({ name, width }: ChunkField, dice: Dice): number {
  if (name === 'type') return dice.pick(MESSAGE_TYPES);
  return dice.oneIn(2) ? dice.pick(VALUES) : dice.below(256 ** Math.min(width, 3));
}

function setField(
  piece: Buffer | undefined,
  { start }: WalkedChunk,
  { at, width }: ChunkField,
  value: number,
): void {
  const offset = at - start;
  // Another mutation may have cut or swapped the piece.
  if (piece === undefined || piece.length < offset + width) return;
  piece.writeUIntBE(value % 256 ** width, offset, width);
}

/** @returns the pieces to write, and the mutations */
export function mutateRtmp(
  recording: Recording,
  dice: Dice,
  streamName: string,
): { readonly bytes: Buffer; readonly done: string } {
  const { bytes, chunks } = recording;
  const firstChunk = chunks[0]?.start ?? bytes.length;
  const pieces: Pieces = {
    bytes: [bytes.subarray(0, firstChunk), ...chunks.map(({ start, end }) => bytes.subarray(start, end))].map(
      (piece) => renamed(Buffer.from(piece), streamName),
    ),
    chunks,
  };
  const done: string[] = [];
  for (let left = dice.length(MAX_STACK); left > 0; left -= 1) {
    const [name, mutation] = dice.pick(MUTATIONS);
    mutation(pieces, dice);
    done.push(name);
    if (pieces.bytes.length === 0) break;
  }
  return { bytes: Buffer.concat(pieces.bytes).subarray(0, MAX_SESSION_BYTES), done: done.join(', ') };
}

/** Replaces the recorded stream name with one of the same length. */
function renamed(piece: Buffer, streamName: string): Buffer {
  for (let at = piece.indexOf(RECORDED_NAME); at >= 0; at = piece.indexOf(RECORDED_NAME, at + 1))
    piece.write(streamName, at, 'latin1');
  return piece;
}
