// Work that is done every second or every few seconds, by one timer of the process. Each timer of its own would wake an idle process once
// more, which costs more than the work.

import { type Guard, guarded } from './guard.ts';

const SECOND_MS = 1_000;

type Work = { readonly run: () => void; readonly everySeconds: number; secondsLeft: number };

const works = new Set<Work>();
let timer: NodeJS.Timeout | undefined;

/**
 * Runs `work` every `count` seconds, for the first time after at most that long. The timer does not keep the process alive.
 * @returns a function that stops
 */
export function everySeconds(count: number, guard: Guard, work: () => void): () => void {
  const entry: Work = { run: guarded(guard, work), everySeconds: count, secondsLeft: count };
  works.add(entry);
  timer ??= setInterval(runAll, SECOND_MS).unref();
  return () => {
    works.delete(entry);
    if (works.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** A fault of one work stops no other: each has its own guard. */
const runAll = guarded({ log: { error: () => {} } }, () => {
  for (const work of works) {
    work.secondsLeft -= 1;
    if (work.secondsLeft > 0) continue;
    work.secondsLeft = work.everySeconds;
    work.run();
  }
});
