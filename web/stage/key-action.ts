// Which key does what. Separate from the page, because the same key may belong to a text field, a slider or a button
// there.

export type KeyAction =
  | {
      readonly kind:
        | 'toggle-play'
        | 'toggle-sound'
        | 'toggle-captions'
        | 'toggle-fullscreen'
        | 'toggle-stats'
        | 'go-live';
    }
  | { readonly kind: 'seek'; readonly seconds: number }
  | { readonly kind: 'volume'; readonly step: number };

/** What has the focus. `page`: nothing in particular; `other`: an element outside the player that handles keys. */
export type KeyFocus = 'page' | 'stage' | 'button' | 'slider' | 'text' | 'other';

export type KeyPress = {
  /** As `KeyboardEvent.key`. */
  readonly key: string;
  readonly focus: KeyFocus;
  /** Ctrl, Alt or Meta is held: the key belongs to the browser. */
  readonly hasModifier: boolean;
  /** The key is held down. */
  readonly isRepeat: boolean;
};

const STEP_S = 5;
const LONG_STEP_S = 10;
const VOLUME_STEP = 0.1;

const ACTIONS: Readonly<Record<string, KeyAction>> = {
  k: { kind: 'toggle-play' },
  ' ': { kind: 'toggle-play' },
  m: { kind: 'toggle-sound' },
  c: { kind: 'toggle-captions' },
  f: { kind: 'toggle-fullscreen' },
  s: { kind: 'toggle-stats' },
  j: { kind: 'seek', seconds: -LONG_STEP_S },
  l: { kind: 'go-live' },
  arrowleft: { kind: 'seek', seconds: -STEP_S },
  arrowright: { kind: 'seek', seconds: STEP_S },
  arrowup: { kind: 'volume', step: VOLUME_STEP },
  arrowdown: { kind: 'volume', step: -VOLUME_STEP },
};

/** The keys that the focused element uses itself. Letters are used only by text fields and selects. */
const TAKES_OTHER_KEYS: Readonly<Record<KeyFocus, (key: string) => boolean>> = {
  page: () => false,
  stage: () => false,
  button: (key) => key === ' ',
  slider: (key) => key.startsWith('arrow'),
  text: () => true,
  other: (key) => key.length > 1 || key === ' ',
};

/** The player's action for the key; undefined when the key is not for the player. */
export function keyAction(press: KeyPress): KeyAction | undefined {
  const key = press.key.toLowerCase();
  const action = Object.hasOwn(ACTIONS, key) ? ACTIONS[key] : undefined;
  if (action === undefined || press.hasModifier || TAKES_OTHER_KEYS[press.focus](key)) return undefined;
  const isStep = action.kind === 'seek' || action.kind === 'volume';
  return press.isRepeat && !isStep ? undefined : action;
}
