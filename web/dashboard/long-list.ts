// Shows the first rows of a long list, and a button for the rest.
import { element, setText } from '../page/element.ts';

export type LongList<Item> = {
  /** The button; it is hidden while everything is shown. */
  readonly button: HTMLButtonElement;
  /** The items to show now. */
  readonly visible: (items: readonly Item[]) => readonly Item[];
};

export type LongListOptions = {
  readonly limit: number;
  readonly more: (count: number) => string;
  readonly fewer: string;
  readonly onChange: () => void;
};

export function longList<Item>({ limit, more, fewer, onChange }: LongListOptions): LongList<Item> {
  let isWhole = false;
  const button = element('button', { type: 'button', class: 'quiet-button', 'aria-expanded': 'false' });
  button.addEventListener('click', () => {
    isWhole = !isWhole;
    button.setAttribute('aria-expanded', String(isWhole));
    onChange();
  });
  return {
    button,
    visible: (items) => {
      button.hidden = items.length <= limit;
      setText(button, isWhole ? fewer : more(Math.max(0, items.length - limit)));
      return isWhole ? items : items.slice(0, limit);
    },
  };
}
