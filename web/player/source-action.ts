// What to do with the video source when the stream's state changes. The rule that matters: a stream that
// stalls or reconnects keeps its playlist, so its player is never torn down; one that ended never comes
// back in the same playlist, so its player must be.
import type { StreamState } from '../../server/stats/stats-message.ts';

/** The part of a status message that decides about the source. */
export type StreamSource = {
  readonly state: StreamState;
  readonly url: string;
  readonly codecs?: string;
  readonly captions?: readonly string[];
};

/** What the player holds: nothing, the source of the running stream, or one whose stream is over. */
export type HeldSource = 'none' | 'current' | 'over';

/** `load` (also instead of an old one), `keep` what is there, let it `finish`, or `release` it. */
export type SourceAction = 'load' | 'keep' | 'finish' | 'release';

/** The action for a state; `load` only ever comes with `live`, as a playlist exists in no other state for sure. */
export function sourceAction(state: StreamState, held: HeldSource): SourceAction {
  switch (state) {
    case 'live':
      return held === 'current' ? 'keep' : 'load';
    case 'ended':
      return held === 'current' ? 'finish' : 'keep';
    case 'offline':
      return held === 'none' ? 'keep' : 'release';
    case 'connecting':
    case 'starting':
    case 'stalled':
    case 'reconnecting':
      return 'keep';
    default:
      state satisfies never; // closed at compile time; server-message.ts lets no other state in
      return 'keep';
  }
}
