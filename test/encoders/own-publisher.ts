// Sluice's own publishing side (the demo's encoder): a prepared clip in a loop, over server/rtmp's PublishSession.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseFlvFile } from '../../server/flv/flv-file.ts';
import { clipFrom, playInLoop } from '../../server/relay/clip-loop.ts';
import { RtmpPublisher } from '../../server/relay/rtmp-publisher.ts';
import { whenDone } from '../support/cleanup.ts';
import { CHECKOUT } from '../support/gateway-process.ts';
import type { Encoder } from './encoder.ts';
import { flvFlashClip } from './flash-clip.ts';

export const ownPublisher: Encoder = {
  name: 'Sluice RtmpPublisher',
  version: async () => {
    const manifest: { readonly version: string } = JSON.parse(
      await readFile(path.join(CHECKOUT, 'package.json'), 'utf8'),
    );
    return manifest.version;
  },
  start: async (gateway, streamName) => {
    const clip = clipFrom(parseFlvFile(await readFile(await flvFlashClip())));
    const publisher = new RtmpPublisher({
      host: '127.0.0.1',
      port: gateway.rtmpPort,
      app: 'live',
      streamName,
    });
    whenDone(() => publisher.close());
    await publisher.started;
    const stopLoop = playInLoop(clip, publisher);
    whenDone(stopLoop);
    return {
      stop: async () => {
        stopLoop();
        publisher.close();
        const end = await publisher.closed;
        if (end?.code !== 'closed') throw new Error(`the publisher ended with ${end?.code}: ${end?.message}`);
      },
    };
  },
};
