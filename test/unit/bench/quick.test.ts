// The short run beside the last report, and the order of servers.
import { expect, test } from 'vitest';
import { compareRatio } from '../../../bench/quick-comparison.ts';
import { orderOf } from '../../../bench/runner.ts';

test.each([
  ['a change of more than 10 % and more than the spread is worse', [1.3, 1.32], [1, 1.02], '30 % worse'],
  ['less is better', [0.5, 0.52], [1, 1.02], '50 % better'],
  ['a change below 10 % is no change', [1.09], [1], 'no change'],
  ['a change within the spread says so', [1.2, 1.6, 1.25], [1, 1.1, 1], '25 % more, within the spread'],
  ['the spread of the last report counts as well', [1.2], [1, 1.5, 0.9], '20 % more, within the spread'],
  ['without a last report there is no verdict', [1.2], [], 'not in the last report'],
  ['a ratio without samples', [], [1], 'not measured'],
])('%s', (_name, now, before, verdict) => {
  expect(compareRatio('x', now, before).verdict).toBe(verdict);
});

test('the order of servers alternates between rounds', () => {
  expect(orderOf(['sluice', 'nginx-rtmp'], 0)).toEqual(['sluice', 'nginx-rtmp']);
  expect(orderOf(['sluice', 'nginx-rtmp'], 1)).toEqual(['nginx-rtmp', 'sluice']);
});
