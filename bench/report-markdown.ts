// The report as Markdown: its head, and a table for each measurement.

import type { BenchRecord, RunFacts } from './bench-record.ts';
import { samplesIn } from './bench-record.ts';
import { headlinesOf, isBehind } from './headline.ts';
import { renderTable } from './markdown-table.ts';
import type { Comparison, Figure, Measurement } from './measurement.ts';
import { hasLateLoad, ratiosOf, type Sample, shownSpread, spreadOf } from './samples.ts';
import { SYSTEMS, type SystemName } from './system-names.ts';

const CHART = '![Ratios of Sluice to its peers](bench.svg)';
const BEHIND = '«behind»';

/** One sentence for each of the main ratios, the chart, and the runs. */
export function renderHead(record: BenchRecord): string {
  const headlines = headlinesOf(samplesIn(record));
  if (headlines.length === 0) return 'Nothing is measured yet: run `npm run bench`.';
  const sentences = headlines
    .filter(({ sentence }) => sentence !== '')
    .map(({ sentence, spread, isBehind: behind }) => {
      const text = sentence.replace('#', `**${spread.median.toFixed(2)}**`);
      return `- ${text}${behind ? ` ${BEHIND}` : ''}`;
    });
  // Runs of the same command under the same conditions are pieces of one.
  const facts = [...new Set(record.runs.map((run) => renderFacts(run.facts)))];
  const failures = record.runs.flatMap((run) =>
    run.failures.map(
      ({ measurement, load, system, round, message }) =>
        `- Failed: ${measurement}, ${load}, ${SYSTEMS[system].title}, round ${round + 1}: ${oneLine(message)}`,
    ),
  );
  return [sentences.join('\n'), CHART, [...facts, ...failures].join('\n')]
    .filter((text) => text !== '')
    .join('\n\n');
}

function renderFacts(facts: RunFacts): string {
  const versions = Object.entries(facts.versions).map(([name, version]) => `${name} ${version}`);
  const commit = facts.commit === undefined ? '' : `, commit ${facts.commit}`;
  const pinned = facts.isPinned
    ? 'The server has processor 0 for itself, the load has the others.'
    : 'Server and load share all processors.';
  const leftOut = facts.leftOut.map((text) => ` Left out: ${text}.`).join('');
  return `- \`${facts.command}\`, ${facts.date}${commit}. ${facts.machine}. ${versions.join(', ')}. ${pinned}${leftOut}`;
}

/** The table of one measurement. */
export function renderMeasurement(measurement: Measurement, all: readonly Sample[]): string {
  const samples = all.filter((sample) => sample.measurement === measurement.name);
  if (samples.length === 0) {
    return `Not measured yet: \`npm run bench -- --only ${measurement.name}\`.`;
  }
  const figures = measurement.figures.filter(({ name }) =>
    samples.some((sample) => sample.figures[name] !== undefined),
  );
  const rows = loadsOf(samples).flatMap((load) => rowsOf(measurement, figures, samples, load));
  return renderTable(['load', 'server', ...figures.map(({ title }) => title), 'rounds', 'disturbed'], rows);
}

function rowsOf(
  measurement: Measurement,
  figures: readonly Figure[],
  samples: readonly Sample[],
  load: string,
): readonly (readonly string[])[] {
  const here = samples.filter((sample) => sample.load === load);
  const order = Object.keys(SYSTEMS) as SystemName[];
  const present = order.filter((name) => here.some(({ system }) => system === name));
  const compared = new Set(measurement.comparisons.map(({ figure }) => figure));
  const systems = present.map((system) => {
    const own = here.filter((sample) => sample.system === system);
    const cells = figures.map((figure) => cellOf(figure, own, compared.has(figure.name)));
    return [load, SYSTEMS[system].title, ...cells, String(own.length), disturbedCell(own)];
  });
  return [...systems, ...measurement.comparisons.flatMap((one) => ratioRow(one, figures, here, load))];
}

function cellOf(figure: Figure, samples: readonly Sample[], isCompared: boolean): string {
  const { name, decimals, shows, needsPunctualLoad = false } = figure;
  const known = samples.filter(({ figures }) => Number.isFinite(figures[name]));
  const judged = known.filter((sample) => !needsPunctualLoad || !hasLateLoad(sample));
  const values = judged.map(({ figures }) => figures[name] ?? Number.NaN);
  const spread = spreadOf(values);
  if (spread === undefined) return known.length === 0 ? '–' : 'load late';
  if (isCompared) return shownSpread(values, decimals);
  return (shows === 'max' ? spread.max : spread.median).toFixed(decimals);
}

function ratioRow(
  comparison: Comparison,
  figures: readonly Figure[],
  samples: readonly Sample[],
  load: string,
): readonly (readonly string[])[] {
  const { of, to, figure, isHigherBetter } = comparison;
  const measurement = samples[0]?.measurement ?? '';
  const values = ratiosOf(samples, { measurement, load, figure, of, to });
  const spread = spreadOf(values);
  if (spread === undefined) return [];
  const behind = SYSTEMS[to].kind === 'peer' && isBehind(spread.median, isHigherBetter);
  const cell = `**${shownSpread(values, 2)}**${behind ? ` ${BEHIND}` : ''}`;
  const title = `**${SYSTEMS[of].title} / ${SYSTEMS[to].title}**`;
  const cells = figures.map(({ name }) => (name === figure ? cell : ''));
  return [[load, title, ...cells, String(values.length), '']];
}

/** `2 of 5: load late 130 ms` with the reason of the first one. */
function disturbedCell(samples: readonly Sample[]): string {
  const disturbed = samples.filter((sample) => sample.disturbed.length > 0);
  if (disturbed.length === 0) return '';
  return `${disturbed.length} of ${samples.length}: ${disturbed[0]?.disturbed.join('; ')}`;
}

/** By the number at the start, then in the order of the samples. */
function loadsOf(samples: readonly Sample[]): readonly string[] {
  const loads = [...new Set(samples.map(({ load }) => load))];
  const numberOf = (load: string): number => Number.parseInt(load, 10) || 0;
  return loads.sort((a, b) => numberOf(a) - numberOf(b));
}

function oneLine(message: string): string {
  return message.split('\n')[0] ?? '';
}
