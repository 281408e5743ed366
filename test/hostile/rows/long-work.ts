// Row S6: small input that causes much work. The oracle judges the event loop.

import { AVC_720P } from '../../cases/avc-configs.ts';
import type { EncoderScript } from '../../cases/rtmp-script.ts';
import { AUDIO_CONFIG, configured, framesAt, steps, VIDEO_CONFIG, videoFrame } from '../media-bytes.ts';
import { RawPublisher } from '../raw-publisher.ts';
import type { Scenario, Scene } from '../scenario.ts';

const TINY_SOUND = Buffer.of(0xaf, 1, 0x21);
const OTHER_CONFIG = Buffer.concat([Buffer.from('1700000000', 'hex'), AVC_720P.record]);
const TAKEN_WITHIN_MS = 60_000;
const PING = Buffer.from('02000000000006040000000000060000002a', 'hex');
const PONG = Buffer.from('00070000002a', 'hex');

type Work = { readonly what: string; readonly bytes: (script: EncoderScript) => Buffer };

const many = (count: number, say: (at: number) => Buffer): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, at) => say(at)));

/** A configuration and its key frame, 1 ms after the previous one. */
const runs = (script: EncoderScript, count: number): Buffer =>
  many(count, (at) =>
    Buffer.concat([
      script.video(at, at % 2 === 0 ? VIDEO_CONFIG : OTHER_CONFIG),
      script.video(at, videoFrame(4, true)),
    ]),
  );

const WORKS: readonly Work[] = [
  { what: '800 configurations with a key frame each, 1 ms apart', bytes: (script) => runs(script, 800) },
  { what: '3 000 configurations with a key frame each, 1 ms apart', bytes: (script) => runs(script, 3_000) },
  {
    what: '3 000 configurations of sound beside a key frame each, 1 ms apart',
    bytes: (script) =>
      many(3_000, (at) =>
        Buffer.concat([
          ...(at === 0 ? [script.video(0, VIDEO_CONFIG)] : []),
          script.audio(
            at,
            Buffer.concat([Buffer.of(0xaf, 0), Buffer.from(at % 2 === 0 ? '1210' : '1190', 'hex')]),
          ),
          script.video(at, videoFrame(4, true)),
        ]),
      ),
  },
  {
    what: '60 000 sounds of one byte while a picture is awaited',
    bytes: (script) => Buffer.concat([configured(script), many(60_000, () => script.audio(0, TINY_SOUND))]),
  },
  {
    what: '60 000 sounds of one byte and a moving clock while a picture is awaited',
    bytes: (script) =>
      Buffer.concat([
        configured(script),
        many(60_000, (at) => script.audio(Math.floor(at / 100), TINY_SOUND)),
      ]),
  },
  {
    what: '60 000 sounds of one byte ahead of 400 pictures',
    bytes: (script) =>
      Buffer.concat([
        configured(script),
        framesAt(script, steps(0, 60)),
        many(60_000, (at) => script.audio(2_400 + (at % 3_000), TINY_SOUND)),
        many(400, (at) => script.video(2_400 + at, videoFrame(4, at % 25 === 0))),
      ]),
  },
  {
    what: '200 000 messages of four bytes: pictures at time 0 that nothing can decode',
    bytes: (script) =>
      Buffer.concat([
        script.video(0, VIDEO_CONFIG),
        many(200_000, () => script.audio(0, Buffer.of(0xaf, 1, 0, 0))),
      ]),
  },
  {
    what: '200 000 sounds of four bytes at time 0 behind both configurations',
    bytes: (script) =>
      Buffer.concat([configured(script), many(200_000, () => script.audio(0, Buffer.of(0xaf, 1, 0, 0)))]),
  },
  {
    what: '100 000 plain pictures of ten bytes before the first key frame, sound beside them',
    bytes: (script) =>
      Buffer.concat([
        configured(script),
        many(100_000, (at) =>
          at % 2 === 0 ? script.video(at % 900, videoFrame(1)) : script.audio(at % 900, TINY_SOUND),
        ),
      ]),
  },
  {
    what: '100 000 sounds of one byte that no run has a track for',
    bytes: (script) =>
      Buffer.concat([
        script.video(0, VIDEO_CONFIG),
        many(100, (at) => script.video(at * 40, videoFrame(50, at % 50 === 0))),
        script.audio(4_000, AUDIO_CONFIG),
        many(100_000, () => script.audio(4_000, TINY_SOUND)),
      ]),
  },
  {
    what: '2 000 jumps of an hour, a key frame each',
    bytes: (script) =>
      Buffer.concat([
        configured(script),
        framesAt(script, steps(0, 60)),
        many(2_000, (at) => script.video((at * 3_600_000) >>> 0, videoFrame(4, true))),
      ]),
  },
  {
    what: 'a key frame of one NAL unit of one byte, 60 000 times at one time',
    bytes: (script) =>
      Buffer.concat([configured(script), many(60_000, () => script.video(0, videoFrame(1, true)))]),
  },
  {
    what: '20 000 key frames of some bytes, ten seconds apart: fifty parts each',
    bytes: (script) =>
      Buffer.concat([
        script.video(0, VIDEO_CONFIG),
        many(20_000, (at) => script.video(at * 10_000, videoFrame(4, true))),
      ]),
  },
];

/** Written at full speed; then a ping is answered, or the publisher was ended with a code. */
async function work(scene: Scene, { bytes }: Work): Promise<void> {
  const publisher = new RawPublisher(scene.gateway, scene.newName(), scene.newAddress());
  if (!(await publisher.start())) return scene.fault('the publisher was refused');
  const said = bytes(publisher.script);
  const startedAt = performance.now();
  await publisher.say(Buffer.concat([said, PING]));
  const { peer } = publisher;
  const isTaken = await peer.until(() => peer.hasEnded || peer.heard().includes(PONG), TAKEN_WITHIN_MS);
  if (!isTaken) scene.fault(`it was not taken within ${TAKEN_WITHIN_MS / 1000} s`);
  const code = peer.hasEnded ? await publisher.untilEnded() : undefined;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  scene.figure(`${said.length} bytes in ${seconds} s, ${code === undefined ? 'taken' : `ended by ${code}`}`);
  await publisher.stop();
}

export const LONG_WORK_SCENARIOS: readonly Scenario[] = WORKS.map((each) => ({
  row: 'S6',
  what: each.what,
  setup: 'plain' as const,
  play: (scene) => work(scene, each),
}));
