// The chart of the report: one bar for each main ratio on a logarithmic scale, with its least and most. Readable in light and dark.

import type { Headline } from './headline.ts';

const WIDTH = 980;
const LABEL_WIDTH = 520;
const VALUE_WIDTH = 110;
const ROW = 28;
const BAR = 14;
const TOP = 64;
const BOTTOM = 44;
const PLOT_WIDTH = WIDTH - LABEL_WIDTH - VALUE_WIDTH;
/** At least from a quarter to the double, so that equal is not at the edge. */
const LEAST_RANGE = { low: 0.25, high: 2 };

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-size: 15px; font-weight: 600; }
  .small { font-size: 11px; fill: #59636e; }
  .grid { stroke: #d1d9e0; } .equal { stroke: #59636e; stroke-width: 1.5; }
  .ahead { fill: #0969da; } .behind { fill: #bc4c00; } .spread { stroke: #1f2328; stroke-width: 1.5; }
  .ground { fill: #ffffff; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; } .small { fill: #9198a1; }
    .grid { stroke: #3d444d; } .equal { stroke: #9198a1; }
    .ahead { fill: #4493f8; } .behind { fill: #db6d28; } .spread { stroke: #f0f6fc; }
    .ground { fill: #0d1117; }
  }`;

export function renderChart(headlines: readonly Headline[], caption: string): string {
  const height = TOP + headlines.length * ROW + BOTTOM;
  const values = headlines.flatMap(({ spread }) => [spread.min, spread.max]);
  const low = 2 ** Math.floor(Math.log2(Math.min(LEAST_RANGE.low, ...values)));
  const high = 2 ** Math.ceil(Math.log2(Math.max(LEAST_RANGE.high, ...values)));
  const x = (ratio: number): number =>
    round(LABEL_WIDTH + (PLOT_WIDTH * Math.log2(ratio / low)) / Math.log2(high / low));
  const bottom = TOP + headlines.length * ROW;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title text">`,
    '<title id="title">Sluice beside its peers: ratios, less is better</title>',
    `<desc id="text">${escaped(alternative(headlines))}</desc>`,
    `<style>${STYLE}\n</style>`,
    `<rect class="ground" width="${WIDTH}" height="${height}"/>`,
    '<text class="title" x="16" y="26">Sluice beside its peers: ratios, less is better</text>',
    '<text class="small" x="16" y="44">Bars begin at 1, where both are equal. Thin lines show the range of all rounds.</text>',
    ...ticks(low, high).map((tick) => gridLine(tick, x(tick), bottom)),
    ...headlines.flatMap((headline, index) => bar(headline, TOP + index * ROW, x)),
    `<text class="small" x="16" y="${height - 10}">${escaped(caption)}</text>`,
    '</svg>',
    '',
  ].join('\n');
}

/** What the chart shows, in words. */
function alternative(headlines: readonly Headline[]): string {
  return headlines
    .map(({ label, spread, isBehind }) => {
      const { median, min, max } = spread;
      const range = `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`;
      return `${label}: ${range}${isBehind ? ', behind' : ''}.`;
    })
    .join(' ');
}

function ticks(low: number, high: number): readonly number[] {
  const count = Math.round(Math.log2(high / low));
  return Array.from({ length: count + 1 }, (_, index) => low * 2 ** index);
}

function gridLine(ratio: number, at: number, bottom: number): string {
  const label = ratio < 1 ? `1/${Math.round(1 / ratio)}` : String(ratio);
  return [
    `<line class="${ratio === 1 ? 'equal' : 'grid'}" x1="${at}" y1="${TOP - 4}" x2="${at}" y2="${bottom}"/>`,
    `<text class="small" x="${at}" y="${bottom + 14}" text-anchor="middle">${label}</text>`,
  ].join('');
}

function bar(
  { label, spread, isBehind }: Headline,
  top: number,
  x: (ratio: number) => number,
): readonly string[] {
  const middle = top + ROW / 2;
  const from = Math.min(x(1), x(spread.median));
  const width = round(Math.abs(x(spread.median) - x(1)));
  const value = `${spread.median.toFixed(2)}${isBehind ? ' behind' : ''}`;
  return [
    `<text x="${LABEL_WIDTH - 12}" y="${middle + 4}" text-anchor="end">${escaped(label)}</text>`,
    `<rect class="${isBehind ? 'behind' : 'ahead'}" x="${from}" y="${middle - BAR / 2}" width="${width}" height="${BAR}"/>`,
    `<line class="spread" x1="${x(spread.min)}" y1="${middle}" x2="${x(spread.max)}" y2="${middle}"/>`,
    `<text x="${WIDTH - VALUE_WIDTH + 12}" y="${middle + 4}">${value}</text>`,
  ];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
