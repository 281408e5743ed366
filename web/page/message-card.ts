// A page that shows only one message.

import { words } from '../words/stream.ts';
import { element } from './element.ts';

/** A page with the message of a state. */
export function messageCard(state: 'invalid'): HTMLElement {
  const { title, detail } = words.state[state];
  return element(
    'main',
    { class: 'message', 'data-state': state },
    element('h1', {}, title),
    element('p', {}, detail),
  );
}
