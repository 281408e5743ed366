// The menu of captions, opened by its button and closed when the focus or a press goes elsewhere (WAI-ARIA APG, menu
// button pattern).

import { element } from '../page/element.ts';
import { words } from '../words/stream.ts';

export class CaptionsMenu {
  /** The menu and its button. */
  readonly node: HTMLElement;
  readonly #button: HTMLButtonElement;
  readonly #menu: HTMLElement;

  constructor(button: HTMLButtonElement) {
    this.#button = button;
    this.#menu = element('div', {
      class: 'captions-menu',
      role: 'menu',
      'aria-label': words.player.captions,
    });
    this.#menu.hidden = true;
    this.node = element('span', { class: 'captions-control' }, this.#menu, button);
    this.#listen();
  }

  get isOpen(): boolean {
    return !this.#menu.hidden;
  }

  open(): void {
    this.#menu.hidden = false;
    this.#button.setAttribute('aria-expanded', 'true');
    this.#focusChecked();
  }

  close(): void {
    if (this.#menu.contains(document.activeElement)) this.#button.focus();
    this.#menu.hidden = true;
    if (this.#button.hasAttribute('aria-expanded')) this.#button.setAttribute('aria-expanded', 'false');
  }

  /** One item for none and one for each name, as `labelOf` says it; undefined means none. */
  list(
    names: readonly string[],
    labelOf: (name: string) => string,
    checked: string | undefined,
    choose: (name: string | undefined) => void,
  ): void {
    const hadFocus = this.#menu.contains(document.activeElement);
    const focused = document.activeElement?.textContent;
    this.#menu.replaceChildren(
      item(words.player.captionsNone, checked === undefined, () => choose(undefined)),
      ...names.map((name) => item(labelOf(name), name === checked, () => choose(name))),
    );
    if (!hadFocus) return;
    this.#focusChecked();
    for (const node of this.#menu.children)
      if (node instanceof HTMLElement && node.textContent === focused) node.focus();
  }

  #focusChecked(): void {
    this.#menu.querySelector<HTMLElement>('[aria-checked="true"]')?.focus();
  }

  /** Closed by Escape, by Tab, which continues from the button, and by a press elsewhere. */
  #listen(): void {
    const { node } = this;
    document.addEventListener('pointerdown', ({ target }) => {
      if (this.isOpen && !(target instanceof Node && node.contains(target))) this.close();
    });
    node.addEventListener('focusout', ({ relatedTarget }) => {
      if (relatedTarget instanceof Node && !node.contains(relatedTarget)) this.close();
    });
    node.addEventListener('keydown', (event) => {
      if (this.isOpen) this.#onKey(event);
    });
  }

  /** Arrows, Home and End move between items. */
  #onKey(event: KeyboardEvent): void {
    if (event.key === 'Tab') this.close();
    const items = [...this.#menu.querySelectorAll<HTMLElement>('button')];
    const focused = document.activeElement;
    const at = focused instanceof HTMLElement ? items.indexOf(focused) : -1;
    const next = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 }[event.key];
    if (event.key !== 'Escape' && next === undefined) return;
    // The player uses these keys for other actions.
    event.stopPropagation();
    event.preventDefault();
    if (next === undefined) this.close();
    else items.at(next % items.length)?.focus();
  }
}

function item(label: string, isChecked: boolean, onClick: () => void): HTMLButtonElement {
  const node = element(
    'button',
    { type: 'button', role: 'menuitemradio', tabindex: '-1', 'aria-checked': String(isChecked) },
    label,
  );
  node.addEventListener('click', onClick);
  return node;
}
