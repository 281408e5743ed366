// The numbers of all charts as CSV and JSON.
import { expect, test } from 'vitest';
import type { DetailColumn, ServerColumn } from '../../../../server/stats/operator-message.ts';
import { exportFile } from '../../../../web/dashboard/chart-export.ts';
import { ColumnHistory } from '../../../../web/dashboard/column-history.ts';

const START = Date.parse('2026-03-01T12:00:00.000Z');

function sources() {
  const stream = new ColumnHistory<DetailColumn>({ columns: ['vbps', 'viewers'] });
  const server = new ColumnHistory<ServerColumn>({ columns: ['viewers'] });
  const push = (history: ColumnHistory<never>, second: number, numbers: object) =>
    history.push(START + second * 1_000, numbers as never);
  push(stream as never, 0, { vbps: 1_000, viewers: null });
  push(stream as never, 1, { vbps: 2_000, viewers: 3 });
  // The process is measured some milliseconds earlier.
  push(server as never, 0.99, { viewers: 7 });
  return { name: 'show', range: 'minute', stream, server } as const;
}

test('CSV has a row for each second, names of both sides, and nothing where a value is not known', () => {
  expect(exportFile(sources(), 'csv')).toEqual({
    name: 'show-minute-2026-03-01T12-00-01.csv',
    type: 'text/csv',
    text: [
      't,vbps,viewers,gateway.viewers',
      '2026-03-01T12:00:00.000Z,1000,,',
      '2026-03-01T12:00:01.000Z,2000,3,7',
      '',
    ].join('\r\n'),
  });
});

test('JSON has the same rows, with null where a value is not known', () => {
  const { name, type, text } = exportFile(sources(), 'json');
  expect([name, type]).toEqual(['show-minute-2026-03-01T12-00-01.json', 'application/json']);
  expect(JSON.parse(text)).toEqual({
    stream: 'show',
    range: 'minute',
    rows: [
      { t: '2026-03-01T12:00:00.000Z', vbps: 1_000, viewers: null, 'gateway.viewers': null },
      { t: '2026-03-01T12:00:01.000Z', vbps: 2_000, viewers: 3, 'gateway.viewers': 7 },
    ],
  });
});

test('without a value the file has its head only', () => {
  const empty = { ...sources(), stream: new ColumnHistory<DetailColumn>({ columns: ['fps'] }) };
  const none = { ...empty, server: new ColumnHistory<ServerColumn>({ columns: [] }) };
  expect(exportFile(none, 'csv').text).toBe('t,fps\r\n');
});
