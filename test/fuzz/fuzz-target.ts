// What the fuzzer knows of a target: where its inputs start from, what they may cost, and what must hold for each.

/** Runs one kind of input through real parts. */
export type FuzzTarget = {
  /** Kebab-case; regression files begin with it. */
  readonly name: string;
  /** Inputs that reach deep; what is longer than `maxInputBytes` is cut. */
  readonly seeds: () => readonly Buffer[];
  /** Constants of the wire that chance does not find. */
  readonly dictionary: readonly Buffer[];
  readonly maxInputBytes: number;
  /** Heap and ArrayBuffers that one input may take, garbage and the target's own bookkeeping included. */
  readonly maxAllocatedBytes: number;
  /** Absent for the 100 ms that no input may take; more only where one input is minutes of media. */
  readonly maxRunMs?: number;
  /** A GatewayError is an answer; where it is not, nothing at all may be thrown. */
  readonly mayRefuse: boolean;
  /** Throws for a fault. @returns what happened, in few words: an answer that is new makes its input worth keeping */
  readonly run: (input: Buffer) => string;
};

/** Ends the execution with a fault of what is tested. */
export function demand(holds: boolean, otherwise: () => string): asserts holds {
  if (!holds) throw new Error(otherwise());
}

/** Which words occur, once or more often: `video+ audio`. For words of which there are few. */
export function tally(words: Iterable<string>): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .map(([word, count]) => (count > 1 ? `${word}+` : word))
    .sort()
    .join(' ');
}

/** How many there are and how many different ones, roughly. For words of which there are many. */
export function variety(words: readonly (string | number)[]): string {
  return `${bucket(words.length)}/${bucket(new Set(words).size)}`;
}

/** The next power of two: near numbers tell nothing new. */
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
