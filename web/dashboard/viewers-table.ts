// The players that watch: measured by their own reports, or counted by their requests. What is not measured is not 0.
import type { ViewerRow } from '../../server/stats/operator-message.ts';
import { element, setText } from '../page/element.ts';
import { formatBitrate, formatCount, formatDuration, formatLatency } from '../page/format.ts';
import { dashboardWords } from '../words/dashboard.ts';
import { dataTable } from './data-table.ts';
import { NOTHING } from './figures.ts';
import { longList } from './long-list.ts';
import { playerText } from './player-text.ts';
import { countViewers, inViewerOrder } from './viewer-order.ts';

const { viewers: text } = dashboardWords;

/** Thousands of rows would make the page slow; the button shows the rest. */
const SHOWN = 12;

export type ViewersTable = {
  readonly node: HTMLElement;
  /** `more` players are in no row. */
  readonly show: (viewers: readonly ViewerRow[], more: number, nowMs: number) => void;
};

export function viewersTable(): ViewersTable {
  let latest: readonly ViewerRow[] = [];
  let now = 0;
  let others = 0;
  const { node: table, body } = dataTable(text.heading, columns());
  const total = element('span', { class: 'hint' });
  const none = element('p', { class: 'hint' }, text.none);
  const frame = element(
    'div',
    { class: 'table-frame', tabindex: '0', role: 'group', 'aria-label': text.heading },
    table,
  );
  const draw = (): void => {
    body.replaceChildren(...list.visible(inViewerOrder(latest)).map((row) => rowOf(row, now)));
    frame.hidden = latest.length === 0;
    none.hidden = latest.length > 0;
    const { all, measured } = countViewers(latest);
    setText(total, all === 0 ? '' : text.total(all + others, measured));
  };
  const list = longList<ViewerRow>({ limit: SHOWN, more: text.more, fewer: text.fewer, onChange: draw });
  draw();
  return {
    node: element(
      'section',
      { class: 'panel viewers-panel', 'aria-labelledby': 'viewers-heading' },
      element('div', { class: 'panel-top' }, element('h2', { id: 'viewers-heading' }, text.heading), total),
      none,
      frame,
      list.button,
      element('p', { class: 'hint' }, text.hint),
    ),
    show: (viewers, more, nowMs) => {
      latest = viewers;
      others = more;
      now = nowMs;
      draw();
    },
  };
}

function columns(): readonly string[] {
  return [
    text.player,
    text.kind,
    text.latency,
    text.stalls,
    text.buffer,
    text.bitrate,
    text.startup,
    text.since,
    text.network,
  ];
}

function rowOf(row: ViewerRow, nowMs: number): HTMLElement {
  const { player, count, kind, network, latencyMs, bufferMs, stalls, bitrateBps, startupMs, since } = row;
  return element(
    'tr',
    { 'data-kind': kind },
    element(
      'td',
      { class: 'wide' },
      count > 1 ? text.several(playerText(player), count) : playerText(player),
    ),
    element('td', {}, element('span', { class: 'kind', 'data-kind': kind }, text.kinds[kind] ?? kind)),
    measured(latencyMs, formatLatency),
    measured(stalls, formatCount),
    measured(bufferMs, formatLatency),
    measured(bitrateBps, formatBitrate),
    measured(startupMs, formatLatency),
    element('td', { class: 'number' }, formatDuration(Math.max(0, nowMs - since))),
    element('td', { class: 'number' }, network ?? NOTHING),
  );
}

/** A dash with words for what a player does not report: it is not 0. */
function measured(value: number | undefined, format: (value: number) => string): HTMLElement {
  if (value !== undefined) return element('td', { class: 'number' }, format(value));
  return element('td', { class: 'number not-measured' }, text.notMeasured);
}
