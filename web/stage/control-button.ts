// One button of the control bar: an icon with a name that follows its state.
import { element } from '../page/element.ts';
import { type IconName, icon } from '../page/icons.ts';

/** A button showing one icon at a time. */
export type ControlButton = {
  readonly node: HTMLButtonElement;
  /** Shows an icon under a name (also the tooltip); does nothing when both are shown already. */
  readonly show: (icon: IconName, label: string) => void;
};

/** A control-bar button with `className` beside the shared class. */
export function controlButton(className: string, onClick: () => void): ControlButton {
  const node = element('button', { type: 'button', class: `control ${className}` });
  node.addEventListener('click', onClick);
  let shown = '';
  return {
    node,
    show: (name, label) => {
      if (shown === `${name} ${label}`) return;
      shown = `${name} ${label}`;
      node.replaceChildren(icon(name));
      node.setAttribute('aria-label', label);
      node.title = label;
    },
  };
}
