// Encoders that the gateway refused: those of the chosen name, and those whose key belongs to no name. Operators only get them.
import { refusalText } from '../doctor/refusal-text.ts';
import { element } from '../page/element.ts';
import { timeFormat } from '../words/language.ts';
import { setupWords } from '../words/setup.ts';
import type { ShownRejection } from './shown-rejections.ts';

const { rejected: text } = setupWords;
const clock = timeFormat({ hour: '2-digit', minute: '2-digit', second: '2-digit' });

export type RejectedNotes = {
  readonly node: HTMLElement;
  readonly show: (attempts: readonly ShownRejection[]) => void;
};

export function rejectedNotes(): RejectedNotes {
  const list = element('ul', { class: 'rejections' });
  const node = element('div', { class: 'alert', role: 'alert' });
  node.hidden = true;
  let shown = '';
  return {
    node,
    show: (attempts) => {
      const news = JSON.stringify(attempts);
      if (news === shown) return;
      shown = news;
      node.hidden = attempts.length === 0;
      list.replaceChildren(...attempts.map(noteOf));
      // A screen reader reads an alert when its content changes.
      node.replaceChildren(element('p', { class: 'alert-title' }, text.heading), list);
    },
  };
}

function noteOf(attempt: ShownRejection): HTMLElement {
  const { t, name, remoteAddress, count } = attempt;
  const time = clock(t);
  const where = name === undefined ? text.unnamed(time, remoteAddress) : text.of(name, time, remoteAddress);
  return element(
    'li',
    {},
    element('span', { class: 'rejection-reason' }, refusalText(attempt)),
    element('span', { class: 'hint' }, count === 1 ? where : text.often(where, count)),
  );
}
