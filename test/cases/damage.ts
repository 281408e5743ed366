// Whole records with damage as from a network or a bad encoder: cut, lengthened, bytes changed.

import fc from 'fast-check';
import { GatewayError } from '../../server/errors.ts';

type Damage = { readonly at: number; readonly byte: number };

/** One of the seeds, cut anywhere, with up to six changed bytes and some more bytes at the end. */
export function damaged(seeds: readonly Buffer[]): fc.Arbitrary<Buffer> {
  const seed = fc.constantFrom(...seeds);
  const change = fc.record({ at: fc.nat({ max: 299 }), byte: fc.integer({ min: 0, max: 255 }) });
  const keep = fc.oneof(fc.constant(1_000), fc.nat({ max: 60 }));
  return fc
    .tuple(seed, keep, fc.array(change, { maxLength: 6 }), fc.uint8Array({ maxLength: 8 }))
    .map(([body, keptBytes, changes, more]) => {
      const out = Buffer.concat([body.subarray(0, keptBytes), more]);
      for (const { at, byte } of changes satisfies Damage[]) if (out.length > 0) out[at % out.length] = byte;
      return out;
    });
}

/** Runs a parser. Any error other than a GatewayError fails the test. */
export function throwsOnlyGatewayErrors(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
  }
}
