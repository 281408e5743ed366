// Keeps the results of runs in the temporary folder and prints them as tables at the end of a run. With
// SLUICE_TEST_ENCODER_WRITE=1 it writes the tables into docs/measured/encoders.md.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { markdownTable, writeTable } from '../support/measured-tables.ts';
import { addedMs, driftOf, type EncoderRun, faultsOf, mediaFaults } from './encoder-run.ts';
import { LONG_MINUTES } from './run-options.ts';

const FOLDER = path.join(tmpdir(), 'sluice-encoder-results');

/** Keeps a run for the tables, in place of the same encoder's last one of the same length. */
export function keepRun(run: EncoderRun): void {
  mkdirSync(FOLDER, { recursive: true });
  const name = `${run.encoder.replaceAll(/\W+/g, '-')}.${run.minutes}.json`;
  writeFileSync(path.join(FOLDER, name), JSON.stringify(run, null, 2));
}

/** vitest calls it before the run, and calls the returned function after the run. */
export default function setUp(): () => void {
  return () => {
    const runs = keptRuns().filter(({ minutes }) => minutes === LONG_MINUTES);
    if (runs.length === 0) return;
    const tables =
      LONG_MINUTES === 0 ? { playing: playingTable(runs), wire: wireTable(runs) } : { sync: syncTable(runs) };
    process.stdout.write(`\n${Object.values(tables).join('\n\n')}\n\n`);
    if (process.env['SLUICE_TEST_ENCODER_WRITE'] !== '1') return;
    for (const [name, table] of Object.entries(tables)) writeTable('encoders.md', name, table);
  };
}

function keptRuns(): EncoderRun[] {
  mkdirSync(FOLDER, { recursive: true });
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .map((name): EncoderRun => JSON.parse(readFileSync(path.join(FOLDER, name), 'utf8')))
    .sort((left, right) => left.encoder.localeCompare(right.encoder));
}

function playingTable(runs: readonly EncoderRun[]): string {
  const header = [
    'Encoder',
    'Seen by the gateway as',
    'Codecs',
    'Watched',
    'Pictures',
    'Stalls',
    'Machine load',
    'End',
  ];
  const rows = runs.map((run) => [
    `${run.encoder} ${run.version}`,
    run.seenAs,
    run.codecs,
    `${run.watchedS.toFixed(0)} s`,
    `${run.decodedPictures} (${run.droppedPictures} dropped)`,
    String(run.stalls),
    loadOf(run),
    run.endings.map((code) => `\`${code}\``).join(', '),
    verdict(faultsOf(run)),
    run.date,
  ]);
  return markdownTable([...header, 'Result', 'Day'], rows);
}

function wireTable(runs: readonly EncoderRun[]): string {
  const header = [
    'Encoder',
    'Messages from the gateway',
    'Malformed',
    'Messages from the encoder',
    'Malformed',
  ];
  const rows = runs.map(({ encoder, wire }) => [
    encoder,
    `${wire.gateway.names.length}: ${kindsOf(wire.gateway.names)}`,
    String(wire.gateway.malformed.length),
    `${wire.encoder.names.length}: ${kindsOf(wire.encoder.names)}`,
    String(wire.encoder.malformed.length),
  ]);
  return markdownTable(header, rows);
}

function syncTable(runs: readonly EncoderRun[]): string {
  const header = [
    'Encoder',
    'Sent, each minute (ms)',
    'Served, each minute (ms)',
    'Drift served',
    'Added at most',
  ];
  const rows = runs.map((run) => [
    `${run.encoder} ${run.version}`,
    run.sentMs.join(', '),
    run.servedMs.join(', '),
    `${driftOf(run.servedMs)} ms`,
    `${Math.max(...addedMs(run).map(Math.abs))} ms`,
    `${run.decodedPictures} (${run.droppedPictures} dropped)`,
    `${run.stalls}`,
    loadOf(run),
    run.wire.encoder.longestGapMs === undefined
      ? 'not measured'
      : `${run.wire.encoder.longestGapMs.toFixed(0)} ms`,
    verdict(mediaFaults(run)),
    run.date,
  ]);
  return markdownTable(
    [...header, 'Pictures', 'Stalls', 'Machine load', 'Encoder silent at most', 'Result', 'Day'],
    rows,
  );
}

function loadOf({ machineLoad }: EncoderRun): string {
  return machineLoad?.toFixed(1) ?? 'not measured';
}

function verdict(faults: readonly string[]): string {
  return faults.length === 0 ? 'passed' : `failed: ${faults.join('; ')}`;
}

/** Each kind once, without the numbers and arguments that differ from run to run. */
function kindsOf(names: readonly string[]): string {
  const kinds = names.map((name) => name.replace(/ \d.*$/, '').replace(/^(?!on|_)(@?\w+)\(.*\)$/, '$1'));
  return [...new Set(kinds)].join(', ');
}
