// A playlist, a part and a segment as the gateway serves them, for servers that hand out the same bytes.

import { setTimeout as delay } from 'node:timers/promises';
import type { Scene } from './measurement.ts';
import { parsePlaylistEdge } from './playlist-edge.ts';
import { onStage, publish } from './staged-stream.ts';

export type SampledFiles = { readonly playlist: Buffer; readonly part: Buffer; readonly segment: Buffer };

let sampled: Promise<SampledFiles> | undefined;

/** Of one stream, sampled once in a run. */
export function sampleFiles(scene: Scene): Promise<SampledFiles> {
  sampled ??= onStage('sluice', 1, scene, async (stage) => {
    await publish(stage, 0);
    await delay(scene.warmUp.playlistMs);
    return filesOf(await stage.system.mediaUrl());
  });
  return sampled;
}

/** The part has the mean size of all listed ones: so many viewers get as many bytes a second as from the gateway. */
export async function filesOf(mediaUrl: string): Promise<SampledFiles> {
  const get = async (uri: string): Promise<Buffer> => {
    const response = await fetch(new URL(uri, mediaUrl));
    if (!response.ok) throw new Error(`${uri} answered ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  };
  const playlist = await get(mediaUrl);
  const { partUris, segmentUris } = parsePlaylistEdge(playlist.toString('latin1'));
  const parts = await Promise.all(partUris.map(get));
  const segment = await get(segmentUris.at(-1) ?? '');
  const meanBytes = parts.reduce((sum, part) => sum + part.length, 0) / parts.length;
  return { playlist, part: Buffer.alloc(Math.round(meanBytes), 1), segment };
}
