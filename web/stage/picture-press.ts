// What a press on the picture means. The first one brings the sound that the viewer did not switch off; a mouse plays and
// pauses, and fills the screen with two clicks; a finger shows the controls only.

/** Within this time a second click makes a double click; a single one waits for it, as a pause costs a live viewer his place. */
const DOUBLE_MS = 250;

export type Press = {
  readonly isMouse: boolean;
  /** How many presses in a row this is, from 1, as the browser counts them (UI Events, `detail`). */
  readonly count: number;
  /** The picture plays without sound, and the viewer did not ask for that. */
  readonly lacksSound: boolean;
  /** There are no controls: the picture is all there is to press. */
  readonly isBare: boolean;
};

export type PressActions = {
  readonly unmute: () => void;
  readonly toggle: () => void;
  readonly fullscreen: () => void;
};

/** Turns presses into actions. */
export class PicturePress {
  readonly #actions: PressActions;
  #toggleTimer: ReturnType<typeof setTimeout> | undefined;
  /** What the first press of a row did, for the second one to take back. */
  #first: 'nothing' | 'toggled' = 'nothing';

  constructor(actions: PressActions) {
    this.#actions = actions;
  }

  press(press: Press): void {
    if (press.count > 1) {
      this.#again(press);
      return;
    }
    this.#cancel();
    this.#first = 'nothing';
    if (press.lacksSound) {
      this.#actions.unmute();
      return;
    }
    if (!press.isMouse && !press.isBare) return;
    this.#toggleTimer = setTimeout(() => {
      this.#toggleTimer = undefined;
      this.#first = 'toggled';
      this.#actions.toggle();
    }, DOUBLE_MS);
  }

  #again({ count, isMouse }: Press): void {
    this.#cancel();
    if (count !== 2 || !isMouse) return;
    // The browser's own time for a double click may be longer than ours.
    if (this.#first === 'toggled') this.#actions.toggle();
    this.#first = 'nothing';
    this.#actions.fullscreen();
  }

  #cancel(): void {
    clearTimeout(this.#toggleTimer);
    this.#toggleTimer = undefined;
  }
}
