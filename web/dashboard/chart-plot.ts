// One chart, drawn by uPlot. This file and uPlot are loaded only when the page of a stream opens.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { StreamHappening } from '../../server/stats/operator-message.ts';
import { axisEnds, type ChartSpec, type SeriesSpec } from './chart-specs.ts';
import type { ColumnView } from './column-history.ts';
import { formatClock, formatMinute } from './figures.ts';
import type { ThemeColor } from './theme-color.ts';
import { themeColor } from './theme-colors.ts';

/** All charts with this key have one cursor. */
const CURSOR_KEY = 'dashboard';
const FONT = '11px system-ui, sans-serif';
/** Room for `1.5 Mbit/s` and `−1,000 ms`. */
const AXIS_WIDTH = 66;
/** Half of the width of a time below the axis, less the padding at its end. */
const HALF_TIME_PX = 16;
/** Above this length of the axis its times have no seconds. */
const SECONDS_UP_TO_S = 600;

export type PlotOptions = {
  readonly spec: ChartSpec;
  readonly host: HTMLElement;
  readonly height: number;
  /** The index of the values under the cursor; undefined when it leaves. */
  readonly onCursor: (at: number | undefined) => void;
  readonly events: () => readonly StreamHappening[];
};

export type ChartPlot = {
  readonly show: (view: ColumnView, ends: readonly [fromS: number, toS: number]) => void;
  readonly resize: (width: number) => void;
  readonly redraw: () => void;
  /** Moves the cursor of all charts to a value, by its index. */
  readonly point: (at: number | undefined) => void;
  readonly close: () => void;
};

export function createPlot(options: PlotOptions): ChartPlot {
  const { spec, host, height, onCursor } = options;
  let ends: readonly [number, number] = [0, 1];
  const plot = new uPlot(
    {
      width: Math.max(1, host.clientWidth),
      height,
      padding: [10, 8, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: false, y: false },
        sync: { key: CURSOR_KEY, scales: ['x', null] },
        points: { size: 7 },
      },
      scales: {
        x: { time: true, range: () => [ends[0], ends[1]] },
        y: { range: (_plot, least, most) => [...axisEnds(spec, least, most)] as [number, number] },
      },
      axes: axesOf(spec),
      series: [{}, ...spec.series.map((one) => seriesOf(spec, one))],
      hooks: {
        setCursor: [(self) => onCursor(self.cursor.idx ?? undefined)],
        drawAxes: [(self) => pinEvents(self, options.events())],
      },
    },
    [[], ...spec.series.map(() => [])],
    host,
  );
  // The section itself is read; the drawing says nothing.
  plot.root.setAttribute('aria-hidden', 'true');
  return {
    show: ({ xs, ys }, [from, to]) => {
      ends = [from, to];
      plot.setData([[...xs], ...ys.map((column) => [...column])]);
    },
    resize: (width) => plot.setSize({ width: Math.max(1, width), height }),
    redraw: () => plot.redraw(),
    point: (at) => {
      const x = at === undefined ? undefined : plot.data[0][at];
      // Outside of the plot the cursor is hidden.
      plot.setCursor(x === undefined ? { left: -10, top: -10 } : { left: plot.valToPos(x, 'x'), top: 0 });
    },
    close: () => plot.destroy(),
  };
}

function axesOf(spec: ChartSpec): uPlot.Axis[] {
  const color = (name: ThemeColor) => () => themeColor(name);
  const common = {
    stroke: color('text-soft'),
    font: FONT,
    grid: { stroke: color('line'), width: 1 },
    ticks: { show: false },
  };
  return [
    {
      ...common,
      size: 26,
      space: 60,
      grid: { show: false },
      values: (plot, splits) => {
        const { min = 0, max = 0 } = plot.scales['x'] ?? {};
        const format = max - min > SECONDS_UP_TO_S ? formatMinute : formatClock;
        return splits.map((s) => (isNearEdge(plot, s) ? '' : format(s * 1000)));
      },
    },
    { ...common, size: AXIS_WIDTH, space: 30, values: (_plot, splits) => splits.map((y) => spec.axis(y)) },
  ];
}

/** A time there would be cut off. */
function isNearEdge(plot: uPlot, s: number): boolean {
  return plot.valToPos(s, 'x') > plot.bbox.width / uPlot.pxRatio - HALF_TIME_PX;
}

function seriesOf({ kind }: ChartSpec, { color, isDashed }: SeriesSpec<string>): uPlot.Series {
  const isBars = kind === 'bars';
  return {
    stroke: () => themeColor(color),
    width: 2,
    points: { show: false },
    ...(isDashed === true ? { dash: [5, 4] } : { fill: () => withAlpha(themeColor(color)) }),
    ...(isBars ? { paths: uPlot.paths.bars?.({ size: [0.7, 12] }), fill: () => themeColor(color) } : {}),
  } as uPlot.Series;
}

/** System colours of forced colours cannot be made transparent; then there is no area. */
function withAlpha(color: string): string {
  return /^#[\da-f]{6}$/i.test(color) ? `${color}22` : 'transparent';
}

/** A dashed line with a mark at its top for each event. */
function pinEvents(plot: uPlot, events: readonly StreamHappening[]): void {
  const { ctx, bbox } = plot;
  const { min = 0, max = 0 } = plot.scales['x'] ?? {};
  const ratio = uPlot.pxRatio;
  ctx.save();
  for (const { t, type } of events) {
    const seconds = t / 1000;
    if (seconds < min || seconds > max) continue;
    const x = Math.round(plot.valToPos(seconds, 'x', true));
    ctx.strokeStyle = themeColor(eventColor(type));
    ctx.fillStyle = ctx.strokeStyle;
    ctx.lineWidth = ratio;
    ctx.setLineDash([3 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.beginPath();
    ctx.moveTo(x - 4 * ratio, bbox.top - 6 * ratio);
    ctx.lineTo(x + 4 * ratio, bbox.top - 6 * ratio);
    ctx.lineTo(x, bbox.top);
    ctx.fill();
  }
  ctx.restore();
}

/** The colour of an event by its type; other types are neutral. */
function eventColor(type: string): ThemeColor {
  if (type === 'issue' || type === 'reconnecting' || type === 'ended') return 'verdict-bad';
  if (type === 'stalled' || type === 'timestampJump') return 'verdict-ok';
  return type === 'live' || type === 'issueCleared' ? 'verdict-good' : 'text-soft';
}
