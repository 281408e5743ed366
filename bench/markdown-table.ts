// Results as Markdown: aligned columns that also read well in a terminal.

/** Numbers are right-aligned: every column but the first `textColumns`. */
export function renderTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  textColumns = 2,
): string {
  const widths = header.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => pad(cells[column] ?? '', width, column < textColumns)).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column < textColumns ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(header), line(rule), ...rows.map(line)].join('\n');
}

/** A number with the given decimals; a dash if it was not measured. */
export function shown(value: number, decimals = 0): string {
  return Number.isFinite(value) ? value.toFixed(decimals) : '–';
}

/** `5.1 (4.9–5.3)`: the mean, and the range if there were several rounds. */
export function shownMean(values: readonly number[], decimals = 0): string {
  const sum = values.reduce((total, value) => total + value, 0);
  const middle = shown(sum / values.length, decimals);
  if (values.length < 2) return middle;
  return `${middle} (${shown(Math.min(...values), decimals)}–${shown(Math.max(...values), decimals)})`;
}

function pad(text: string, width: number, isText: boolean): string {
  return isText ? text.padEnd(width) : text.padStart(width);
}
