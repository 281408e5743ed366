// How captions look on this device: the style sheet has a rule of ::cue for each choice, which an attribute of the stage selects.
// The browser shows the cues, so that they also appear in full screen and in picture-in-picture.
import { setData } from '../page/element.ts';
import { StoredChoice } from '../page/stored-choice.ts';

/** The choices, in the order in which they are listed. */
export const CAPTION_CHOICES = {
  size: ['small', 'normal', 'large', 'huge'],
  colour: ['white', 'yellow', 'cyan', 'green'],
  background: ['dark', 'solid', 'none'],
} as const;

/** What a device without a choice shows. */
const DEFAULTS = { size: 'normal', colour: 'white', background: 'dark' } as const;

export type CaptionAspect = keyof typeof CAPTION_CHOICES;
export type CaptionChoice<Aspect extends CaptionAspect> = (typeof CAPTION_CHOICES)[Aspect][number];

const ASPECTS = Object.keys(CAPTION_CHOICES) as CaptionAspect[];

const ATTRIBUTES = { size: 'cueSize', colour: 'cueColour', background: 'cueBackground' } as const;

export class CaptionStyle {
  readonly #stage: HTMLElement;
  readonly #choices = {
    size: new StoredChoice('captions-size'),
    colour: new StoredChoice('captions-colour'),
    background: new StoredChoice('captions-background'),
  };

  constructor(stage: HTMLElement) {
    this.#stage = stage;
    this.#apply();
  }

  value<Aspect extends CaptionAspect>(aspect: Aspect): CaptionChoice<Aspect> {
    const choices: readonly CaptionChoice<Aspect>[] = CAPTION_CHOICES[aspect];
    return choices.find((choice) => choice === this.#choices[aspect].value) ?? DEFAULTS[aspect];
  }

  choose<Aspect extends CaptionAspect>(aspect: Aspect, choice: CaptionChoice<Aspect>): void {
    this.#choices[aspect].choose(choice === DEFAULTS[aspect] ? undefined : choice);
    this.#apply();
  }

  #apply(): void {
    for (const aspect of ASPECTS) setData(this.#stage, ATTRIBUTES[aspect], this.value(aspect));
  }
}
