// The ratios at the head of the report, and in its chart.

import { type Ratio, ratiosOf, type Sample, type Spread, spreadOf } from './samples.ts';
import { SYSTEMS, type SystemName } from './system-names.ts';

export type Headline = {
  /** A short name for the chart, with the load. */
  readonly label: string;
  /** With `#` in place of the ratio. */
  readonly sentence: string;
  readonly spread: Spread;
  readonly isBehind: boolean;
};

type Wanted = {
  readonly measurement: string;
  /** The first one that has been measured is shown. */
  readonly loads: readonly string[];
  readonly figure: string;
  readonly of?: SystemName;
  readonly to: SystemName;
  /** The ratio is turned round, so that less is better everywhere. */
  readonly isHigherBetter?: boolean;
  readonly label: string;
  /** Only the five ratios that matter most have one. */
  readonly sentence?: string;
};

const STEADY = ['50 streams, steady', '100 streams, steady', '200 streams, steady', '10 streams, steady'];
const MANY_VIEWERS = ['2000 viewers', '1000 viewers', '500 viewers', '100 viewers'];
const FEWER_VIEWERS = ['1000 viewers', '500 viewers', '2000 viewers', '100 viewers'];

const WANTED: readonly Wanted[] = [
  {
    measurement: 'ingest',
    loads: STEADY,
    figure: 'cpuMs',
    to: 'nginx-rtmp',
    label: 'processor time of publishers / nginx-rtmp',
    sentence: 'Receiving and packaging many streams takes # times the processor time of nginx-rtmp.',
  },
  {
    measurement: 'viewers',
    loads: MANY_VIEWERS,
    figure: 'cpuUs',
    to: 'nginx-rtmp',
    label: 'processor time of plain viewers / nginx-rtmp',
    sentence: 'Many plain HLS viewers take # times the processor time of nginx-rtmp.',
  },
  {
    measurement: 'll-viewers',
    loads: FEWER_VIEWERS,
    figure: 'cpuUs',
    to: 'nginx',
    label: 'processor time of LL-HLS viewers / nginx, files',
    sentence:
      'Many LL-HLS viewers take # times the processor time that nginx needs to hand out the same bytes as files.',
  },
  {
    measurement: 'start',
    loads: ['publish to first playable'],
    figure: 'ms',
    to: 'nginx-rtmp',
    label: 'publish to first playable / nginx-rtmp',
    sentence: 'A new stream can be played after # times the time of nginx-rtmp.',
  },
  {
    measurement: 'edge',
    loads: ['one stream, one viewer'],
    figure: 'meanMs',
    to: 'nginx-rtmp',
    label: 'age of the newest picture / nginx-rtmp',
    sentence: 'The newest picture that a viewer can fetch has # times the age that it has with nginx-rtmp.',
  },
  {
    measurement: 'flat-out',
    loads: ['4 publishers', '1 publishers'],
    figure: 'mbitPerCpuSecond',
    to: 'nginx-rtmp',
    isHigherBetter: true,
    label: 'processor time of flat-out media / nginx-rtmp',
  },
  ...(['one segment', 'one part', 'one playlist'] as const).map((load) => ({
    measurement: 'saturation',
    loads: [load],
    figure: 'perCpuSecond',
    to: 'nginx' as const,
    isHigherBetter: true,
    label: 'processor time of an answer / nginx, files',
  })),
  {
    measurement: 'start',
    loads: ['process to listening'],
    figure: 'ms',
    to: 'bare-node',
    label: 'process to listening / bare Node',
  },
  {
    measurement: 'glass',
    loads: ['page opened before the publish'],
    figure: 'p50Ms',
    to: 'ffmpeg',
    label: 'glass to glass / ffmpeg with hls.js',
  },
];

/** What has been measured, in the order of importance. Less is better in all. */
export function headlinesOf(samples: readonly Sample[]): readonly Headline[] {
  return WANTED.flatMap((wanted) => {
    for (const load of loadsOf(wanted, samples)) {
      const ratio: Ratio = { ...wanted, load, of: wanted.of ?? 'sluice' };
      const values = ratiosOf(samples, ratio);
      const spread = spreadOf(wanted.isHigherBetter === true ? values.map((value) => 1 / value) : values);
      if (spread === undefined) continue;
      const { label, sentence = '' } = wanted;
      // A floor does less than a gateway must: to be above it is not to be behind.
      const behind = SYSTEMS[wanted.to].kind === 'peer' && isBehind(spread.median, false);
      return [{ label: `${label}: ${load}`, sentence, spread, isBehind: behind }];
    }
    return [];
  });
}

/** The wanted ones; if there is a choice, then also the other measured ones, the last one first. */
function loadsOf({ measurement, loads }: Wanted, samples: readonly Sample[]): readonly string[] {
  if (loads.length === 1) return loads;
  const measured = samples.filter((sample) => sample.measurement === measurement).map(({ load }) => load);
  return [...loads, ...new Set(measured.reverse())];
}

/** Whether a median ratio is worse than equal at the two decimals that are shown. */
export function isBehind(ratio: number, isHigherBetter: boolean): boolean {
  const shown = Number(ratio.toFixed(2));
  return isHigherBetter ? shown < 1 : shown > 1;
}
