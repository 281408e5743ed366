// The numbers of all charts as a file: CSV for a spreadsheet, JSON for a program. Columns have the names of the messages (docs/websocket.md).
import type { DetailColumn, ServerColumn } from '../../server/stats/operator-message.ts';
import type { ChartRange, ColumnHistory, ColumnView } from './column-history.ts';

export type ExportSources = {
  readonly name: string;
  readonly range: ChartRange;
  readonly stream: ColumnHistory<DetailColumn>;
  readonly server: ColumnHistory<ServerColumn>;
};

export type ExportFile = { readonly name: string; readonly type: string; readonly text: string };

export type ExportFormat = 'csv' | 'json';

type Row = { readonly t: string } & Readonly<Record<string, number | string | null>>;

/** In the order of the columns; those of the process have a prefix, because both sides have `viewers`. */
const SERVER_PREFIX = 'gateway.';

export function exportFile(sources: ExportSources, format: ExportFormat): ExportFile {
  const { columns, rows } = rowsOf(sources);
  const last = rows.at(-1)?.t ?? '';
  const name = `${sources.name}-${sources.range}-${last.replaceAll(':', '-').slice(0, 19)}.${format}`;
  if (format === 'csv') {
    const lines = [
      ['t', ...columns],
      ...rows.map((row) => [row.t, ...columns.map((column) => row[column] ?? '')]),
    ];
    return { name, type: 'text/csv', text: lines.map((line) => `${line.join(',')}\r\n`).join('') };
  }
  const text = JSON.stringify({ stream: sources.name, range: sources.range, rows }, null, 1);
  return { name, type: 'application/json', text };
}

/** Seconds of both sides that have the same time are one row. */
function rowsOf({ range, stream, server }: ExportSources): {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
} {
  const sides = [
    ...named(stream.columns, '', stream.view(range, stream.columns)),
    ...named(server.columns, SERVER_PREFIX, server.view(range, server.columns)),
  ];
  const columns = sides.map(({ column }) => column);
  const byTime = new Map<number, Record<string, number | null>>();
  for (const { column, xs, values } of sides)
    for (const [at, second] of xs.entries()) {
      const whole = Math.round(second);
      const row = byTime.get(whole) ?? {};
      row[column] = values[at] ?? null;
      byTime.set(whole, row);
    }
  const rows = [...byTime].sort(([left], [right]) => left - right);
  const empty = Object.fromEntries(columns.map((column) => [column, null]));
  return {
    columns,
    rows: rows.map(([second, row]) => ({ t: new Date(second * 1000).toISOString(), ...empty, ...row })),
  };
}

function named(columns: readonly string[], prefix: string, { xs, ys }: ColumnView) {
  return columns.map((column, at) => ({ column: `${prefix}${column}`, xs, values: ys[at] ?? [] }));
}
