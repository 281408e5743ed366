// Viewers hardly notice when a publisher leaves and returns, or changes its stream (trust rows 11, 64 and 65). `npm run
// test:continuity` plays every scene; this is a selection.
import { beforeAll, expect, it } from 'vitest';
import { prepareClips } from '../continuity/clips.ts';
import { playScene } from '../continuity/play-scene.ts';
import { grouped, SCENES } from '../continuity/scenes.ts';
import { startGateway } from '../support/gateway-process.ts';

const GROUPS = grouped(SCENES.filter(({ isInGate }) => isInGate === true));

beforeAll(prepareClips);

it.each(GROUPS.map((scenes) => [scenes.map(({ name }) => name).join('; '), scenes] as const))(
  'plays on: %s',
  async (_names, scenes) => {
    const gateway = await startGateway();
    const results = await Promise.all(scenes.map((scene, at) => playScene(gateway, scene, `scene-${at}`)));
    const faults = results.flatMap(({ name, faults }) => faults.map((fault) => `${name}: ${fault}`));
    expect(faults).toEqual([]);
  },
);
