// Single-key shortcuts of the player. On the watch page they always work, in an embed only while the focus is in the
// player. They can be switched off (WCAG 2.2, success criterion 2.1.4).

import type { Player } from '../player/player.ts';
import { type KeyFocus, keyAction } from './key-action.ts';
import { stepVolume, toggleSound } from './sound.ts';
import { toggleFullscreen } from './window-modes.ts';

export type ShortcutTargets = {
  readonly stage: HTMLElement;
  readonly video: HTMLVideoElement;
  readonly player: Player;
  readonly toggleCaptions: () => void;
  readonly toggleStats: () => void;
  /** Where keys are handled. */
  readonly scope: 'page' | 'stage';
  readonly isOn: () => boolean;
};

/** Listens until the page closes. */
export function bindShortcuts(targets: ShortcutTargets): void {
  const { stage, video, player, scope } = targets;
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || !targets.isOn() || isCovered()) return;
    const action = keyAction({
      key: event.key,
      focus: focusOf(event.target, stage),
      hasModifier: event.ctrlKey || event.altKey || event.metaKey,
      isRepeat: event.repeat,
    });
    if (action === undefined) return;
    event.preventDefault(); // Space and the arrows would also scroll the page
    switch (action.kind) {
      case 'toggle-play':
        return player.toggle();
      case 'toggle-sound':
        return toggleSound(video, player);
      case 'toggle-captions':
        return targets.toggleCaptions();
      case 'toggle-fullscreen':
        return toggleFullscreen(stage, video);
      case 'toggle-stats':
        return targets.toggleStats();
      case 'go-live':
        return player.goLive();
      case 'seek':
        return player.seekBy(action.seconds);
      case 'volume':
        return stepVolume(video, player, action.step);
      default:
        action satisfies never;
    }
  };
  if (scope === 'page') document.addEventListener('keydown', onKey);
  else stage.addEventListener('keydown', onKey);
}

/** A dialog is open: what is behind it cannot be used. */
function isCovered(): boolean {
  return document.querySelector('dialog[open]') !== null;
}

/** Kinds of input that take no text. */
const PRESSED_INPUTS: ReadonlySet<string> = new Set(['checkbox', 'radio', 'button', 'submit']);

function focusOf(target: EventTarget | null, stage: HTMLElement): KeyFocus {
  if (!(target instanceof HTMLElement) || target === document.body) return 'page';
  if (target instanceof HTMLButtonElement) return 'button';
  if (target instanceof HTMLInputElement) {
    if (target.type === 'range') return 'slider';
    return PRESSED_INPUTS.has(target.type) ? 'button' : 'text';
  }
  const takesText = target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
  if (takesText || target.isContentEditable) return 'text';
  if (target instanceof HTMLAnchorElement) return 'page';
  if (!stage.contains(target)) return 'other';
  // What else can be reached with Tab in the player scrolls: it uses the arrows too.
  return target.tabIndex < 0 ? 'stage' : 'slider';
}
