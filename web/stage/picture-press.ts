// What a press on the picture does. The first press turns on the sound that the viewer did not switch off. A mouse click
// plays or pauses, a double click toggles full screen, and a finger only shows the controls.

/** The time for a double click. A single click waits for it, because a pause would move a live viewer behind live. */
const DOUBLE_MS = 250;

export type Press = {
  readonly isMouse: boolean;
  /** The number of this press in a row, from 1, as the browser counts (UI Events, `detail`). */
  readonly count: number;
  /** The picture plays without sound, and the viewer did not ask for that. */
  readonly lacksSound: boolean;
  /** There are no controls: only the picture can be pressed. */
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
  /** What the first press in a row did, so that the second one can undo it. */
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
    // The browser's own time for a double click may be longer than this page's.
    if (this.#first === 'toggled') this.#actions.toggle();
    this.#first = 'nothing';
    this.#actions.fullscreen();
  }

  #cancel(): void {
    clearTimeout(this.#toggleTimer);
    this.#toggleTimer = undefined;
  }
}
