import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { engineFlags } from '../../../server/command/engine-tuning.ts';

it.each([
  ['11.3.244.8-node.38', ['--interrupt-budget=8000']],
  ['12.4.254.21-node.33', []],
  ['13.6.233.10-node.18', []],
  ['1.11.3', []],
])('gives the engine %s the flags %j', (version, flags) => {
  expect(engineFlags(version)).toEqual(flags);
});

it('names only flags that the running engine knows', () => {
  // An unknown flag ends `node` with an error.
  const { status, stderr } = spawnSync(process.execPath, [...engineFlags(process.versions.v8), '-e', '0'], {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
