// The canary's encoder, in its own process, so that a busy attacker does not delay its media. `canary-publisher.ts PORT`
// publishes until its input ends.

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
// Closed by this side when the input ended: no fault.
if (!process.stdin.readableEnded) throw fault ?? new Error('the connection was closed');
