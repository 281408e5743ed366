// Keeps the results of runs in the temporary folder and prints them as a table at the end of a run. With
// SLUICE_TEST_PLAYER_WRITE=1 it writes the table into docs/measured/players.md.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { markdownTable, writeTable } from '../support/measured-tables.ts';
import { FRAMES_PER_SECOND, type PhaseKind } from './player.ts';
import { type Asked, type Change, faultsOf, type PlayerRun, unexplained } from './player-run.ts';
import { WRITES_TABLE } from './run-options.ts';

const FOLDER = path.join(tmpdir(), 'sluice-player-results');
const HEADER = [
  ...['Player', 'Version', 'Asked for, in a minute', 'Pictures', 'Stalls', 'Latency', 'First picture'],
  ...['Publisher back', 'Back larger', 'Smaller in mid-connection', 'Publisher silent at most'],
  ...['Result', 'Day'],
];

/** Keeps a run for the table, in place of the same player's last one. */
export function keepRun(run: PlayerRun): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(
    path.join(FOLDER, `${run.player.replaceAll(/\W+/g, '-')}.json`),
    JSON.stringify(run, null, 2),
  );
}

/** vitest calls it before the run, and calls the returned function after the run. */
export default function setUp(): () => void {
  return () => {
    const runs = keptRuns();
    if (runs.length === 0) return;
    const table = markdownTable(HEADER, runs.map(row));
    process.stdout.write(`\n${table}\n\n`);
    if (WRITES_TABLE) writeTable('players.md', 'players', table);
  };
}

function keptRuns(): PlayerRun[] {
  mkdirSync(FOLDER, { recursive: true });
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .map((name): PlayerRun => JSON.parse(readFileSync(path.join(FOLDER, name), 'utf8')))
    .sort((left, right) => left.player.localeCompare(right.player));
}

function row(run: PlayerRun): string[] {
  const { steady } = run;
  return [
    run.player,
    run.version,
    asked(run.asked),
    `${steady.frames} of ${Math.round(steady.seconds * FRAMES_PER_SECOND)}`,
    steady.stalls === undefined ? '–' : `${steady.stalls} (${seconds(steady.longestPauseMs)} at most)`,
    steady.latencyMs === undefined ? '–' : seconds(steady.latencyMs),
    seconds(run.startMs),
    ...(['reconnect', 'resize-on-reconnect', 'resize-in-connection'] as const).map((kind) =>
      pause(run, kind),
    ),
    `${steady.publisherSilentMs.toFixed(0)} ms`,
    verdict(run),
    run.date,
  ];
}

function asked({ parts, segments, playlists, heldPlaylists }: Asked): string {
  const media = parts > 0 ? `${parts} parts, ${segments} segments` : `${segments} segments`;
  const held = heldPlaylists > 0 ? ` (${heldPlaylists} held)` : '';
  return `${media}, ${playlists} playlists${held}`;
}

function pause({ changes }: PlayerRun, wanted: Change['kind']): string {
  const change = changes.find(({ kind }) => kind === wanted);
  if (change === undefined) return '–';
  const { pauseMs, isReloaded } = change;
  return isReloaded ? 'started anew' : seconds(pauseMs);
}

function verdict(run: PlayerRun): string {
  const faults = unexplained(run);
  if (faults.length > 0) return `failed: ${faults.map(({ text }) => text).join('; ')}`;
  const limited = new Set(faultsOf(run).map(({ phase }): PhaseKind => phase));
  return limited.size === 0 ? 'passed' : `passed; its limits: ${[...limited].join(', ')}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
