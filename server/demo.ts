// `--demo`: publishes the clip that ships with the gateway, over real RTMP, for as long as the gateway runs.

import { readFile } from 'node:fs/promises';
import { parseFlvFile } from './flv/flv-file.ts';
import { demoClip } from './package-files.ts';
import { clipFrom, playInLoop } from './relay/clip-loop.ts';
import { RtmpPublisher } from './relay/rtmp-publisher.ts';

const DEMO_STREAM = 'demo';

/** Resolves when the gateway has taken the clip; rejects when it refuses it. */
export async function startDemo(rtmpPort: number): Promise<void> {
  const clip = clipFrom(parseFlvFile(await readFile(demoClip)));
  const publisher = new RtmpPublisher({
    host: '127.0.0.1',
    port: rtmpPort,
    app: 'live',
    streamName: DEMO_STREAM,
  });
  await publisher.started;
  const stop = playInLoop(clip, publisher);
  void publisher.closed.then(stop);
}
