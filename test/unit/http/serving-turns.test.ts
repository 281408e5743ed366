// Answers of one turn: a limited number, all in order, and what else is due runs in between.
import { expect, test, vi } from 'vitest';
import { ServingTurns } from '../../../server/http/serving-turns.ts';
import { silentLogger } from '../../../server/log.ts';

const ONE_TURN = 128;

/** Lets one turn of the event loop pass. */
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

test('a thousand are served in order, a limited number in each turn', async () => {
  const turns = new ServingTurns({ log: silentLogger });
  const served: number[] = [];
  for (let at = 0; at < 1_000; at += 1) turns.run(() => void served.push(at));
  const counts = [served.length];
  while (served.length < 1_000) {
    await turn();
    counts.push(served.length);
  }
  expect(served).toEqual(Array.from({ length: 1_000 }, (_, at) => at));
  const most = counts.map((count, at) => count - (counts[at - 1] ?? 0));
  expect(Math.max(...most)).toBe(ONE_TURN);
});

test('who comes while others wait is served behind them', async () => {
  const turns = new ServingTurns({ log: silentLogger });
  const served: string[] = [];
  for (let at = 0; at < 2 * ONE_TURN + 1; at += 1) turns.run(() => void served.push('first'));
  await turn();
  turns.run(() => void served.push('second'));
  while (served.length < 2 * ONE_TURN + 2) await turn();
  expect(served.indexOf('second')).toBe(2 * ONE_TURN + 1);
});

test('while held requests are answered, few others are served in a turn, but some', async () => {
  const turns = new ServingTurns({ log: silentLogger });
  const most: number[] = [];
  let served = 0;
  const serve = (): void => {
    served += 1;
  };
  for (let at = 0; at < 1_000; at += 1) turns.run(serve);
  for (let round = 0; round < 4; round += 1) {
    for (let at = 0; at < 256; at += 1) turns.noteHeld();
    const before = served;
    turns.run(serve);
    await turn();
    most.push(served - before);
  }
  expect(most).toEqual([32, 32, 32, 32]);
  const before = served;
  await turn();
  expect(served - before).toBe(ONE_TURN);
});

test('few are served at once, in every turn', async () => {
  const turns = new ServingTurns({ log: silentLogger });
  for (let round = 0; round < 3; round += 1) {
    const serve = vi.fn();
    for (let at = 0; at < 100; at += 1) expect(turns.run(serve)).toBe(true);
    expect(serve).toHaveBeenCalledTimes(100);
    await turn();
  }
});
