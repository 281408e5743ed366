// A hostile input: the steps of one connection, and its expected end.

import { createHash } from 'node:crypto';
import { EncoderScript } from '../cases/rtmp-script.ts';

export type Step =
  | { readonly kind: 'write'; readonly bytes: Buffer }
  /** Waits until publishing is accepted. */
  | { readonly kind: 'until-started' }
  /** Writes the same bytes repeatedly until the connection has ended. */
  | { readonly kind: 'drip'; readonly bytes: Buffer; readonly everyMs: number }
  /** Stops reading. */
  | { readonly kind: 'mute' }
  /** Ends with a TCP reset. */
  | { readonly kind: 'reset' };

export type Ending =
  /** The gateway ends the connection with this code. */
  | { readonly kind: 'closed'; readonly code: string }
  /** A ping after the input is answered; our close is then logged as `peer_closed`. */
  | { readonly kind: 'lives' }
  /** The input stops in the middle of something and closes: `peer_closed`. */
  | { readonly kind: 'left' }
  /** The input resets the connection: `socket_error`, or `peer_closed` if the system reports it as an end. */
  | { readonly kind: 'reset' };

/** One input of a row, before it is numbered. */
export type HostileCase = {
  readonly what: string;
  readonly ending: Ending;
  /** Whether its connection is a publisher when it ends. */
  readonly publishes: boolean;
  /** `streamName` is used by this input only. */
  readonly steps: (streamName: string) => readonly Step[];
};

/** `id` is the row of docs/trust.md and a number in it. */
export type HostileInput = HostileCase & { readonly id: string; readonly row: number };

/** The rows that one file of the catalogue contributes. */
export type HostileRows = Readonly<Record<number, readonly HostileCase[]>>;

export const LIVES: Ending = { kind: 'lives' };
export const LEFT: Ending = { kind: 'left' };
export const RESET: Ending = { kind: 'reset' };

export function closed(code: string): Ending {
  return { kind: 'closed', code };
}

/** Possible results of a played input. */
export function endNames(ending: Ending): readonly string[] {
  if (ending.kind === 'reset') return ['socket_error', 'peer_closed'];
  return [ending.kind === 'closed' ? ending.code : ending.kind];
}

/** Fits the bytes that may wait for a publish decision, and one socket read. */
const MAX_COALESCED_BYTES = 48 * 1024;

/** The first bytes of a connection. */
export function stranger(what: string, ending: Ending, ...parts: readonly Buffer[]): HostileCase {
  return { what, ending, publishes: false, steps: () => parts.map(writing) };
}

/** Handshake in one write with the following bytes. */
export function greeted(
  what: string,
  ending: Ending,
  speak: (script: EncoderScript, streamName: string) => Buffer,
): HostileCase {
  return {
    what,
    ending,
    publishes: false,
    steps: (streamName) => {
      const script = new EncoderScript();
      return [writing(Buffer.concat([script.hello(), speak(script, streamName)]))];
    },
  };
}

/** Handshake, connect and createStream in one write with the following bytes. */
export function connected(
  what: string,
  ending: Ending,
  speak: (script: EncoderScript, streamName: string) => Buffer,
): HostileCase {
  return {
    what,
    ending,
    publishes: false,
    steps: (streamName) => {
      const script = new EncoderScript();
      return [writing(Buffer.concat([script.opening(), speak(script, streamName)]))];
    },
  };
}

/** An accepted publisher; the following bytes are in one write with its request, unless they are too long. */
export function publishing(
  what: string,
  ending: Ending,
  speak: (script: EncoderScript, streamName: string) => Buffer | readonly Step[],
): HostileCase {
  return {
    what,
    ending,
    publishes: true,
    steps: (streamName) => {
      const script = new EncoderScript();
      const request = Buffer.concat([script.opening(), script.publish(streamName)]);
      const said = speak(script, streamName);
      if (!Buffer.isBuffer(said)) return [writing(request), { kind: 'until-started' }, ...said];
      if (said.length <= MAX_COALESCED_BYTES) return [writing(Buffer.concat([request, said]))];
      return [writing(request), { kind: 'until-started' }, writing(said)];
    },
  };
}

export function writing(bytes: Buffer): Step {
  return { kind: 'write', bytes };
}

/** Numbers the inputs of each row, without duplicates. */
export function numbered(rows: readonly HostileRows[]): HostileInput[] {
  const counts = new Map<number, number>();
  const seen = new Set<string>();
  return rows
    .flatMap((each) => Object.entries(each).map(([row, cases]) => ({ row: Number(row), cases })))
    .toSorted((one, other) => one.row - other.row)
    .flatMap(({ row, cases }) => cases.map((each) => ({ ...each, row })))
    .flatMap((each) => {
      const digest = digestOf(each);
      if (seen.has(digest)) return [];
      seen.add(digest);
      const number = (counts.get(each.row) ?? 0) + 1;
      counts.set(each.row, number);
      return [{ ...each, id: `${each.row}.${String(number).padStart(3, '0')}` }];
    });
}

/** The bytes of an input and how it ends, for comparison. */
function digestOf({ steps, ending }: HostileCase): string {
  const hash = createHash('sha256').update(ending.kind === 'left' ? 'leaves' : 'stays');
  for (const step of steps('same')) {
    hash.update(step.kind);
    if (step.kind === 'write' || step.kind === 'drip')
      hash.update(`${step.bytes.length} `).update(step.bytes);
  }
  return hash.digest('hex');
}
