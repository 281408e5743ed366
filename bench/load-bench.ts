// `load`: the cost of receiving and packaging N streams with the gateway, with ffmpeg, and of reading alone.

import { setTimeout as delay } from 'node:timers/promises';
import { renderTable, shown, shownMean } from './markdown-table.ts';
import { GOP_S, makeClip } from './media-clip.ts';
import { cpuMsOf, machineBusyMs, memoryOf } from './process-usage.ts';
import type { Lateness, PublisherCalls } from './publisher.ts';
import { mean } from './statistics.ts';
import { SYSTEM_TITLES, type SystemName, startSystem } from './system.ts';
import { startWorker } from './worker.ts';

export type LoadOptions = {
  readonly streams: readonly number[];
  readonly seconds: number;
  readonly rounds: number;
  readonly say: (line: string) => void;
};

type Sample = {
  readonly cpuMsPerStreamSecond: number;
  readonly corePercent: number;
  readonly pssMb: number;
  readonly rssMb: number;
  readonly filesMb: number;
  /** Playlists that gained the expected segments; undefined if nothing is packaged. */
  readonly advanced: number | undefined;
  readonly lateness: Lateness;
  /** Processor time of all other programs. */
  readonly otherPercent: number;
};

const MIB = 1024 * 1024;
/** Until code is compiled, windows are full and memory is stable; after ten seconds memory is half of that. */
const WARM_UP_MS = 30_000;
const ORDER: readonly SystemName[] = ['floor', 'sluice', 'ffmpeg'];

/** Runs every system for every N, in alternating order. @returns a Markdown table */
export async function runLoad(options: LoadOptions): Promise<string> {
  const { streams, seconds, rounds, say } = options;
  const clipFile = await makeClip('load');
  const samples = new Map<string, Sample[]>();
  for (const count of streams) {
    for (let round = 0; round < rounds; round += 1) {
      for (const system of round % 2 === 0 ? ORDER : ORDER.toReversed()) {
        const sample = await measure(system, { count, seconds, clipFile });
        const key = `${count} ${system}`;
        samples.set(key, [...(samples.get(key) ?? []), sample]);
        say(
          `${SYSTEM_TITLES[system]}, ${count} streams, round ${round + 1}: ${shown(sample.cpuMsPerStreamSecond, 2)} ms per stream-second`,
        );
      }
    }
  }
  return render(streams, (count, system) => samples.get(`${count} ${system}`) ?? []);
}

async function measure(
  name: SystemName,
  run: { readonly count: number; readonly seconds: number; readonly clipFile: string },
): Promise<Sample> {
  const { count, seconds, clipFile } = run;
  const system = await startSystem(name, count);
  const publisher = startWorker<PublisherCalls>(new URL('publisher.ts', import.meta.url));
  try {
    // Starts are spread over a group of pictures, because encoders send key frames at different times.
    await publisher.call('start', { clipFile, targets: system.targets, spreadMs: GOP_S * 1000 });
    await delay(WARM_UP_MS);
    const segmentsBefore = await system.newestSegments();
    await publisher.call('takeLateness', undefined);
    // All processes of the run, including the server, are descendants of this one.
    const own = [process.pid];
    const before = {
      at: performance.now(),
      cpu: cpuMsOf(system.pids),
      busy: machineBusyMs(),
      own: cpuMsOf(own),
    };
    await delay(seconds * 1000);
    const after = {
      at: performance.now(),
      cpu: cpuMsOf(system.pids),
      busy: machineBusyMs(),
      own: cpuMsOf(own),
    };
    const lateness = await publisher.call('takeLateness', undefined);
    const memory = memoryOf(system.pids);
    const segmentsAfter = await system.newestSegments();
    const elapsedMs = after.at - before.at;
    const cpuMs = after.cpu - before.cpu;
    return {
      cpuMsPerStreamSecond: cpuMs / count / (elapsedMs / 1000),
      corePercent: (100 * cpuMs) / elapsedMs,
      pssMb: memory.pssBytes / MIB,
      rssMb: memory.rssBytes / MIB,
      filesMb: system.filesBytes() / MIB,
      advanced: countAdvanced(segmentsBefore, segmentsAfter, seconds),
      lateness,
      otherPercent: (100 * (after.busy - before.busy - (after.own - before.own))) / elapsedMs,
    };
  } finally {
    await publisher.child.stop('SIGKILL');
    await system.stop();
  }
}

/** One segment of tolerance, because the measurement may start anywhere between two cuts. */
function countAdvanced(
  before: readonly number[] | undefined,
  after: readonly number[] | undefined,
  seconds: number,
): number | undefined {
  const wanted = Math.max(1, Math.floor(seconds / GOP_S) - 1);
  return after?.filter((newest, index) => newest - (before?.[index] ?? newest) >= wanted).length;
}

function render(
  streams: readonly number[],
  samplesOf: (count: number, system: SystemName) => readonly Sample[],
): string {
  const rows = streams.flatMap((count) => [
    ...ORDER.map((system) => row(count, system, samplesOf(count, system))),
    ratioRow(count, samplesOf(count, 'sluice'), samplesOf(count, 'ffmpeg')),
  ]);
  const header = ['streams', 'server', 'CPU ms per stream-second', '% of a core', 'PSS MB', 'RSS MB'];
  const more = ['files MB', 'playlists advanced', 'publisher late p99 / max ms', 'others, % of a core'];
  return renderTable([...header, ...more], rows);
}

function row(count: number, system: SystemName, samples: readonly Sample[]): readonly string[] {
  const of = (pick: (sample: Sample) => number): readonly number[] => samples.map(pick);
  const advanced = samples.flatMap((sample) => sample.advanced ?? []);
  const worst = Math.min(...advanced);
  return [
    String(count),
    SYSTEM_TITLES[system],
    shownMean(
      of((sample) => sample.cpuMsPerStreamSecond),
      2,
    ),
    shown(mean(of((sample) => sample.corePercent)), 1),
    shown(mean(of((sample) => sample.pssMb))),
    shown(mean(of((sample) => sample.rssMb))),
    shown(mean(of((sample) => sample.filesMb))),
    advanced.length === 0 ? '–' : `${worst}/${count}${worst < count ? ' NOT ALL' : ''}`,
    `${shown(Math.max(...of((sample) => sample.lateness.p99Ms)))} / ${shown(Math.max(...of((sample) => sample.lateness.maxMs)))}`,
    shown(mean(of((sample) => sample.otherPercent))),
  ];
}

/** The ratio of memory includes ffmpeg's files, because the gateway keeps media in memory. */
function ratioRow(count: number, ours: readonly Sample[], theirs: readonly Sample[]): readonly string[] {
  const ratio = (pick: (sample: Sample) => number): string =>
    shown(mean(ours.map(pick)) / mean(theirs.map(pick)), 2);
  return [
    String(count),
    '**Sluice / ffmpeg**',
    `**${ratio((sample) => sample.cpuMsPerStreamSecond)}**`,
    ratio((sample) => sample.corePercent),
    `${ratio((sample) => sample.pssMb)} (${ratio((sample) => sample.pssMb + sample.filesMb)} with files)`,
    ratio((sample) => sample.rssMb),
    ...['', '', '', ''],
  ];
}
