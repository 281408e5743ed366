import { expect, it } from 'vitest';
import { VainLoads } from '../../../../web/player/vain-loads.ts';

it('is too many when the same has been delivered five times, also in turns with others', () => {
  const loads = new VainLoads();
  for (let turn = 1; turn < 5; turn += 1) {
    for (const url of ['a', 'b']) expect(loads.isTooMany(url)).toBe(false);
  }
  expect(loads.isTooMany('b')).toBe(true);
});

it('is not too many as long as something is gained between', () => {
  const loads = new VainLoads();
  for (let turn = 0; turn < 20; turn += 1) {
    expect(loads.isTooMany('a')).toBe(false);
    if (turn % 4 === 3) loads.forget();
  }
});

it('counts anew after it was too many', () => {
  const loads = new VainLoads();
  const said = Array.from({ length: 10 }, () => loads.isTooMany('a'));
  expect(said.filter(Boolean)).toHaveLength(2);
});
