// Single-key shortcuts of the player. They work only while the focus is inside it, and can be switched off
// (WCAG 2.2, success criterion 2.1.4).
import { toggleSound } from './control-bar.ts';
import type { Player } from './player.ts';
import { toggleFullscreen } from './window-modes.ts';

const VOLUME_STEP = 0.1;
const SEEK_STEP_S = 5;

export type ShortcutTargets = {
  readonly stage: HTMLElement;
  readonly video: HTMLVideoElement;
  readonly player: Player;
  readonly toggleCaptions: () => void;
};

/** k or space: play and pause; m: sound; c: captions; f: full screen; l: go to live; arrows: volume, and back and forth. */
export function bindShortcuts(targets: ShortcutTargets): void {
  const { stage, video, player, toggleCaptions } = targets;
  const actions = new Map<string, () => void>([
    ['k', () => player.toggle()],
    [' ', () => player.toggle()],
    ['m', () => toggleSound(video, player)],
    ['c', toggleCaptions],
    ['f', () => toggleFullscreen(stage, video)],
    ['l', () => player.goLive()],
    ['arrowleft', () => player.seekBy(-SEEK_STEP_S)],
    ['arrowright', () => player.seekBy(SEEK_STEP_S)],
    ['arrowup', () => changeVolume(video, VOLUME_STEP)],
    ['arrowdown', () => changeVolume(video, -VOLUME_STEP)],
  ]);
  stage.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const key = event.key.toLowerCase();
    const action = actions.get(key);
    if (action === undefined || ownsKey(event.target, key)) return;
    event.preventDefault();
    action();
  });
}

/** A focused button takes the space bar, a focused slider takes the arrows. */
function ownsKey(target: EventTarget | null, key: string): boolean {
  if (target instanceof HTMLButtonElement) return key === ' ';
  return target instanceof HTMLInputElement && key.startsWith('arrow');
}

function changeVolume(video: HTMLVideoElement, step: number): void {
  video.volume = Math.min(1, Math.max(0, video.volume + step));
}
