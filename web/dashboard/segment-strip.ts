// The segment strip: the last minute as blocks. The pointer or the arrow keys choose a segment, and a line says its numbers.
import type { SegmentNote } from '../../server/stats/operator-message.ts';
import { element, setData, setText } from '../page/element.ts';
import { formatBytes } from '../page/format.ts';
import { dashboardWords } from '../words/dashboard.ts';
import { type FactsTable, factsTable } from './facts-table.ts';
import { blockAt, type StripGeometry, stripGeometry } from './segment-geometry.ts';
import { ABOVE, BELOW, paintStrip } from './segment-painting.ts';
import { segmentSentence, segmentTexts } from './segment-words.ts';
import { onThemeChange } from './theme-colors.ts';

const { strip } = dashboardWords;

const HEIGHT = 110;
const NO_GEOMETRY: StripGeometry = { blocks: [], holes: [], maxBytes: 1 };

export type SegmentStrip = {
  readonly node: HTMLElement;
  readonly show: (segments: readonly SegmentNote[], nowMs: number) => void;
  readonly close: () => void;
};

export function segmentStrip(): SegmentStrip {
  const parts = stripParts();
  const { canvas, readout, most, none } = parts;
  const context = canvas.getContext('2d');
  let width = 0;
  let latest: { readonly segments: readonly SegmentNote[]; readonly nowMs: number } | undefined;
  let geometry = NO_GEOMETRY;
  let chosenMsn: number | undefined;

  const draw = (): void => {
    if (latest === undefined || context === null || width === 0) return;
    geometry = stripGeometry(latest.segments, latest.nowMs, { width, height: HEIGHT });
    const chosen = geometry.blocks.find(({ segment }) => segment.msn === chosenMsn);
    paintStrip(context, {
      geometry,
      width,
      height: HEIGHT,
      chosen,
      timeLabel: (secondsAgo) => (secondsAgo === 0 ? strip.now : strip.ago(secondsAgo)),
    });
    none.hidden = geometry.blocks.length > 0;
    setText(most, geometry.blocks.length === 0 ? '' : strip.most(formatBytes(geometry.maxBytes)));
    setText(readout, chosen === undefined ? strip.choose : segmentSentence(chosen));
    setData(readout, 'chosen', chosen === undefined ? undefined : 'true');
    describe(canvas, geometry, chosenMsn);
    parts.table.show(() => geometry.blocks.map((block) => Object.values(segmentTexts(block))).toReversed());
  };
  const choose = (at: number | undefined): void => {
    chosenMsn = at === undefined ? undefined : geometry.blocks[at]?.segment.msn;
    draw();
  };
  followChoice(
    canvas,
    () => geometry,
    () => chosenMsn,
    choose,
  );
  const resize = new ResizeObserver(() => {
    width = canvas.clientWidth;
    const scale = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round((HEIGHT + ABOVE + BELOW) * scale);
    context?.setTransform(scale, 0, 0, scale, 0, 0);
    draw();
  });
  resize.observe(canvas);
  const stopFollowing = onThemeChange(draw);
  return {
    node: parts.node,
    show: (segments, nowMs) => {
      latest = { segments, nowMs };
      draw();
    },
    close: () => {
      resize.disconnect();
      stopFollowing();
    },
  };
}

type StripParts = {
  readonly node: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly readout: HTMLElement;
  readonly most: HTMLElement;
  readonly none: HTMLElement;
  readonly table: FactsTable;
};

function stripParts(): StripParts {
  const canvas = element('canvas', {
    class: 'strip',
    tabindex: '0',
    role: 'slider',
    'aria-label': strip.label,
    'aria-valuemin': '0',
    'aria-valuemax': '0',
    'aria-valuenow': '0',
    'aria-valuetext': strip.none,
  });
  const readout = element('p', { class: 'readout' }, strip.choose);
  const most = element('span', { class: 'hint' });
  const none = element('p', { class: 'strip-none hint' }, strip.none);
  const table = factsTable(strip.heading, Object.values(strip.table));
  const legend = element(
    'ul',
    { class: 'legend' },
    ...Object.entries(strip.legend).map(([kind, label]) =>
      element('li', {}, element('span', { class: 'swatch', 'data-kind': kind }), label),
    ),
  );
  const node = element(
    'section',
    { class: 'panel segments', 'aria-labelledby': 'segments-heading' },
    element(
      'div',
      { class: 'panel-top' },
      element('h2', { id: 'segments-heading' }, strip.heading),
      most,
      table.button,
    ),
    element('p', { class: 'hint' }, strip.hint),
    element('div', { class: 'strip-frame' }, canvas, none),
    readout,
    legend,
    table.node,
  );
  return { node, canvas, readout, most, none, table };
}

function followChoice(
  canvas: HTMLCanvasElement,
  geometry: () => StripGeometry,
  chosenMsn: () => number | undefined,
  choose: (at: number | undefined) => void,
): void {
  canvas.addEventListener('pointermove', (event) => choose(blockAt(geometry().blocks, event.offsetX)));
  canvas.addEventListener('pointerdown', (event) => choose(blockAt(geometry().blocks, event.offsetX)));
  canvas.addEventListener('pointerleave', (event) => {
    // A finger that leaves the glass has chosen.
    if (event.pointerType === 'mouse' && document.activeElement !== canvas) choose(undefined);
  });
  canvas.addEventListener('blur', () => choose(undefined));
  canvas.addEventListener('keydown', (event) => {
    const { blocks } = geometry();
    const last = blocks.length - 1;
    const at = blocks.findIndex(({ segment }) => segment.msn === chosenMsn());
    const next = {
      ArrowLeft: at === -1 ? last : Math.max(0, at - 1),
      ArrowRight: at === -1 ? last : Math.min(last, at + 1),
      ArrowDown: at === -1 ? last : Math.max(0, at - 1),
      ArrowUp: at === -1 ? last : Math.min(last, at + 1),
      Home: 0,
      End: last,
    }[event.key];
    if (event.key === 'Escape') choose(undefined);
    else if (next !== undefined && last >= 0) choose(next);
    else return;
    event.preventDefault();
  });
}

/** For screen readers: only a chosen segment has a text, so that nothing is said every second. */
function describe(canvas: HTMLCanvasElement, { blocks }: StripGeometry, chosenMsn: number | undefined): void {
  const at = blocks.findIndex(({ segment }) => segment.msn === chosenMsn);
  const block = blocks[at];
  const values = {
    'aria-valuemax': String(Math.max(0, blocks.length - 1)),
    'aria-valuenow': String(Math.max(0, at)),
    'aria-valuetext': block === undefined ? strip.choose : segmentSentence(block),
  };
  for (const [name, value] of Object.entries(values))
    if (canvas.getAttribute(name) !== value) canvas.setAttribute(name, value);
}
