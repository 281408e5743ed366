// Publishes that the gateway refused, the newest first, with the reason that the encoder was told.
import type { OperatorMessage, RejectedAttempt } from '../../server/stats/operator-message.ts';
import { refusalText } from '../doctor/refusal-text.ts';
import { element, setText } from '../page/element.ts';
import { dashboardWords } from '../words/dashboard.ts';
import { dataTable } from './data-table.ts';
import { formatDay, formatMoment } from './figures.ts';
import { keptAttempts } from './kept-attempts.ts';
import { longList } from './long-list.ts';

const { rejected: text } = dashboardWords;

const SHOWN = 8;

export type RejectedList = {
  readonly node: HTMLElement;
  /** Takes a message of the gateway's topic `server`; others change nothing. */
  readonly receive: (message: OperatorMessage) => void;
};

/** `only` limits the list to one stream. */
export function rejectedList(only?: string): RejectedList {
  let kept: readonly RejectedAttempt[] = [];
  let nowMs = 0;
  const columns = [text.time, text.stream, text.reason, text.from];
  const { node: table, body } = dataTable(text.heading, columns);
  const none = element('p', { class: 'hint' }, text.none);
  const count = element('span', { class: 'count' });
  const draw = (): void => {
    body.replaceChildren(...list.visible(kept).map((attempt) => rowOf(attempt, nowMs)));
    table.hidden = kept.length === 0;
    none.hidden = kept.length > 0;
    setText(count, kept.length === 0 ? '' : String(kept.length));
  };
  const list = longList<RejectedAttempt>({
    limit: SHOWN,
    more: text.more,
    fewer: text.fewer,
    onChange: draw,
  });
  const keep = (attempts: readonly RejectedAttempt[]): void => {
    kept = keptAttempts(attempts, { only, nowMs });
    draw();
  };
  const receive = (message: OperatorMessage): void => {
    if (message.op === 'rejected') {
      nowMs = Math.max(nowMs, message.rejected.t);
      return keep([message.rejected, ...kept]);
    }
    if (message.op !== 'server' && message.op !== 'serverSnapshot') return;
    const hasSameDay = formatDay(message.t) === formatDay(nowMs);
    nowMs = message.t;
    if (message.op === 'serverSnapshot') keep(message.rejected);
    else if (!hasSameDay || keptAttempts(kept, { only, nowMs }).length < kept.length) keep(kept);
  };
  draw();
  return {
    node: element(
      'section',
      { class: 'panel rejected', 'aria-label': text.heading },
      element('div', { class: 'panel-top' }, element('h2', {}, text.heading), count),
      element('p', { class: 'hint' }, text.detail),
      none,
      element('div', { class: 'table-frame' }, table),
      list.button,
    ),
    receive,
  };
}

function rowOf(attempt: RejectedAttempt, nowMs: number): HTMLElement {
  const { t, name, code, remoteAddress, encoder } = attempt;
  return element(
    'tr',
    {},
    element('td', { class: 'number' }, formatMoment(t, nowMs)),
    element('td', {}, name ?? text.unknownName),
    element(
      'td',
      { class: 'wide' },
      ...[refusalText(attempt), ' ', element('code', { class: 'code' }, code)],
      ...(encoder === undefined ? [] : [' ', text.encoder(encoder)]),
    ),
    element('td', { class: 'number' }, remoteAddress),
  );
}
