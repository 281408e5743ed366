// The frame of one chart: its title, the values at the cursor or the latest ones, and its table. Without a cursor it says the
// latest values.
import { element, setText } from '../page/element.ts';
import { dashboardWords } from '../page/words-dashboard.ts';
import type { ChartPlot, PlotOptions } from './chart-plot.ts';
import type { ChartSpec } from './chart-specs.ts';
import type { ColumnView } from './column-history.ts';
import { type FactsTable, factsTable } from './facts-table.ts';
import { formatClock, NOTHING } from './figures.ts';
import { tableRows } from './table-rows.ts';

const { charts } = dashboardWords;

const HEIGHT = 150;
/** A chart is drawn this much before it is scrolled onto the screen. */
const AHEAD_PX = 400;
const NO_VIEW: ColumnView = { xs: [], ys: [] };

export type ChartPanel = {
  readonly spec: ChartSpec;
  readonly node: HTMLElement;
  readonly show: (view: ColumnView, ends: readonly [fromS: number, toS: number]) => void;
  /** The drawing, once its code is loaded. */
  readonly draw: (create: (options: PlotOptions) => ChartPlot) => void;
  readonly redraw: () => void;
  /** Moves the cursor to a time, milliseconds since the Unix epoch. */
  readonly pointAt: (t: number) => void;
  readonly close: () => void;
};

export type ChartPanelOptions = {
  readonly spec: ChartSpec;
  readonly events: PlotOptions['events'];
  /** The time under the cursor, milliseconds since the Unix epoch. */
  readonly onCursor: (t: number | undefined) => void;
};

export function chartPanel({ spec, events, onCursor }: ChartPanelOptions): ChartPanel {
  const parts = panelParts(spec);
  const { host, values, table } = parts;
  let plot: ChartPlot | undefined;
  let view = NO_VIEW;
  let ends: readonly [number, number] = [0, 1];
  let cursorAt: number | undefined;
  let isVisible = false;
  let isStale = true;

  const showValues = (): void => {
    const at = cursorAt ?? view.xs.length - 1;
    for (const [index, node] of values.entries()) setText(node, textAt(spec, view, index, at));
    table.show(() => tableRows(view, spec.format));
  };
  const update = (): void => {
    showValues();
    isStale = !isVisible || !table.node.hidden;
    if (!isStale) plot?.show(view, ends);
  };
  const point = (at: number | undefined): void => {
    plot?.point(at);
    const t = at === undefined ? undefined : view.xs[at];
    const told = t === undefined ? charts.latest : readingAt(spec, view, at ?? 0);
    host.setAttribute('aria-valuetext', told);
    host.setAttribute('aria-valuenow', String(at ?? 0));
    host.setAttribute('aria-valuemax', String(Math.max(0, view.xs.length - 1)));
  };
  listenForKeys(host, () => ({ at: cursorAt, last: view.xs.length - 1 }), point);
  const watcher = new IntersectionObserver(
    (entries) => {
      isVisible = entries.some(({ isIntersecting }) => isIntersecting);
      if (isVisible && isStale) update();
    },
    { rootMargin: `${AHEAD_PX}px` },
  );
  watcher.observe(parts.node);
  const resize = new ResizeObserver(() => plot?.resize(host.clientWidth));
  resize.observe(host);
  table.button.addEventListener('click', () => {
    host.hidden = !table.node.hidden;
    update();
  });
  return {
    spec,
    node: parts.node,
    show: (nextView, nextEnds) => {
      view = nextView;
      ends = nextEnds;
      update();
    },
    draw: (create) => {
      plot = create({
        spec,
        host,
        height: HEIGHT,
        events,
        onCursor: (at) => {
          cursorAt = at;
          showValues();
          const x = at === undefined ? undefined : view.xs[at];
          onCursor(x === undefined ? undefined : x * 1000);
        },
      });
      isStale = true;
      update();
    },
    redraw: () => plot?.redraw(),
    pointAt: (t) => point(nearest(view.xs, t / 1000)),
    close: () => {
      watcher.disconnect();
      resize.disconnect();
      plot?.close();
    },
  };
}

type PanelParts = {
  readonly node: HTMLElement;
  readonly host: HTMLElement;
  readonly values: readonly HTMLElement[];
  readonly table: FactsTable;
};

function panelParts(spec: ChartSpec): PanelParts {
  const values = spec.series.map(() => element('span', { class: 'series-value' }, NOTHING));
  const legend = element(
    'ul',
    { class: 'series' },
    ...spec.series.map(({ label, color, isDashed }, at) =>
      element(
        'li',
        {},
        element('span', { class: 'swatch', 'data-color': color, ...(isDashed ? { 'data-dashed': '' } : {}) }),
        element('span', { class: 'series-label' }, label),
        values[at] ?? '',
      ),
    ),
  );
  const host = element('div', {
    class: 'plot',
    tabindex: '0',
    role: 'slider',
    'aria-label': charts.label(spec.title),
    'aria-valuemin': '0',
    'aria-valuemax': '0',
    'aria-valuenow': '0',
    'aria-valuetext': charts.latest,
  });
  const columns = [charts.time, ...spec.series.map(({ label }) => label)];
  const table = factsTable(spec.title, columns);
  const node = element(
    'div',
    { class: 'panel chart', role: 'group', 'data-chart': spec.id, 'aria-label': spec.title },
    element('div', { class: 'panel-top' }, element('h3', {}, spec.title), table.button),
    legend,
    host,
    table.node,
    ...(spec.note === undefined ? [] : [element('p', { class: 'hint' }, spec.note)]),
  );
  return { node, host, values, table };
}

function listenForKeys(
  host: HTMLElement,
  cursor: () => { readonly at: number | undefined; readonly last: number },
  point: (at: number | undefined) => void,
): void {
  host.addEventListener('keydown', (event) => {
    const { at, last } = cursor();
    const from = at ?? last + 1;
    const step = event.shiftKey ? 10 : 1;
    const next = {
      ArrowLeft: Math.max(0, from - step),
      ArrowRight: Math.min(last, from + step),
      Home: 0,
      End: last,
    }[event.key];
    if (event.key === 'Escape') point(undefined);
    else if (next !== undefined && last >= 0) point(next);
    else return;
    event.preventDefault();
  });
  host.addEventListener('blur', () => point(undefined));
}

function textAt(spec: ChartSpec, { ys }: ColumnView, index: number, at: number): string {
  const value = ys[index]?.[at];
  return value === null || value === undefined ? NOTHING : spec.format(value);
}

function readingAt(spec: ChartSpec, view: ColumnView, at: number): string {
  const values = spec.series.map(({ label }, index) => charts.pair(label, textAt(spec, view, index, at)));
  return charts.reading(formatClock((view.xs[at] ?? 0) * 1000), values.join(', '));
}

/** The index of the time nearest to `x`. */
function nearest(xs: readonly number[], x: number): number | undefined {
  let best: number | undefined;
  for (const [at, value] of xs.entries())
    if (best === undefined || Math.abs(value - x) < Math.abs((xs[best] ?? 0) - x)) best = at;
  return best;
}
