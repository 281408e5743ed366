// All scenes, in groups that play at the same time. Their results become the table in docs/measured/continuity.md.
import { beforeAll, expect, it } from 'vitest';
import { startGateway } from '../support/gateway-process.ts';
import { prepareClips } from './clips.ts';
import { playScene } from './play-scene.ts';
import { grouped, SCENES } from './scenes.ts';
import { keepResults } from './write-table.ts';

const WANTED = process.env['SLUICE_TEST_CONTINUITY_ONLY'] ?? '';
const GROUPS = grouped(SCENES.filter(({ name }) => name.includes(WANTED)));

beforeAll(prepareClips);

it.each(GROUPS.map((scenes) => [scenes.map(({ name }) => name).join('; '), scenes] as const))(
  '%s',
  async (_names, scenes) => {
    const gateway = await startGateway();
    const results = await Promise.all(scenes.map((scene, at) => playScene(gateway, scene, `scene-${at}`)));
    keepResults(results);
    const faults = results.flatMap(({ name, faults }) => faults.map((fault) => `${name}: ${fault}`));
    expect(faults).toEqual([]);
  },
);
