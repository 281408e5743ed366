// Row 26: each of the fifty sessions, cut once at every byte of its first 4 KB; the segments are compared by hash.

import { WHOLE_SESSIONS } from '../../cases/whole-sessions.ts';
import { SessionPipe } from '../../support/session-pipe.ts';
import type { LongRun } from './long-run.ts';

const SPLIT_BYTES = 4_096;

export const everySplit: LongRun = {
  name: 'splits',
  what: 'row 26: fifty sessions, cut once at every byte of their first 4 KB',
  run: () => {
    const faults: string[] = [];
    let splits = 0;
    for (const { name, bytes } of WHOLE_SESSIONS) {
      const whole = digestsOf([bytes]);
      for (let at = 1; at < Math.min(SPLIT_BYTES, bytes.length); at += 1) {
        splits += 1;
        const digests = digestsOf([bytes.subarray(0, at), bytes.subarray(at)]);
        if (digests !== whole) faults.push(`${name}: other segments when it is cut at byte ${at}`);
      }
    }
    return { figures: [`${splits} splits`], faults };
  },
};

function digestsOf(parts: readonly Buffer[]): string {
  const pipe = new SessionPipe();
  for (const part of parts) pipe.feed(part);
  pipe.end();
  const digests = pipe.digests().join();
  return pipe.closedBy === undefined ? digests : `closed by ${pipe.closedBy}`;
}
