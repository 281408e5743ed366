// A page that has nothing to show but one message.
import { element } from './element.ts';
import { words } from './words.ts';

/** The message of a state as a page of its own. */
export function messageCard(state: 'invalid'): HTMLElement {
  const { title, detail } = words.state[state];
  return element(
    'main',
    { class: 'message', 'data-state': state },
    element('h1', {}, title),
    element('p', {}, detail),
  );
}
