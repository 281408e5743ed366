// The viewer's sound: on and off, louder and quieter. The volume is stored, however it was set.

import { writeVolume } from '../page/stored-volume.ts';
import type { Player } from '../player/player.ts';

/** The volume after unmuting when it had been turned down to zero. */
const AUDIBLE = 0.5;

/** Switches the sound off, or on at an audible volume. */
export function toggleSound(video: HTMLVideoElement, player: Player): void {
  const isSilent = video.muted || video.volume === 0;
  if (video.volume === 0) video.volume = AUDIBLE;
  player.setMuted(!isSilent);
}

/** Sets the volume, limited to 0 to 1. */
export function setVolume(video: HTMLVideoElement, player: Player, volume: number): void {
  const kept = Math.round(Math.min(1, Math.max(0, volume)) * 100) / 100;
  video.volume = kept;
  player.setMuted(kept === 0);
  if (kept > 0) writeVolume(kept);
}

/** Louder or quieter; unmutes first. */
export function stepVolume(video: HTMLVideoElement, player: Player, step: number): void {
  const isHeardAgain = video.muted && step > 0;
  setVolume(video, player, isHeardAgain ? video.volume || step : video.volume + step);
}
