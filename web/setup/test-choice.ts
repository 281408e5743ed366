// The choice to test an encoder only: `?test=1` after the key, which the gateway judges and nobody can watch, and the link to its report.
import { withLanguage } from '../page/carried-language.ts';
import { element } from '../page/element.ts';
import { setupWords } from '../words/setup.ts';

const { test: text } = setupWords;

export type TestChoice = {
  readonly node: HTMLElement;
  readonly isTest: () => boolean;
  /** The address of the report about the running test; undefined while there is none, or nobody may know it. */
  readonly showReport: (url: string | undefined) => void;
};

export function testChoice(onChange: (isTest: boolean) => void): TestChoice {
  const input = element('input', { type: 'checkbox', id: 'test', 'aria-describedby': 'test-note' });
  const note = element('p', { class: 'hint', id: 'test-note' }, text.hint);
  const report = element('a', { target: '_blank', rel: 'noopener' }, text.report);
  // Screen readers say that the report is there. It is shown while it is empty too: they ignore an element that appears with its text.
  const found = element('p', { class: 'test-report', role: 'status' });
  input.addEventListener('change', () => {
    note.textContent = input.checked ? text.where : text.hint;
    onChange(input.checked);
  });
  return {
    node: element(
      'div',
      { class: 'test-choice' },
      element('label', { for: 'test' }, input, element('span', {}, text.label)),
      note,
      found,
    ),
    isTest: () => input.checked,
    showReport: (url) => {
      if (url === undefined) {
        found.replaceChildren();
        return;
      }
      const href = withLanguage(url);
      if (found.contains(report) && report.getAttribute('href') === href) return;
      report.href = href;
      found.replaceChildren(report);
    },
  };
}
