// A dialog that asks before something is changed: it says what will happen, and shows the outcome.
import { element, setText } from '../page/element.ts';
import { dashboardWords } from '../words/dashboard.ts';
import { problemWords } from './problem-words.ts';

const { actions } = dashboardWords;

let count = 0;

export type ConfirmOptions = {
  readonly title: string;
  /** What happens, one sentence each. */
  readonly happens: readonly string[];
  /** Fields below the sentences. */
  readonly fields?: readonly HTMLElement[];
  readonly action: string;
  readonly isDangerous: boolean;
  /** Does it; resolves with what to show then. Rejects with ApiProblem. */
  readonly run: () => Promise<string | readonly (string | HTMLElement)[]>;
};

/** Opens the dialog. The focus returns to the button that opened it. */
export function confirmDialog(options: ConfirmOptions): void {
  const cancel = element('button', { type: 'button', class: 'quiet-button' }, actions.cancel);
  const act = element(
    'button',
    { type: 'submit', class: options.isDangerous ? 'button danger' : 'button' },
    options.action,
  );
  const outcome = element('div', { class: 'dialog-outcome', role: 'status' });
  const body = element(
    'div',
    { class: 'dialog-body' },
    element('ul', {}, ...options.happens.map((sentence) => element('li', {}, sentence))),
    ...(options.fields ?? []),
  );
  const form = element('form', {}, body, outcome, element('div', { class: 'dialog-buttons' }, cancel, act));
  const dialog = openDialog(options.title, form);
  cancel.addEventListener('click', () => dialog.close());
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    act.disabled = true;
    setText(outcome, actions.working);
    try {
      const shown = await options.run();
      body.hidden = true;
      act.hidden = true;
      outcome.replaceChildren(...(typeof shown === 'string' ? [shown] : shown));
      setText(cancel, actions.close);
      cancel.focus();
    } catch (error) {
      act.disabled = false;
      setText(outcome, actions.failed(problemWords(error)));
    }
  });
}

/** A modal dialog with a title; it is removed when it closes. */
export function openDialog(title: string, ...content: readonly HTMLElement[]): HTMLDialogElement {
  count += 1;
  const heading = element('h2', { id: `dialog-${count}` }, title);
  const dialog = element('dialog', { 'aria-labelledby': heading.id }, heading, ...content);
  const opener = document.activeElement;
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (opener instanceof HTMLElement) opener.focus();
  });
  // A press on the backdrop has the dialog itself as its target.
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
