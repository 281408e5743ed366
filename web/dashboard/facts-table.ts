// A table that shows what a drawing shows. It is hidden until its button is pressed, and is filled only while it is shown.
import { element } from '../page/element.ts';
import { dashboardWords } from '../words/dashboard.ts';
import { dataTable } from './data-table.ts';

const { charts } = dashboardWords;

export type FactsTable = {
  /** Shows and hides the table. */
  readonly button: HTMLButtonElement;
  readonly node: HTMLElement;
  /** `rows` is called only while the table is shown. */
  readonly show: (rows: () => readonly (readonly string[])[]) => void;
};

/** `onToggle` is told whether the table is shown now. */
export function factsTable(
  title: string,
  columns: readonly string[],
  onToggle: (isShown: boolean) => void = () => undefined,
): FactsTable {
  const button = element(
    'button',
    {
      type: 'button',
      class: 'quiet-button',
      'aria-expanded': 'false',
      'aria-label': charts.showTable(title),
    },
    charts.table,
  );
  const { node: table, body } = dataTable(title, columns);
  const node = element(
    'div',
    { class: 'table-frame', tabindex: '0', role: 'group', 'aria-label': charts.showTable(title) },
    table,
  );
  node.hidden = true;
  let latest: (() => readonly (readonly string[])[]) | undefined;
  const fill = (): void => {
    if (node.hidden || latest === undefined) return;
    body.replaceChildren(...latest().map((row) => element('tr', {}, ...row.map(cell))));
  };
  button.addEventListener('click', () => {
    node.hidden = !node.hidden;
    button.setAttribute('aria-expanded', String(!node.hidden));
    onToggle(!node.hidden);
    fill();
  });
  return {
    button,
    node,
    show: (rows) => {
      latest = rows;
      fill();
    },
  };
}

function cell(text: string): HTMLElement {
  return element('td', { class: 'number' }, text);
}
