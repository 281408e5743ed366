// The viewer's choices on this device, for all streams.
import { StoredChoice } from './stored-choice.ts';

/** `off`: no single-key shortcuts. */
export const keyboardChoice = new StoredChoice('keyboard');
/** `stable`: farther behind live, so that an unsteady line does not stall playback. */
export const latencyChoice = new StoredChoice('latency');

export function isStable(): boolean {
  return latencyChoice.value === 'stable';
}
