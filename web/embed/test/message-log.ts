// The messages that went through the playground, the newest at the top. Their texts are inserted as text.
import { element } from '../../page/element.ts';
import { embedWords } from '../../words/embed.ts';

const { playground } = embedWords;
/** Older ones are removed. */
const MAX_SHOWN = 200;
const OFTEN: ReadonlySet<string> = new Set(['timeupdate', 'progress', 'latency', 'stats']);

export type MessageLog = {
  readonly node: HTMLElement;
  readonly add: (way: 'in' | 'out', name: string, value: unknown) => void;
};

export function messageLog(): MessageLog {
  const list = element('ol', { class: 'messages', tabindex: '0', 'aria-label': playground.messages });
  const often = element('input', { type: 'checkbox', id: 'often' });
  const clear = element('button', { type: 'button', class: 'method' }, playground.clear);
  clear.addEventListener('click', () => list.replaceChildren());
  const node = element(
    'section',
    { class: 'panel' },
    element('div', { class: 'panel-head' }, element('h2', {}, playground.messages), clear),
    element('p', { class: 'hint' }, playground.messagesHint),
    element(
      'div',
      { class: 'playground-row' },
      element('label', {}, often, element('span', {}, playground.often)),
    ),
    list,
  );
  return {
    node,
    add: (way, name, value) => {
      if (OFTEN.has(name) && !often.checked) return;
      const arrow = way === 'in' ? '←' : '→';
      const title = way === 'in' ? playground.fromFrame : playground.toFrame;
      const line = element(
        'li',
        { 'data-way': way, 'data-name': name },
        element('span', { class: 'message-way', title, 'aria-label': title, role: 'img' }, arrow),
        element('span', { class: 'message-name' }, name),
      );
      if (value !== undefined)
        line.append(element('span', { class: 'message-value' }, JSON.stringify(value)));
      list.prepend(line);
      while (list.childElementCount > MAX_SHOWN) list.lastElementChild?.remove();
    },
  };
}
