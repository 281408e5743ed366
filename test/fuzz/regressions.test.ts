// Every target survives its own seeds, and earlier findings stay repaired.
import { describe, expect, it } from 'vitest';
import { judge, observe } from './oracles.ts';
import { readRegressions } from './regression-files.ts';
import { ALL_TARGETS } from './targets/all-targets.ts';

describe('fuzz targets', () => {
  it('have names of their own', () => {
    expect(new Set(ALL_TARGETS.map(({ name }) => name)).size).toBe(ALL_TARGETS.length);
  });

  it.each(ALL_TARGETS)('$name lives through its seeds', (target) => {
    const seeds = target.seeds();
    expect(seeds.length).toBeGreaterThan(0);
    for (const seed of [...seeds, Buffer.alloc(0)]) {
      const observation = observe(target, seed.subarray(0, target.maxInputBytes));
      expect(observation, seed.toString('hex', 0, 200)).toHaveProperty('answer');
    }
  });
});

const regressions = readRegressions();

describe.skipIf(regressions.length === 0)('regressions', () => {
  it.each(regressions)('$file stays mended', ({ target: name, input }) => {
    const target = ALL_TARGETS.find((each) => each.name === name);
    if (target === undefined) throw new Error(`no target is named ${name}: rename the file`);
    expect(judge(target, input)).not.toHaveProperty('finding');
  });
});
