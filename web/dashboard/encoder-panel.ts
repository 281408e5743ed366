// What the encoder reports about itself: where it loses pictures, and how long a picture takes to the gateway.
import type { EncoderReport } from '../../server/stats/operator-message.ts';
import { element, setData, setText } from '../page/element.ts';
import { formatCount, formatSeconds } from '../page/format.ts';
import { dashboardWords } from '../words/dashboard.ts';
import { formatMs, formatPercent, NOTHING } from './figures.ts';

const { encoder: text } = dashboardWords;

/** From this share on the doctor complains. */
const MANY_LOST = 0.02;

export type EncoderPanel = {
  readonly node: HTMLElement;
  /** Undefined while the encoder says nothing: then the panel is hidden. */
  readonly show: (report: EncoderReport | undefined) => void;
};

type Row = {
  readonly key: string;
  readonly term: () => string;
  readonly value: (report: EncoderReport) => string;
  readonly isBad?: (report: EncoderReport) => boolean;
};

const ROWS: readonly Row[] = [
  lossRow('lagged', () => text.lagged, 'rendered'),
  lossRow('skipped', () => text.skipped, 'input'),
  lossRow('dropped', () => text.dropped, 'output'),
  { key: 'encode', term: () => text.encode, value: ({ encodeMs }) => formatMs(encodeMs) },
  { key: 'capture', term: () => text.capture, value: (report) => captureText(report) },
];

export function encoderPanel(): EncoderPanel {
  const values = ROWS.map(({ key }) => element('dd', { 'data-fact': key }, NOTHING));
  const node = element(
    'section',
    { class: 'panel encoder-panel', 'aria-labelledby': 'encoder-heading' },
    element('div', { class: 'panel-top' }, element('h2', { id: 'encoder-heading' }, text.heading)),
    element(
      'dl',
      { class: 'facts' },
      ...ROWS.map(({ term }, at) =>
        element('div', { class: 'fact' }, element('dt', {}, term()), values[at] ?? ''),
      ),
    ),
    element('p', { class: 'hint' }, text.hint),
  );
  node.hidden = true;
  return {
    node,
    show: (report) => {
      node.hidden = report === undefined;
      if (report === undefined) return;
      for (const [at, { value, isBad }] of ROWS.entries()) {
        const cell = values[at];
        if (cell === undefined) continue;
        setText(cell, value(report));
        setData(cell, 'bad', isBad?.(report) === true ? 'true' : undefined);
      }
    },
  };
}

function lossRow(
  key: 'lagged' | 'skipped' | 'dropped',
  term: () => string,
  of: 'rendered' | 'input' | 'output',
): Row {
  const share = (report: EncoderReport): number => (report[of] === 0 ? 0 : report[key] / report[of]);
  return {
    key,
    term,
    value: (report) =>
      text.lost(formatCount(report[key]), formatCount(report[of]), formatPercent(100 * share(report))),
    isBad: (report) => share(report) > MANY_LOST,
  };
}

function captureText({ captureMs, clocksDisagree }: EncoderReport): string {
  return clocksDisagree === true ? text.clocksDisagree : formatSeconds(captureMs);
}
