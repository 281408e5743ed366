// The LIVE chip of the control bar: shows whether playback is at the live edge and how late it is. A press goes back to
// the edge.
import { element, setData, setText } from '../page/element.ts';
import { formatLatency } from '../page/format.ts';
import { words } from '../words/stream.ts';

/** Farther behind than this is not "live". Nearer than this, faster playback is already catching up. */
const BEHIND_MS = 3_000;

export type LiveChipFacts = {
  readonly isLive: boolean;
  readonly isPaused: boolean;
  readonly behindMs: number | undefined;
  readonly latencyMs: number | undefined;
};

export type LiveChip = { readonly node: HTMLButtonElement; readonly show: (facts: LiveChipFacts) => void };

/** The chip; `data-edge` is `off`, `at` or `behind`. */
export function liveChip(onClick: () => void): LiveChip {
  // The number changes twice a second: it is hidden from screen readers, which would read it each time.
  const number = element('span', { class: 'chip-number', 'aria-hidden': 'true' });
  const node = element(
    'button',
    { type: 'button', class: 'chip', 'data-edge': 'off' },
    element('span', { class: 'chip-dot', 'aria-hidden': 'true' }),
    element('span', {}, words.live),
    number,
  );
  node.addEventListener('click', onClick);
  return {
    node,
    show: (facts) => {
      const isBehind = facts.isPaused || (facts.behindMs !== undefined && facts.behindMs > BEHIND_MS);
      const edge = facts.isLive ? (isBehind ? 'behind' : 'at') : 'off';
      setData(node, 'edge', edge);
      // The button's name is its visible text (WCAG 2.5.3); the description says what it does.
      const title = edge === 'behind' ? words.player.goLive : words.player.atLive;
      if (node.title !== title) node.title = title;
      node.hidden = !facts.isLive;
      const latency = facts.latencyMs === undefined ? '' : formatLatency(facts.latencyMs);
      setText(number, isBehind && latency !== '' ? words.player.behind(latency) : latency);
    },
  };
}
