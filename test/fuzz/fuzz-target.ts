// What the fuzzer knows about a target: its seeds, the limits for each input, and the conditions that must hold.

/** Runs one kind of input through real parts. */
export type FuzzTarget = {
  /** Kebab-case; the names of regression files begin with it. */
  readonly name: string;
  /** Inputs that reach deep code; longer ones are cut to `maxInputBytes`. */
  readonly seeds: () => readonly Buffer[];
  /** Constants of the wire format that random changes do not find. */
  readonly dictionary: readonly Buffer[];
  readonly maxInputBytes: number;
  /** Heap and ArrayBuffers that one input may use, including garbage and the target's own data. */
  readonly maxAllocatedBytes: number;
  /** By default no input may take 100 ms; more only where one input is minutes of media. */
  readonly maxRunMs?: number;
  /** Whether a GatewayError is a valid answer. If not, nothing may be thrown. */
  readonly mayRefuse: boolean;
  /** Throws for a fault. @returns a short description of what happened; an input with a new description is kept */
  readonly run: (input: Buffer) => string;
};

/** Ends the execution with a fault of the tested code. */
export function demand(holds: boolean, otherwise: () => string): asserts holds {
  if (!holds) throw new Error(otherwise());
}

/** Which words occur, and which of them more than once: `video+ audio`. For small sets of words. */
export function tally(words: Iterable<string>): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .map(([word, count]) => (count > 1 ? `${word}+` : word))
    .sort()
    .join(' ');
}

/** Roughly how many words there are, and how many different ones. For large sets of words. */
export function variety(words: readonly (string | number)[]): string {
  return `${bucket(words.length)}/${bucket(new Set(words).size)}`;
}

/** The next power of two: nearby numbers count as the same. */
export function bucket(value: number): number {
  return value < 2 ? value : 2 ** Math.ceil(Math.log2(value));
}

/** Hexadecimal words as dictionary entries. */
export function hexWords(...words: readonly string[]): Buffer[] {
  return words.map((word) => Buffer.from(word, 'hex'));
}

export function textWords(...words: readonly string[]): Buffer[] {
  return words.map((word) => Buffer.from(word));
}
