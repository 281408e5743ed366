// An empty table with its caption, which only screen readers read, and the heads of its columns.
import { element } from '../page/element.ts';

export type DataTable = {
  readonly node: HTMLTableElement;
  /** Takes the rows. */
  readonly body: HTMLTableSectionElement;
};

export function dataTable(caption: string, columns: readonly string[]): DataTable {
  const body = element('tbody');
  const heads = columns.map((column) => element('th', { scope: 'col' }, column));
  const node = element(
    'table',
    { class: 'table' },
    element('caption', { class: 'visually-hidden' }, caption),
    element('thead', {}, element('tr', {}, ...heads)),
    body,
  );
  return { node, body };
}
