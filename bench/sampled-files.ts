// A playlist, a part and a segment as the gateway serves them, for servers that hand out the same bytes.

import { setTimeout as delay } from 'node:timers/promises';
import type { Scene } from './measurement.ts';
import { parsePlaylistEdge } from './playlist-edge.ts';
import { RawConnection, rawRequest } from './raw-client.ts';
import { onStage, publish } from './staged-stream.ts';
import { mean } from './statistics.ts';

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

export async function filesOf(mediaUrl: string): Promise<SampledFiles> {
  const urls = await urlsOf(mediaUrl);
  return {
    playlist: await compressedOf(mediaUrl),
    part: await bytesOf(urls.part),
    segment: await bytesOf(urls.segment),
  };
}

/** Addresses of the newest segment, and of the listed part whose size is nearest to the mean: parts with a key frame are larger. */
export async function urlsOf(mediaUrl: string): Promise<{ readonly part: string; readonly segment: string }> {
  const { partUris, segmentUris } = parsePlaylistEdge((await bytesOf(mediaUrl)).toString('latin1'));
  const absolute = (uri: string | undefined): string => new URL(uri ?? '', mediaUrl).href;
  const sizes = await Promise.all(partUris.map(async (uri) => (await bytesOf(absolute(uri))).length));
  const middle = mean(sizes);
  const distances = sizes.map((bytes) => Math.abs(bytes - middle));
  const typical = distances.indexOf(Math.min(...distances));
  return { part: absolute(partUris[typical]), segment: absolute(segmentUris.at(-1)) };
}

/** As players get it. `fetch` would decompress it. */
async function compressedOf(url: string): Promise<Buffer> {
  const { port, pathname } = new URL(url);
  const connection = new RawConnection(Number(port));
  const { status, body } = await connection.ask(rawRequest(pathname), true);
  connection.close();
  if (status !== 200) throw new Error(`${url} answered ${status}`);
  return body;
}

async function bytesOf(url: string): Promise<Buffer> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}
