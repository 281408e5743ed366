// `churn`: whether memory grows while 50 publishers come and go. It is sampled every few seconds, after a collection.

import { setTimeout as delay } from 'node:timers/promises';
import type { ChurnCalls } from './churn.ts';
import { startGateway, takeMemory } from './gateway.ts';
import { renderTable, shown } from './markdown-table.ts';
import { makeClip } from './media-clip.ts';
import { median } from './statistics.ts';
import { startWorker } from './worker.ts';

export type ChurnOptions = { readonly minutes: number; readonly say: (line: string) => void };

/** Sizes are bytes, after a collection. */
export type MemorySample = {
  readonly atS: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly bufferBytes: number;
  readonly live: number;
};

const PUBLISHERS = 50;
const SAMPLE_S = 5;
const ROWS = 12;
const MIB = 1024 * 1024;
/** Until streams that have ended leave the list, and code is compiled. */
const WARM_UP_S = 120;

/** @returns a Markdown table and a sentence about growth */
export async function runChurn({ minutes, say }: ChurnOptions): Promise<string> {
  const clipFile = await makeClip('load');
  const args = ['--rtmp-max-connections-per-address', String(4 * PUBLISHERS)];
  const gateway = await startGateway({ args, withLoopDelay: true });
  const churn = startWorker<ChurnCalls>(new URL('churn.ts', import.meta.url));
  await churn.call('start', { clipFile, port: gateway.rtmpPort, publishers: PUBLISHERS });
  const samples: MemorySample[] = [];
  const startedAt = performance.now();
  const elapsedS = (): number => (performance.now() - startedAt) / 1000;
  while (elapsedS() < minutes * 60) {
    await delay(SAMPLE_S * 1000);
    const { live } = await churn.call('take', undefined);
    const sample = { atS: elapsedS(), live, ...(await takeMemory(gateway)) };
    samples.push(sample);
    if (samples.length % (60 / SAMPLE_S) === 0)
      say(`minute ${Math.round(sample.atS / 60)}: ${shownSample(sample)}`);
  }
  const { publications, lost } = await churn.call('take', undefined);
  await churn.child.stop('SIGKILL');
  await gateway.child.stop();
  const text = `${publications} publications in ${minutes} minutes, of which ${lost} were refused or closed.`;
  return `${churnTable(samples)}\n\n${text} ${growthText(samples)}`;
}

/** One row for each twelfth of the time: medians. */
export function churnTable(samples: readonly MemorySample[]): string {
  const size = Math.ceil(samples.length / ROWS);
  const rows = Array.from({ length: Math.ceil(samples.length / size) }, (_, row) => {
    const some = samples.slice(row * size, (row + 1) * size);
    const middle = (of: (sample: MemorySample) => number): number => median(some.map(of));
    return [
      shown((some.at(-1)?.atS ?? 0) / 60, 1),
      shown(middle(({ rssBytes }) => rssBytes / MIB)),
      shown(
        middle(({ heapBytes }) => heapBytes / MIB),
        1,
      ),
      shown(middle(({ bufferBytes }) => bufferBytes / MIB)),
      shown(middle(({ live }) => live)),
    ];
  });
  const header = ['until minute', 'resident MiB', 'heap MiB', 'buffers MiB', 'publishers'];
  return renderTable(header, rows, 1);
}

/** Least squares after the start: what an hour at this rate adds. */
export function growthPerHour(
  samples: readonly MemorySample[],
  of: (sample: MemorySample) => number,
): number {
  const steady = samples.filter(({ atS }) => atS >= WARM_UP_S);
  const meanOf = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const middleS = meanOf(steady.map(({ atS }) => atS));
  const level = meanOf(steady.map(of));
  let above = 0;
  let below = 0;
  for (const sample of steady) {
    above += (sample.atS - middleS) * (of(sample) - level);
    below += (sample.atS - middleS) ** 2;
  }
  return (above / below) * 3_600;
}

function growthText(samples: readonly MemorySample[]): string {
  const inMib = (of: (sample: MemorySample) => number): string => shown(growthPerHour(samples, of) / MIB, 1);
  const parts = [
    `resident ${inMib(({ rssBytes }) => rssBytes)}`,
    `heap ${inMib(({ heapBytes }) => heapBytes)}`,
    `buffers ${inMib(({ bufferBytes }) => bufferBytes)}`,
  ];
  return `Growth after the first two minutes, MiB an hour: ${parts.join(', ')}.`;
}

function shownSample({ rssBytes, heapBytes, bufferBytes, live }: MemorySample): string {
  const mib = (bytes: number): string => shown(bytes / MIB, 1);
  return `resident ${mib(rssBytes)} MiB, heap ${mib(heapBytes)}, buffers ${mib(bufferBytes)}, ${live} publishers`;
}
