// Makes the redacted report when it is asked for, and offers it to copy.
import { copyLine } from '../page/copy-button.ts';
import { element } from '../page/element.ts';
import { dashboardWords } from '../words/dashboard.ts';

const { diagnostics } = dashboardWords;

/** `make` writes the report. */
export function diagnosticsPanel(make: () => string): HTMLElement {
  const report = copyLine(diagnostics.copy);
  const button = element('button', { type: 'button', class: 'button' }, diagnostics.make);
  report.node.classList.add('report');
  report.node.hidden = true;
  button.addEventListener('click', () => {
    report.set(make());
    report.node.hidden = false;
  });
  return element(
    'section',
    { class: 'panel diagnostics', 'aria-labelledby': 'diagnostics-heading' },
    element('div', { class: 'panel-top' }, element('h2', { id: 'diagnostics-heading' }, diagnostics.heading)),
    element('p', { class: 'hint' }, diagnostics.detail),
    button,
    report.node,
  );
}
