// The canary's encoder, a process of its own: whoever attacks is busy, and media that comes late is the attack's doing only
// when the gateway is late. `canary-publisher.ts PORT`; it publishes until its input ends.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseFlvFile } from '../../server/flv/flv-file.ts';
import { clipFrom, playInLoop } from '../../server/relay/clip-loop.ts';
import { RtmpPublisher } from '../../server/relay/rtmp-publisher.ts';
import { CANARY_NAME } from './marks.ts';

const CLIP = path.resolve(import.meta.dirname, '../../assets/demo.flv');

const clip = clipFrom(parseFlvFile(await readFile(CLIP)));
const publisher = new RtmpPublisher({
  host: '127.0.0.1',
  port: Number(process.argv[2]),
  app: 'live',
  streamName: CANARY_NAME,
});
await publisher.started;
const stopClip = playInLoop(clip, publisher);
process.stdin.resume().once('end', () => publisher.close());
const fault = await publisher.closed;
stopClip();
// Closed by us when the input ended: that is no fault.
if (!process.stdin.readableEnded) throw fault ?? new Error('the connection was closed');
