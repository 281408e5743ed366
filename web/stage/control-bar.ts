// The player's controls: seek bar, play, sound, the LIVE chip, captions, settings, AirPlay, picture-in-picture, full screen. Ready-made
// player elements insert <style> into their shadow roots, which `style-src 'self'` refuses.

import { element, setText } from '../page/element.ts';
import { readVolume } from '../page/stored-volume.ts';
import type { LatencyMode } from '../player/latency-mode.ts';
import type { Player } from '../player/player.ts';
import { words } from '../words/stream.ts';
import { watchWords } from '../words/watch.ts';
import { airPlayButton } from './airplay.ts';
import { CaptionsControl } from './captions-control.ts';
import { controlButton } from './control-button.ts';
import { type LiveChipFacts, liveChip } from './live-chip.ts';
import { seekBar } from './seek-bar.ts';
import type { SettingsMenu } from './settings-menu.ts';
import { setVolume, toggleSound } from './sound.ts';
import { fullscreenButton, pipButton } from './window-modes.ts';

export type ControlBar = {
  readonly node: HTMLElement;
  readonly show: (facts: LiveChipFacts & { readonly latencyMode: LatencyMode }) => void;
  readonly toggleCaptions: () => void;
};

export type ControlBarOptions = {
  readonly stage: HTMLElement;
  readonly video: HTMLVideoElement;
  readonly player: Player;
  readonly settings: SettingsMenu;
  readonly onLowLatency: () => void;
  /** Captions that the page's address asks for (see QueryOptions). */
  readonly wantedCaptions?: boolean | string | undefined;
};

/** The bar. Call `show` whenever the player changes. */
export function controlBar(options: ControlBarOptions): ControlBar {
  const { stage, video, player } = options;
  const play = controlButton('control-play', () => player.toggle());
  const mute = controlButton('control-mute', () => toggleSound(video, player));
  const volume = volumeSlider(video, player);
  const seek = seekBar(player);
  const chip = liveChip(() => player.goLive());
  const steady = element(
    'button',
    { type: 'button', class: 'steady', title: watchWords.latencyChip.title },
    '',
  );
  steady.addEventListener('click', options.onLowLatency);
  const captions = new CaptionsControl(video, player, options.wantedCaptions);
  const node = element(
    'div',
    { class: 'controls' },
    seek.node,
    play.node,
    mute.node,
    volume,
    chip.node,
    steady,
    element('span', { class: 'controls-space' }),
    captions.node,
    options.settings.button.node,
    airPlayButton(video).node,
    pipButton(video).node,
    fullscreenButton(stage, video).node,
  );
  return {
    node,
    show: (facts) => {
      play.show(video.paused ? 'play' : 'pause', video.paused ? words.player.play : words.player.pause);
      const isSilent = video.muted || video.volume === 0;
      mute.show(isSilent ? 'muted' : 'sound', isSilent ? words.player.unmute : words.player.mute);
      const shown = String(Math.round((video.muted ? 0 : video.volume) * 100));
      if (volume.value !== shown) volume.value = shown;
      chip.show(facts);
      steady.hidden = facts.latencyMode === 'low';
      if (facts.latencyMode !== 'low') setText(steady, watchWords.latencyChip[facts.latencyMode]);
      seek.show();
      captions.show();
    },
    toggleCaptions: () => captions.toggle(),
  };
}

function volumeSlider(video: HTMLVideoElement, player: Player): HTMLInputElement {
  const slider = element('input', {
    type: 'range',
    class: 'control-volume',
    min: '0',
    max: '100',
    step: '5',
    'aria-label': words.player.volume,
  });
  video.volume = readVolume();
  slider.addEventListener('input', () => {
    setVolume(video, player, slider.valueAsNumber / 100);
  });
  return slider;
}
