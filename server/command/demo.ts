// `--demo`: publishes the clip of the package over RTMP, as long as the gateway runs.

import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { parseFlvFile } from '../flv/flv-file.ts';
import { demoClip } from '../package-files.ts';
import { ownHost } from '../reachable-hosts.ts';
import { clipFrom, playInLoop } from '../relay/clip-loop.ts';
import { RtmpPublisher } from '../relay/rtmp-publisher.ts';

/** As encoders do, the demo comes back after a kick. */
const RETURN_MS = 1_000;
/** An operator has ended the stream, or somebody else publishes under its name: each attempt is a line of the log. */
const LONGEST_RETURN_MS = 30_000;

/** Resolves when the gateway, which listens on `rtmpHost`, has accepted the clip with `streamKey`; rejects if it refuses. */
export async function startDemo(rtmpHost: string, rtmpPort: number, streamKey: string): Promise<void> {
  const clip = clipFrom(parseFlvFile(await readFile(demoClip)));
  const publish = async (): Promise<RtmpPublisher> => {
    const publisher = new RtmpPublisher({
      host: ownHost(rtmpHost),
      port: rtmpPort,
      app: 'live',
      streamName: streamKey,
    });
    await publisher.started;
    const stop = playInLoop(clip, publisher);
    void publisher.closed.then(stop);
    return publisher;
  };
  void keepPublishing(await publish(), publish);
}

async function keepPublishing(first: RtmpPublisher, publish: () => Promise<RtmpPublisher>): Promise<never> {
  let publisher: RtmpPublisher | undefined = first;
  let waitMs = RETURN_MS;
  for (;;) {
    await publisher?.closed;
    await delay(waitMs, undefined, { ref: false });
    publisher = await publish().catch(() => undefined);
    waitMs = publisher === undefined ? Math.min(2 * waitMs, LONGEST_RETURN_MS) : RETURN_MS;
  }
}
