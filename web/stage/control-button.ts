// One button of the control bar: an icon and a name that change with its state.
import { element } from '../page/element.ts';
import { type IconName, icon } from '../page/icons.ts';

/** A button that shows one icon at a time. */
export type ControlButton = {
  readonly node: HTMLButtonElement;
  /** Shows an icon and sets its name (also the tooltip). Does nothing when both are already set. */
  readonly show: (icon: IconName, label: string) => void;
};

/** A control-bar button with `className` in addition to the shared class. */
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
