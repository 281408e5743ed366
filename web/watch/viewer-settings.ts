// Settings of the viewer for every stream on this device: shortcuts, and the distance from live.
import { element } from '../page/element.ts';
import { isStable, keyboardChoice } from '../page/viewer-choices.ts';
import { words } from '../page/words.ts';

export type ViewerSettings = { readonly node: HTMLElement; readonly show: () => void };

/** The panel. Call `show` whenever the page changes, because the player has a button for the same setting. */
export function viewerSettings(options: {
  readonly hasKeyboard: boolean;
  readonly setStable: (isWanted: boolean) => void;
}): ViewerSettings {
  const keyboard = switchLine('keyboard', words.settings.keyboard, words.settings.keys);
  const stable = switchLine('steady', words.settings.steady, words.settings.steadyHint);
  keyboard.input.addEventListener('change', () => {
    keyboardChoice.choose(keyboard.input.checked ? undefined : 'off');
  });
  stable.input.addEventListener('change', () => options.setStable(stable.input.checked));
  keyboard.node.hidden = !options.hasKeyboard;
  const show = (): void => {
    keyboard.input.checked = keyboardChoice.value !== 'off';
    stable.input.checked = isStable();
  };
  show();
  const node = element(
    'section',
    { class: 'panel', 'aria-label': words.settings.heading },
    element('h2', {}, words.settings.heading),
    stable.node,
    keyboard.node,
  );
  return { node, show };
}

function switchLine(
  id: string,
  label: string,
  hint: string,
): { readonly node: HTMLElement; readonly input: HTMLInputElement } {
  const input = element('input', { type: 'checkbox', id, 'aria-describedby': `${id}-hint` });
  const node = element(
    'div',
    { class: 'switch' },
    input,
    element('label', { for: id }, label),
    element('p', { class: 'hint', id: `${id}-hint` }, hint),
  );
  return { node, input };
}
