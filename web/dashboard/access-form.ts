// Asks for the admin token, and says what is wrong with it.
import { copyLine } from '../page/copy-button.ts';
import { element, setText } from '../page/element.ts';
import { dashboardWords } from '../words/dashboard.ts';
import { ApiProblem } from './api-problem.ts';
import type { OperatorApi } from './operator-api.ts';
import { accessWords } from './problem-words.ts';

const { access } = dashboardWords;

/** RFC 6750 clause 2.1: other characters cannot be sent, so such a token is wrong. */
const SENDABLE = /^[A-Za-z0-9._~+/-]+=*$/;

export type AccessForm = {
  readonly node: HTMLElement;
  /** Why the form is shown: a code of docs/errors.md, and the gateway's sentence. */
  readonly explain: (code: string, detail: string) => void;
};

/** `onToken` gets a token that the gateway has accepted. */
export function accessForm(api: OperatorApi, onToken: (token: string) => void): AccessForm {
  const input = element('input', {
    type: 'password',
    id: 'token',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    required: '',
    'aria-describedby': 'token-note token-kept',
  });
  const note = element('p', { class: 'form-note', id: 'token-note', role: 'alert' });
  const button = element('button', { type: 'submit', class: 'button' }, access.submit);
  const form = element(
    'form',
    { class: 'panel access', novalidate: '' },
    element('h1', {}, access.heading),
    element('p', {}, access.detail),
    element('label', { for: 'token' }, access.label),
    input,
    note,
    button,
    element('p', { class: 'hint', id: 'token-kept' }, access.kept),
    copyLine(access.how, access.command).node,
  );
  const explain = (code: string, detail: string): void => {
    setText(note, accessWords(code, detail));
    input.setAttribute('aria-invalid', String(code === 'unknown_admin_token'));
  };
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const token = input.value.trim();
    input.focus();
    if (token === '') return setText(note, access.empty);
    if (!SENDABLE.test(token)) return explain('unknown_admin_token', '');
    button.disabled = true;
    setText(button, access.checking);
    try {
      await api.check(token);
      onToken(token);
    } catch (error) {
      if (error instanceof ApiProblem) explain(error.code, error.message);
      input.select();
    } finally {
      button.disabled = false;
      setText(button, access.submit);
    }
  });
  return { node: form, explain };
}
