// The frame of one chart: its title, the values at the cursor or the latest ones, and its table. Without a cursor it says the
// latest values.
import { element, setText } from '../page/element.ts';
import { dashboardWords } from '../words/dashboard.ts';
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

export type ChartPanelOptions = {
  readonly spec: ChartSpec;
  readonly events: PlotOptions['events'];
  /** The time under the cursor, milliseconds since the Unix epoch. */
  readonly onCursor: (t: number | undefined) => void;
};

export class ChartPanel {
  readonly spec: ChartSpec;
  readonly #options: ChartPanelOptions;
  readonly #parts: PanelParts;
  readonly #watcher: IntersectionObserver;
  readonly #resize: ResizeObserver;
  #plot: ChartPlot | undefined;
  #view = NO_VIEW;
  #ends: readonly [fromS: number, toS: number] = [0, 1];
  #cursorAt: number | undefined;
  #isVisible = false;
  /** The drawing is older than the values. */
  #isStale = true;
  /** It has been drawn once with values; before, its axis would show the year 1970. */
  #isDrawn = false;

  constructor(options: ChartPanelOptions) {
    this.#options = options;
    this.spec = options.spec;
    this.#parts = panelParts(options.spec);
    const { node, host, frame, table } = this.#parts;
    const cursor = () => ({ at: this.#cursorAt, last: this.#view.xs.length - 1 });
    listenForKeys(host, cursor, (at) => this.#point(at));
    this.#watcher = new IntersectionObserver(
      (entries) => {
        this.#isVisible = entries.some(({ isIntersecting }) => isIntersecting);
        if (this.#isVisible && this.#isStale) this.#update();
      },
      { rootMargin: `${AHEAD_PX}px` },
    );
    this.#watcher.observe(node);
    this.#resize = new ResizeObserver(() => this.#plot?.resize(host.clientWidth));
    this.#resize.observe(host);
    table.button.addEventListener('click', () => {
      frame.hidden = !table.node.hidden;
      this.#update();
    });
  }

  get node(): HTMLElement {
    return this.#parts.node;
  }

  show(view: ColumnView, ends: readonly [fromS: number, toS: number]): void {
    this.#view = view;
    this.#ends = ends;
    this.#update();
  }

  /** Draws, once the code that does is loaded. */
  draw(create: (options: PlotOptions) => ChartPlot): void {
    const { spec, events } = this.#options;
    const onCursor = (at: number | undefined): void => this.#follow(at);
    this.#plot = create({ spec, host: this.#parts.host, height: HEIGHT, events, onCursor });
    this.#update();
  }

  redraw(): void {
    this.#plot?.redraw();
  }

  /** Moves the cursor to a time, milliseconds since the Unix epoch. */
  pointAt(t: number): void {
    if (this.#isStale) this.#plot?.show(this.#view, this.#ends);
    this.#point(nearest(this.#view.xs, t / 1000));
  }

  close(): void {
    this.#watcher.disconnect();
    this.#resize.disconnect();
    this.#plot?.close();
  }

  #update(): void {
    this.#showValues();
    this.#isStale = !this.#isVisible || this.#parts.frame.hidden === true;
    const isFirst = !this.#isDrawn && this.#view.xs.length > 0;
    if (this.#plot === undefined || (this.#isStale && !isFirst)) return;
    this.#plot.show(this.#view, this.#ends);
    this.#isDrawn ||= isFirst;
  }

  #showValues(): void {
    const { spec } = this;
    const { values, none, table } = this.#parts;
    const view = this.#view;
    const at = this.#cursorAt ?? view.xs.length - 1;
    for (const [index, node] of values.entries()) setText(node, textAt(spec, view, index, at));
    none.hidden = view.ys.some((column) => column.some((value) => value !== null));
    table.show(() => tableRows(view, spec.format));
  }

  /** The pointer or another chart has moved the cursor. */
  #follow(at: number | undefined): void {
    this.#cursorAt = at;
    this.#showValues();
    const x = at === undefined ? undefined : this.#view.xs[at];
    this.#options.onCursor(x === undefined ? undefined : x * 1000);
  }

  /** Moves the cursor of all charts, and tells screen readers the values there. */
  #point(at: number | undefined): void {
    const { host } = this.#parts;
    const view = this.#view;
    this.#plot?.point(at);
    const isThere = at !== undefined && view.xs[at] !== undefined;
    host.setAttribute('aria-valuetext', isThere ? readingAt(this.spec, view, at) : charts.latest);
    host.setAttribute('aria-valuenow', String(at ?? 0));
    host.setAttribute('aria-valuemax', String(Math.max(0, view.xs.length - 1)));
  }
}

type PanelParts = {
  readonly node: HTMLElement;
  readonly host: HTMLElement;
  /** Around the drawing; hidden while the table is shown. */
  readonly frame: HTMLElement;
  readonly values: readonly HTMLElement[];
  readonly table: FactsTable;
  /** Says that nothing is known. */
  readonly none: HTMLElement;
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
        element('span', { class: 'series-label' }, label()),
        values[at] ?? '',
      ),
    ),
  );
  const host = element('div', {
    class: 'plot',
    tabindex: '0',
    role: 'slider',
    'aria-label': charts.label(spec.title()),
    'aria-valuemin': '0',
    'aria-valuemax': '0',
    'aria-valuenow': '0',
    'aria-valuetext': charts.latest,
  });
  const none = element('p', { class: 'plot-none hint' }, charts.noValues);
  const frame = element('div', { class: 'plot-frame' }, host, none);
  const columns = [charts.time, ...spec.series.map(({ label }) => label())];
  const table = factsTable(spec.title(), columns);
  const node = element(
    'div',
    { class: 'panel chart', role: 'group', 'data-chart': spec.id, 'aria-label': spec.title() },
    element('div', { class: 'panel-top' }, element('h3', {}, spec.title()), table.button),
    legend,
    frame,
    table.node,
    ...(spec.note === undefined ? [] : [element('p', { class: 'hint' }, spec.note())]),
  );
  return { node, host, frame, values, table, none };
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
  const values = spec.series.map(({ label }, index) => charts.pair(label(), textAt(spec, view, index, at)));
  return charts.reading(formatClock((view.xs[at] ?? 0) * 1000), values.join(', '));
}

/** The index of the time nearest to `x`. */
function nearest(xs: readonly number[], x: number): number | undefined {
  let best: number | undefined;
  for (const [at, value] of xs.entries())
    if (best === undefined || Math.abs(value - x) < Math.abs((xs[best] ?? 0) - x)) best = at;
  return best;
}
