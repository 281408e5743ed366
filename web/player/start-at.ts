// Where a load of the source begins: near live, or where the viewer watches behind live, even when that media is gone.
import { isBehindLive, isShifted, type PlayableRange } from './time-shift.ts';

/** Where a load begins: near live; after the last discontinuity, however near to live; or so many seconds behind live. */
export type StartAt =
  | { readonly kind: 'live' }
  | { readonly kind: 'newest-run' }
  | { readonly kind: 'behind'; readonly seconds: number };

export const LIVE: StartAt = { kind: 'live' };

/** The current position, if the viewer is there on purpose. */
export function placeOf(range: PlayableRange, positionS: number, isMeant: boolean): StartAt {
  return isMeant && isShifted(range, positionS) ? { kind: 'behind', seconds: range.endS - positionS } : LIVE;
}

/** The same where the current media cannot be continued: the media after it is so far behind live. */
export function placeAfter(behindS: number, isMeant: boolean): StartAt {
  return isMeant && isBehindLive(behindS) ? { kind: 'behind', seconds: behindS } : { kind: 'newest-run' };
}
