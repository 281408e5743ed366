// `sluice/embed`, for sites that embed a player: createPlayer() and the element <sluice-player>. No dependencies.

export type {
  PlayerEvent,
  PlayerEvents,
  PlayerQuality,
  PlayerState,
  PlayerStats,
  PlayerTime,
} from '../frame/player-protocol.ts';
export { createPlayer, type Player, type Unsubscribe } from './player.ts';
export type { PlayerOptions, TokenSource } from './player-options.ts';

import { defineElement, type SluicePlayerElement } from './sluice-player.ts';

export { ELEMENT_NAME, SluicePlayerElement } from './sluice-player.ts';

declare global {
  interface HTMLElementTagNameMap {
    'sluice-player': SluicePlayerElement;
  }
}

defineElement();
