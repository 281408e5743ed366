// What an attack came to, as text: a line for every row, then the oracle's figures, then each fault.

import type { AttackReport } from './attack.ts';
import { ROW_NAMES } from './catalogue.ts';
import type { PlayedInput } from './play-input.ts';

const MIB = 1024 * 1024;

export function renderReport(report: AttackReport): string {
  const { played, canary, memory, seconds, faults } = report;
  const rows = [...grouped(played, ({ input }) => input.row)].map(([row, inputs]) => renderRow(row, inputs));
  const mib = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`;
  return [
    ...rows,
    '',
    `inputs: ${played.length} in ${seconds.toFixed(0)} s, in one process`,
    `canary: ${canary.parts} parts, ${canary.mediaSeconds.toFixed(1)} s of media in ${canary.wallSeconds.toFixed(1)} s; longest wait for a part ${canary.longestWaitMs.toFixed(0)} ms`,
    `answers of /livez: median ${quantile(canary.answerMs, 0.5)} ms, p99 ${quantile(canary.answerMs, 0.99)} ms, longest ${quantile(canary.answerMs, 1)} ms`,
    `memory: ${mib(memory.before)} before, ${mib(memory.peak)} at most, ${mib(memory.after)} after`,
    '',
    ...(faults.length === 0 ? ['no faults'] : [`${faults.length} faults:`, ...faults]),
    '',
  ].join('\n');
}

function renderRow(row: number, inputs: readonly PlayedInput[]): string {
  const ends = [...grouped(inputs, ({ seen }) => seen)]
    .map(([seen, some]) => ({ seen, count: some.length }))
    .toSorted((one, other) => other.count - one.count)
    .map(({ seen, count }) => `${seen} ${count}`)
    .join(', ');
  const failures = inputs.filter(({ isExpected }) => !isExpected).length;
  const name = ROW_NAMES[row] ?? '';
  return `${String(row).padStart(3)}  ${name.padEnd(31)} ${String(inputs.length).padStart(4)} inputs ${String(failures).padStart(3)} failures  ${ends}`;
}

function quantile(sorted: readonly number[], share: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(1);
}

function grouped<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
