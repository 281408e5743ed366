// A popover with pages of menus, opened by a button (WAI-ARIA APG: dialog that is not modal, with menus inside). Arrows, Home and
// End move, Right opens a page, Left and Escape go back, and Tab or a press elsewhere closes it.

import { element } from '../page/element.ts';
import { watchWords } from '../words/watch.ts';

export type MenuItem =
  | { readonly kind: 'page'; readonly label: string; readonly value: string; readonly page: string }
  | { readonly kind: 'action'; readonly label: string; readonly value: string; readonly run: () => void }
  | {
      readonly kind: 'radio' | 'check';
      readonly label: string;
      readonly hint?: string;
      readonly isChecked: boolean;
      readonly choose: () => void;
    };

export type MenuPage = {
  readonly title: string;
  /** Groups have a label where a page has several. */
  readonly groups: readonly { readonly label?: string; readonly items: readonly MenuItem[] }[];
  /** More to read, below the items. */
  readonly note?: Node;
};

export type MenuPopoverOptions = {
  readonly button: HTMLButtonElement;
  readonly label: string;
  /** The pages by name, with the present values; `root` is the first one. */
  readonly pages: () => Readonly<Record<string, MenuPage>>;
};

const ROOT = 'root';

export class MenuPopover {
  readonly node: HTMLElement;
  readonly #options: MenuPopoverOptions;
  #page = ROOT;

  constructor(options: MenuPopoverOptions) {
    this.#options = options;
    const { button, label } = options;
    this.node = element('div', { class: 'popover', role: 'dialog', 'aria-label': label });
    this.node.hidden = true;
    button.setAttribute('aria-haspopup', 'dialog');
    button.setAttribute('aria-expanded', 'false');
    button.addEventListener('click', () => (this.isOpen ? this.close() : this.open()));
    this.#listen();
  }

  get isOpen(): boolean {
    return !this.node.hidden;
  }

  open(): void {
    this.node.hidden = false;
    this.#options.button.setAttribute('aria-expanded', 'true');
    this.#turnTo(ROOT);
  }

  close(): void {
    if (!this.isOpen) return;
    if (this.node.contains(document.activeElement)) this.#options.button.focus();
    this.node.hidden = true;
    this.#options.button.setAttribute('aria-expanded', 'false');
  }

  /** `from`: the page that was open before; its item has the focus then. */
  #turnTo(name: string, from?: string): void {
    this.#page = name;
    this.#render();
    const items = this.#items();
    const checked = items.find((item) => item.getAttribute('aria-checked') === 'true');
    const origin = items.find((item) => item.dataset['page'] === from && from !== undefined);
    (origin ?? (name === ROOT ? items[0] : (checked ?? items[1] ?? items[0])))?.focus();
  }

  #render(): void {
    const page = this.#options.pages()[this.#page];
    if (page === undefined) return;
    const menu = element('div', { class: 'popover-menu', role: 'menu', 'aria-label': page.title });
    for (const { label, items } of page.groups) {
      const nodes = items.map((item) => this.#itemNode(item));
      if (label === undefined) menu.append(...nodes);
      else
        menu.append(
          element(
            'div',
            { class: 'popover-group', role: 'group', 'aria-label': label },
            element('span', { class: 'popover-label', 'aria-hidden': 'true' }, label),
            ...nodes,
          ),
        );
    }
    this.node.replaceChildren(
      ...(this.#page === ROOT ? [] : [this.#backButton(page.title)]),
      menu,
      ...(page.note === undefined ? [] : [page.note]),
    );
  }

  #backButton(title: string): HTMLElement {
    const button = element(
      'button',
      { type: 'button', class: 'popover-back', 'aria-label': watchWords.menu.back(title) },
      title,
    );
    button.addEventListener('click', () => this.#goBack());
    return button;
  }

  #itemNode(item: MenuItem): HTMLElement {
    const role = { page: 'menuitem', action: 'menuitem', radio: 'menuitemradio', check: 'menuitemcheckbox' };
    const node = element('button', {
      type: 'button',
      class: `popover-item popover-${item.kind}`,
      role: role[item.kind],
      tabindex: '-1',
    });
    node.append(element('span', { class: 'popover-name' }, item.label));
    if ('isChecked' in item) {
      node.setAttribute('aria-checked', String(item.isChecked));
      if (item.hint !== undefined) node.append(element('span', { class: 'popover-hint' }, item.hint));
      node.addEventListener('click', () => this.#keepFocus(node, item.choose));
    } else {
      node.append(element('span', { class: 'popover-value' }, item.value));
      if (item.kind === 'page') {
        node.setAttribute('aria-haspopup', 'menu');
        node.dataset['page'] = item.page;
        node.addEventListener('click', () => this.#turnTo(item.page));
      } else
        node.addEventListener('click', () => {
          this.close();
          item.run();
        });
    }
    return node;
  }

  /** The items are made again with the new values. */
  #keepFocus(node: HTMLElement, choose: () => void): void {
    const at = this.#items().indexOf(node);
    choose();
    if (!this.isOpen) return;
    this.#render();
    this.#items()[at]?.focus();
  }

  #goBack(): void {
    if (this.#page === ROOT) this.close();
    else this.#turnTo(ROOT, this.#page);
  }

  #items(): HTMLElement[] {
    return [...this.node.querySelectorAll<HTMLElement>('button')];
  }

  #listen(): void {
    const { node } = this;
    const { button } = this.#options;
    document.addEventListener('pointerdown', ({ target }) => {
      if (this.isOpen && target instanceof Node && !node.contains(target) && !button.contains(target))
        this.close();
    });
    node.addEventListener('focusout', ({ relatedTarget }) => {
      const isElsewhere = relatedTarget instanceof Node && !node.contains(relatedTarget);
      if (isElsewhere && relatedTarget !== button) this.close();
    });
    node.addEventListener('keydown', (event) => this.#onKey(event));
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === 'Tab') return this.close();
    const items = this.#items();
    const focused = items.find((item) => item === document.activeElement);
    const at = focused === undefined ? -1 : items.indexOf(focused);
    const isRtl = getComputedStyle(this.node).direction === 'rtl';
    const [into, out] = isRtl ? ['ArrowLeft', 'ArrowRight'] : ['ArrowRight', 'ArrowLeft'];
    const next = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 }[event.key];
    if (next !== undefined) items.at(next % items.length)?.focus();
    else if (event.key === into && focused?.dataset['page'] !== undefined) focused.click();
    else if (event.key === out || event.key === 'Escape') this.#goBack();
    else if (event.key !== into) return;
    // The player uses these keys for other actions.
    event.stopPropagation();
    event.preventDefault();
  }
}
