// Makes a finding's input short enough to read: removes pieces as long as the finding remains.

import type { FuzzTarget } from './fuzz-target.ts';
import { type Finding, judge, observe } from './oracles.ts';

/** Long enough for inputs of some KiB. */
const MAX_SHRINK_MS = 3_000;

/** The shortest input found that has a finding of the same kind and, for a crash, of the same first words. */
export function shrink(target: FuzzTarget, input: Buffer, finding: Finding): Buffer {
  const deadline = performance.now() + MAX_SHRINK_MS;
  const isSame = (candidate: Buffer): boolean => {
    const seen = finding.kind === 'crash' ? observe(target, candidate) : judge(target, candidate);
    return 'finding' in seen && seen.finding.kind === finding.kind && gist(seen.finding) === gist(finding);
  };
  let shortest = input;
  for (let size = shortest.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < shortest.length && performance.now() < deadline; ) {
      const candidate = Buffer.concat([shortest.subarray(0, at), shortest.subarray(at + size)]);
      if (isSame(candidate)) shortest = candidate;
      else at += size;
    }
  }
  return shortest;
}

/** Numbers change with the input's length; the error does not. */
function gist({ message }: Finding): string {
  return (message.split('\n')[0] ?? '').replaceAll(/\d+/g, '#');
}
