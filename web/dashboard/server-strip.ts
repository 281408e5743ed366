// The numbers of the process: processor, event loop, memory, streams and viewers.
import type { ServerColumn, ServerSnapshotMessage } from '../../server/stats/operator-message.ts';
import { element, setData, setText } from '../page/element.ts';
import { formatBytes, formatCount } from '../page/format.ts';
import { dashboardWords } from '../words/dashboard.ts';
import { formatMs, formatPercent } from './figures.ts';
import { sparkline } from './sparkline.ts';

const { server } = dashboardWords;

type Numbers = Readonly<Record<ServerColumn, number | null>>;

/** From these values on a number is marked: viewers notice delays of the event loop, and one core is all that there is. */
const BUSY_LOOP_MS = 50;
const BUSY_CPU_PERCENT = 85;

type Tile = {
  readonly key: ServerColumn;
  readonly label: () => string;
  readonly value: (d: Numbers) => string;
  /** Absent where the page itself knows it. */
  readonly hint?: (d: Numbers) => string;
  readonly isBusy?: (d: Numbers) => boolean;
};

const TILES: readonly Tile[] = [
  {
    key: 'cpuPercent',
    label: () => server.cpu,
    value: ({ cpuPercent }) => formatPercent(cpuPercent),
    hint: () => server.cpuHint,
    isBusy: ({ cpuPercent }) => (cpuPercent ?? 0) >= BUSY_CPU_PERCENT,
  },
  {
    key: 'loopP99Ms',
    label: () => server.loop,
    value: ({ loopP99Ms }) => formatMs(loopP99Ms),
    hint: () => server.loopHint,
    isBusy: ({ loopP99Ms }) => (loopP99Ms ?? 0) >= BUSY_LOOP_MS,
  },
  {
    key: 'rssBytes',
    label: () => server.memory,
    value: ({ rssBytes }) => formatBytes(rssBytes),
    hint: ({ mediaBytes }) => server.memoryHint(formatBytes(mediaBytes)),
  },
  {
    key: 'streams',
    label: () => server.streams,
    value: ({ streams }) => formatCount(streams ?? undefined),
  },
  {
    key: 'viewers',
    label: () => server.viewers,
    value: ({ viewers }) => formatCount(viewers ?? undefined),
    hint: ({ websockets }) => server.viewersHint(formatCount(websockets ?? undefined)),
  },
];

export type ServerStrip = {
  readonly node: HTMLElement;
  readonly load: (message: ServerSnapshotMessage) => void;
  readonly show: (d: Numbers) => void;
  /** How many streams are live. */
  readonly showLive: (count: number) => void;
};

export function serverStrip(): ServerStrip {
  const tiles = TILES.map((tile) => ({ tile, ...tileView(tile) }));
  const write = (d: Numbers): void => {
    for (const { tile, node, value, hint } of tiles) {
      setText(value, tile.value(d));
      if (tile.hint !== undefined) setText(hint, tile.hint(d));
      setData(node, 'busy', tile.isBusy?.(d) === true ? 'true' : undefined);
    }
  };
  return {
    node: element(
      'section',
      { class: 'server-strip', 'aria-label': server.heading },
      element('dl', {}, ...tiles.map(({ node }) => node)),
    ),
    load: ({ recent: { keys, columns } }) => {
      const last = keys.map((key, at) => [key, columns[at]?.at(-1) ?? null]);
      write({ ...NO_NUMBERS, ...Object.fromEntries(last) });
      for (const { tile, line } of tiles) line.load(columns[keys.indexOf(tile.key)] ?? []);
    },
    showLive: (count) => {
      const streams = tiles.find(({ tile }) => tile.key === 'streams');
      if (streams !== undefined) setText(streams.hint, server.streamsHint(count));
    },
    show: (d) => {
      write(d);
      for (const { tile, line } of tiles) line.push(d[tile.key] ?? 0);
    },
  };
}

const NO_NUMBERS: Numbers = {
  cpuPercent: null,
  loopP99Ms: null,
  rssBytes: null,
  mediaBytes: null,
  streams: null,
  viewers: null,
  websockets: null,
};

function tileView({ key, label }: Tile) {
  const value = element('span', { class: 'tile-value' }, '–');
  const hint = element('span', { class: 'tile-hint' });
  const line = sparkline();
  const node = element(
    'div',
    { class: 'tile', 'data-tile': key },
    element('dt', {}, label()),
    element('dd', {}, value, hint, line.node),
  );
  return { node, value, hint, line };
}
