// The viewer's choices on this device, for all streams.
import { StoredChoice } from './stored-choice.ts';

/** `off`: no single-key shortcuts. */
export const keyboardChoice = new StoredChoice('keyboard');
/** How far behind live (web/player/latency-mode.ts); undefined for as near as possible. */
export const latencyChoice = new StoredChoice('latency');
