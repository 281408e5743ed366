// Where a load of the source begins: near live, or where the viewer watches behind live, also when what was there is gone.
import { isBehindLive, isShifted, type PlayableRange } from './time-shift.ts';

/** Where a source begins: near live, behind its last discontinuity however near to live that is, or so many seconds behind live. */
export type StartAt =
  | { readonly kind: 'live' }
  | { readonly kind: 'newest-run' }
  | { readonly kind: 'behind'; readonly seconds: number };

export const LIVE: StartAt = { kind: 'live' };

/** Where playback stands, for who means to be there. */
export function placeOf(range: PlayableRange, positionS: number, isMeant: boolean): StartAt {
  return isMeant && isShifted(range, positionS) ? { kind: 'behind', seconds: range.endS - positionS } : LIVE;
}

/** The same, where what is there cannot be played on: what follows it lies so far behind live. */
export function placeAfter(behindS: number, isMeant: boolean): StartAt {
  return isMeant && isBehindLive(behindS) ? { kind: 'behind', seconds: behindS } : { kind: 'newest-run' };
}
