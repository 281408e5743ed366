// A line of text to copy: a label, the text and a button. It also works without the clipboard interface, which browsers
// do not offer over plain HTTP, as on a local network.

import { words } from '../words/stream.ts';
import { element, setText } from './element.ts';

/** How long the button shows that the text was copied. */
const DONE_MS = 2_000;

export type CopyLine = { readonly node: HTMLElement; readonly set: (text: string) => void };

/** A labelled, selectable text with a copy button. */
export function copyLine(label: string, text = ''): CopyLine {
  const value = element('code', { class: 'copy-text', tabindex: '0' });
  const button = element(
    'button',
    { type: 'button', class: 'copy-button', 'aria-label': words.copy.label(label) },
    words.copy.button,
  );
  const said = bindCopy(button, value);
  setText(value, text);
  const node = element(
    'div',
    { class: 'copy-line' },
    element('span', { class: 'copy-label' }, label),
    element('div', { class: 'copy-row' }, value, button, said),
  );
  return { node, set: (next) => setText(value, next) };
}

/** A button that copies a text that is made when it is pressed, and is not shown. */
export function copyButton(options: {
  readonly label: string;
  readonly className: string;
  readonly text: () => string;
}): HTMLElement {
  const source = element('span', { class: 'visually-hidden', 'aria-hidden': 'true' });
  const button = element('button', { type: 'button', class: options.className }, options.label);
  button.addEventListener('click', () => setText(source, options.text()));
  const said = bindCopy(button, source);
  return element('span', { class: 'copy-action' }, button, source, said);
}

/** The button copies the text of `source`. Returns what a screen reader reads then. */
function bindCopy(button: HTMLButtonElement, source: HTMLElement): HTMLElement {
  const label = button.textContent ?? '';
  const said = element('span', { class: 'visually-hidden', role: 'status' });
  let timer: number | undefined;
  button.addEventListener('click', async () => {
    const isCopied = await copyText(source);
    const answer = isCopied ? words.copy.done : words.copy.failed;
    setText(button, answer);
    setText(said, answer);
    button.dataset['copied'] = String(isCopied);
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      setText(button, label);
      setText(said, '');
      delete button.dataset['copied'];
    }, DONE_MS);
  });
  return said;
}

/**
 * Copies the element's text. If that fails, returns false and leaves the text selected, so that the viewer can copy it
 * with the keyboard.
 */
async function copyText(node: HTMLElement): Promise<boolean> {
  try {
    if (window.isSecureContext) {
      await navigator.clipboard.writeText(node.textContent ?? '');
      return true;
    }
  } catch {
    // Refused, as in an embedded frame. The selection below may still work.
  }
  const selection = window.getSelection();
  if (selection === null) return false;
  selection.selectAllChildren(node);
  // Deprecated, but the only way on a page without TLS.
  const isCopied = document.execCommand('copy');
  if (isCopied) selection.removeAllRanges();
  return isCopied;
}
