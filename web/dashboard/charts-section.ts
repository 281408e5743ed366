// All charts of a stream, with one time range and one cursor. The code that draws is loaded when this section is made.
import type { ServerColumn, StreamHappening } from '../../server/stats/operator-message.ts';
import { eventText } from '../doctor/issue-text.ts';
import { element, setData, setText } from '../page/element.ts';
import { dashboardWords } from '../words/dashboard.ts';
import { type ExportFile, type ExportFormat, exportFile } from './chart-export.ts';
import { ChartPanel } from './chart-panel.ts';
import { type ChartSpec, SERVER_CHARTS, STREAM_CHARTS } from './chart-specs.ts';
import { type ChartRange, type ColumnHistory, type ColumnView, RANGE_MS } from './column-history.ts';
import { formatClock } from './figures.ts';
import type { StreamFacts } from './stream-facts.ts';
import { onThemeChange } from './theme-colors.ts';

const { charts } = dashboardWords;
const RANGES: readonly ChartRange[] = ['minute', 'fiveMinutes', 'hour'];
/** A stream with a shorter history is shown with the range of one minute at first. */
const SHORT_S = 90;
/** An event this near to the cursor, as a part of the shown time, is named beside the time. */
const NEAR = 0.012;

export type ChartsSection = {
  readonly node: HTMLElement;
  readonly update: () => void;
  /** Shows a moment in all charts; the hour if it is not in the shown range. */
  readonly pointAt: (t: number) => void;
  readonly close: () => void;
};

export function chartsSection(
  name: string,
  facts: StreamFacts,
  server: ColumnHistory<ServerColumn>,
): ChartsSection {
  const save = (format: ExportFormat): void =>
    saveFile(exportFile({ name, range: head.range(), stream: facts.history, server }, format));
  const head = sectionHead(() => update(), save);
  const onCursor = (t: number | undefined): void => head.showCursor(t, facts.events);
  const events = (): readonly StreamHappening[] => facts.events;
  const panels = [...STREAM_CHARTS, ...SERVER_CHARTS].map(
    (spec) => new ChartPanel({ spec, events, onCursor }),
  );
  let isFirst = true;
  const update = (): void => {
    // Of a stream that has just begun, five minutes would be empty.
    if (isFirst && facts.history.view('fiveMinutes', []).xs.length < SHORT_S) head.choose('minute');
    isFirst = false;
    const range = head.range();
    const toS = facts.nowMs / 1000;
    const ends = [toS - RANGE_MS[range] / 1000, toS] as const;
    for (const panel of panels) panel.show(viewOf(panel.spec, range, facts, server), ends);
  };
  const note = element('p', { class: 'hint', role: 'status' }, charts.loading);
  let isClosed = false;
  import('./chart-plot.ts').then(
    ({ createPlot }) => {
      if (isClosed) return;
      note.remove();
      for (const panel of panels) panel.draw(createPlot);
    },
    () => setText(note, charts.failed),
  );
  const stopFollowing = onThemeChange(() => {
    for (const panel of panels) panel.redraw();
  });
  return {
    node: element(
      'section',
      { class: 'charts', 'aria-labelledby': 'charts-heading' },
      head.node,
      note,
      element('div', { class: 'chart-grid' }, ...panels.map(({ node }) => node)),
    ),
    update,
    pointAt: (t) => {
      if (t < facts.nowMs - RANGE_MS[head.range()]) {
        head.choose(t < facts.nowMs - RANGE_MS.fiveMinutes ? 'hour' : 'fiveMinutes');
        update();
      }
      panels[0]?.pointAt(t);
    },
    close: () => {
      isClosed = true;
      stopFollowing();
      for (const panel of panels) panel.close();
    },
  };
}

function viewOf(
  spec: ChartSpec,
  range: ChartRange,
  facts: StreamFacts,
  server: ColumnHistory<ServerColumn>,
): ColumnView {
  if (spec.source === 'server')
    return server.view(
      range,
      spec.series.map(({ column }) => column),
    );
  return facts.history.view(
    range,
    spec.series.map(({ column }) => column),
  );
}

/** The choice of the range, and the time under the cursor. */
function sectionHead(onChange: () => void, save: (format: ExportFormat) => void) {
  const radios = RANGES.map((range) => {
    const input = element('input', { type: 'radio', name: 'range', id: `range-${range}`, value: range });
    input.checked = range === 'fiveMinutes';
    input.addEventListener('change', onChange);
    const label = element('label', { for: input.id }, charts.ranges[range]);
    return { range, input, node: element('span', { class: 'choice' }, input, label) };
  });
  const cursor = element('p', { class: 'cursor-time', 'data-hint': '' }, charts.hint);
  const range = (): ChartRange => radios.find(({ input }) => input.checked)?.range ?? 'fiveMinutes';
  const node = element(
    'div',
    { class: 'charts-top' },
    element('h2', { id: 'charts-heading' }, charts.heading),
    cursor,
    element(
      'fieldset',
      { class: 'groups' },
      element('legend', { class: 'visually-hidden' }, charts.range),
      ...radios.map(({ node: choice }) => choice),
    ),
    element('div', { class: 'exports' }, saveButton('csv', save), saveButton('json', save)),
  );
  return {
    node,
    range,
    choose: (wanted: ChartRange): void => {
      for (const radio of radios) radio.input.checked = radio.range === wanted;
    },
    showCursor: (t: number | undefined, events: readonly StreamHappening[]): void => {
      setData(cursor, 'hint', t === undefined ? '' : undefined);
      if (t === undefined) return setText(cursor, charts.hint);
      const near = RANGE_MS[range()] * NEAR;
      const event = events.findLast((one) => Math.abs(one.t - t) <= near);
      setText(
        cursor,
        [charts.at(formatClock(t)), ...(event === undefined ? [] : [eventText(event)])].join(' · '),
      );
    },
  };
}

function saveButton(format: ExportFormat, save: (format: ExportFormat) => void): HTMLButtonElement {
  const label = charts.save(format.toUpperCase());
  const attributes = { type: 'button', class: 'quiet-button', 'aria-label': label, title: label };
  const button = element('button', attributes, format.toUpperCase());
  button.addEventListener('click', () => save(format));
  return button;
}

function saveFile({ name, type, text }: ExportFile): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  element('a', { href: url, download: name }).click();
  // The download has begun when the click returns.
  URL.revokeObjectURL(url);
}
