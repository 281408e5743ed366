// Viewers hardly notice that a publisher went and came back, or changed what it sends (trust rows 11, 64 and 65).
// `npm run test:continuity` plays every scene; this is a selection of them, all at the same time.
import { beforeAll, expect, it } from 'vitest';
import { prepareClips } from '../continuity/clips.ts';
import { playScene } from '../continuity/play-scene.ts';
import { SCENES } from '../continuity/scenes.ts';
import { startGateway } from '../support/gateway-process.ts';

beforeAll(prepareClips);

it('plays on through returns and changes, each with one discontinuity', async () => {
  const gateway = await startGateway();
  const scenes = SCENES.filter(({ isInGate }) => isInGate === true);
  const results = await Promise.all(scenes.map((scene, at) => playScene(gateway, scene, `scene-${at}`)));
  const faults = results.flatMap(({ name, faults }) => faults.map((fault) => `${name}: ${fault}`));
  expect(faults).toEqual([]);
});
