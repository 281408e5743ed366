// What is said over the picture when playback stops too often: that the viewer's own line is too slow for the only quality, or
// that a larger distance from live would help, with a button for it.

import { type LatencyMode, nextLatencyMode } from '../player/latency-mode.ts';
import type { SlowLineVerdict } from '../player/slow-line.ts';
import { words } from '../words/stream.ts';
import { watchWords } from '../words/watch.ts';

export type SlowNotice = {
  readonly title: string;
  readonly detail: string;
  /** The mode that the button sets. */
  readonly offer?: Exclude<LatencyMode, 'low'>;
  /** The viewer may send it away. */
  readonly canDismiss: boolean;
};

export function slowNotice(facts: {
  readonly verdict: SlowLineVerdict;
  readonly stallsOften: boolean;
  readonly mode: LatencyMode;
  /** The viewer wants to stay at this distance. */
  readonly isDismissed: boolean;
}): SlowNotice | undefined {
  const { verdict, stallsOften, mode, isDismissed } = facts;
  const next = nextLatencyMode(mode);
  const offer = next === undefined || next === 'low' ? {} : { offer: next };
  if (verdict !== 'fine')
    return {
      ...{ title: words.slowLine.title, detail: words.slowLine.detail, canDismiss: false },
      ...(verdict === 'offer' ? offer : {}),
    };
  if (!stallsOften || isDismissed || next === undefined) return undefined;
  const { title, detail } = watchWords.stalls;
  return { title, detail, ...offer, canDismiss: true };
}
