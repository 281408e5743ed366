// `--demo`: publishes the clip of the package over RTMP, as long as the gateway runs.

import { readFile } from 'node:fs/promises';
import { parseFlvFile } from '../flv/flv-file.ts';
import { demoClip } from '../package-files.ts';
import { ownHost } from '../reachable-hosts.ts';
import { clipFrom, playInLoop } from '../relay/clip-loop.ts';
import { RtmpPublisher } from '../relay/rtmp-publisher.ts';

/** Resolves when the gateway, which listens on `rtmpHost`, has accepted the clip with `streamKey`; rejects if it refuses. */
export async function startDemo(rtmpHost: string, rtmpPort: number, streamKey: string): Promise<void> {
  const clip = clipFrom(parseFlvFile(await readFile(demoClip)));
  const publisher = new RtmpPublisher({
    host: ownHost(rtmpHost),
    port: rtmpPort,
    app: 'live',
    streamName: streamKey,
  });
  await publisher.started;
  const stop = playInLoop(clip, publisher);
  void publisher.closed.then(stop);
}
