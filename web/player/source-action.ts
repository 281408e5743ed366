// What to do with the video source when the stream's state changes. A stream that stalls or reconnects keeps its
// playlist, so its player is kept. A stream that ended never comes back in the same playlist, so its player is removed.
import type { StreamState } from '../../server/stats/stats-message.ts';

/** The part of a status message that decides what happens to the source. */
export type StreamSource = {
  readonly state: StreamState;
  readonly url: string;
  readonly codecs?: string;
  readonly captions?: readonly string[];
};

/** What the player holds: nothing, the source of the current stream, or the source of a stream that is over. */
export type HeldSource = 'none' | 'current' | 'over';

/** `load` (also in place of an old source), `keep` the source, let it `finish`, or `release` it. */
export type SourceAction = 'load' | 'keep' | 'finish' | 'release';

/** The action for a state. `load` occurs only with `live`: in other states the playlist may not exist. */
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
      state satisfies never; // checked by the compiler; server-message.ts accepts no other state
      return 'keep';
  }
}
