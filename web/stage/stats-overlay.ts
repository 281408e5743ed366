// The statistics over the picture: rows of text, and a copy as JSON. Not a live region, because the numbers change all the time.
import { copyButton } from '../page/copy-button.ts';
import { element, setText } from '../page/element.ts';
import { icon } from '../page/icons.ts';
import { watchWords } from '../words/watch.ts';
import { type NerdStats, statRows } from './nerd-stats.ts';

const { stats } = watchWords;

export class StatsOverlay {
  readonly node: HTMLElement;
  readonly #read: () => NerdStats;
  readonly #onToggle: () => void;
  readonly #cells = new Map<string, HTMLElement>();

  /** `read` is called for each change while the overlay is shown, and for a copy. */
  constructor(read: () => NerdStats, onToggle: () => void) {
    this.#read = read;
    this.#onToggle = onToggle;
    const list = element('dl', { class: 'nerd-rows' });
    for (const [key, term] of Object.entries(stats.rows)) {
      const value = element('dd', { 'data-nerd': key });
      this.#cells.set(key, value);
      list.append(element('div', {}, element('dt', {}, term), value));
    }
    const close = element('button', {
      type: 'button',
      class: 'nerd-close',
      'aria-label': stats.close,
      title: stats.close,
    });
    close.append(icon('close'));
    close.addEventListener('click', () => this.toggle());
    this.node = element(
      'section',
      { class: 'nerd', 'aria-label': stats.title },
      element('div', { class: 'nerd-scroll', tabindex: '0', role: 'group', 'aria-label': stats.title }, list),
      element(
        'div',
        { class: 'nerd-actions' },
        copyButton({
          label: stats.copy,
          className: 'nerd-copy',
          text: () => JSON.stringify(this.#read(), undefined, 2),
        }),
        close,
      ),
    );
    this.node.hidden = true;
  }

  get isShown(): boolean {
    return !this.node.hidden;
  }

  toggle(): void {
    const hadFocus = this.node.contains(document.activeElement);
    this.node.hidden = !this.node.hidden;
    if (hadFocus) this.node.closest<HTMLElement>('.stage')?.focus();
    this.show();
    this.#onToggle();
  }

  show(): void {
    if (!this.isShown) return;
    for (const { key, text } of statRows(this.#read())) {
      const cell = this.#cells.get(key);
      if (cell !== undefined) setText(cell, text);
    }
  }
}
