// What viewers choose for themselves on this device, for every stream.
import { StoredChoice } from './stored-choice.ts';

/** `off`: no single-key shortcuts. */
export const keyboardChoice = new StoredChoice('keyboard');
/** `stable`: farther behind live, so that an unsteady line does not stop the picture. */
export const latencyChoice = new StoredChoice('latency');

export function isStable(): boolean {
  return latencyChoice.value === 'stable';
}
