// The bar of a stream that can be watched behind live: from the oldest playable moment (left) to live (right).
import { element } from '../page/element.ts';
import { formatDuration } from '../page/format.ts';
import { words } from '../page/words.ts';
import type { Player } from '../player/player.ts';
import { canShift } from '../player/time-shift.ts';

export type SeekBar = { readonly node: HTMLInputElement; readonly show: () => void };

/** Hidden while there is nothing to go back to. Its value is the distance from live, in seconds and negative. */
export function seekBar(player: Player): SeekBar {
  const node = element('input', {
    type: 'range',
    class: 'control-seek',
    max: '0',
    step: '1',
    'aria-label': words.player.seek,
  });
  node.hidden = true;
  let isHeld = false;
  node.addEventListener('pointerdown', () => {
    isHeld = true;
  });
  for (const event of ['pointerup', 'pointercancel', 'change', 'blur']) {
    node.addEventListener(event, () => {
      isHeld = false;
    });
  }
  node.addEventListener('input', () => player.seekBehindLive(-node.valueAsNumber));
  return {
    node,
    show: () => {
      const range = player.engine?.playableRange();
      node.hidden = !canShift(range);
      if (!canShift(range)) return;
      const behindS = Math.max(0, range.endS - player.positionS);
      node.min = String(-Math.floor(range.endS - range.startS));
      // The bar moves on under a finger that rests on it; the finger decides.
      if (!isHeld) node.value = String(-Math.round(behindS));
      const seconds = -node.valueAsNumber;
      const text = seconds < 1 ? words.live : words.player.behind(formatDuration(seconds * 1000));
      if (node.getAttribute('aria-valuetext') !== text) node.setAttribute('aria-valuetext', text);
    },
  };
}
