// The seek bar of a stream with a past: from the oldest playable moment (left) to live (right).
import { element } from '../page/element.ts';
import { formatDuration } from '../page/format.ts';
import type { Player } from '../player/player.ts';
import { canShift } from '../player/time-shift.ts';
import { words } from '../words/stream.ts';

export type SeekBar = { readonly node: HTMLInputElement; readonly show: () => void };

/** Hidden while there is no past. Its value is the negative distance from live in seconds. */
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
      // The range moves while a finger holds the bar: keep the finger's value.
      if (!isHeld) node.value = String(-Math.round(behindS));
      const seconds = -node.valueAsNumber;
      const text = seconds < 1 ? words.live : words.player.behind(formatDuration(seconds * 1000));
      if (node.getAttribute('aria-valuetext') !== text) node.setAttribute('aria-valuetext', text);
    },
  };
}
