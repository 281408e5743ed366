// A publisher under a test's control: it sends a clip, is lost without a message, returns, and sends another clip over
// the same connection. The clips were encoded before, so that the players have the processor.
import { readFile } from 'node:fs/promises';
import { parseFlvFile } from '../../server/flv/flv-file.ts';
import { type Clip, clipFrom, playInLoop } from '../../server/relay/clip-loop.ts';
import { RtmpPublisher } from '../../server/relay/rtmp-publisher.ts';
import { whenDone } from '../support/cleanup.ts';
import { makeSource } from '../support/ffmpeg.ts';
import type { GatewayProcess } from '../support/gateway-process.ts';
import { FRAMES_PER_SECOND, type Size } from './player.ts';
import { startRelay } from './tcp-relay.ts';

export type ScriptedPublisher = {
  /** Connects and sends from the clip's beginning, timestamps from 0. */
  readonly begin: (clip: Clip) => Promise<void>;
  /** Continues with another clip over the same connection: a second sequence header, continuing timestamps. */
  readonly change: (clip: Clip) => void;
  /** Resets the connection. */
  readonly vanish: () => void;
  /** Longest time between two messages since the last call, milliseconds: a busy machine delays the publisher. */
  readonly longestSilenceMs: () => number;
};

/** Longer than a player is watched, so that no clip starts again. */
const CLIP_S = 90;
const KEY_FRAME_EVERY_S = 2;

/** A moving picture and a tone; made once and kept. */
export async function makeClip({ width, height }: Size): Promise<Clip> {
  const video = {
    size: `${width}x${height}`,
    rate: FRAMES_PER_SECOND,
    gop: FRAMES_PER_SECOND * KEY_FRAME_EVERY_S,
  };
  const file = await makeSource('flv', { video, durationS: CLIP_S });
  return clipFrom(parseFlvFile(await readFile(file)));
}

/** Publishes nothing yet. */
export async function scriptedPublisher(
  gateway: GatewayProcess,
  streamName: string,
): Promise<ScriptedPublisher> {
  const relay = await startRelay(gateway.rtmpPort);
  let publisher: RtmpPublisher | undefined;
  let stopLoop = (): void => {};
  let nextTimestamp = 0;
  let sentAtMs = performance.now();
  let longestSilenceMs = 0;

  const play = (clip: Clip, to: RtmpPublisher): void => {
    const offset = nextTimestamp;
    const moved = (timestamp: number): number => {
      nextTimestamp = offset + timestamp + Math.ceil(1000 / FRAMES_PER_SECOND);
      const now = performance.now();
      longestSilenceMs = Math.max(longestSilenceMs, now - sentAtMs);
      sentAtMs = now;
      return offset + timestamp;
    };
    stopLoop = playInLoop(clip, {
      audio: (timestamp, body) => to.audio(moved(timestamp), body),
      video: (timestamp, body) => to.video(moved(timestamp), body),
      get unsentBytes() {
        return to.unsentBytes;
      },
    });
  };
  const stop = (): void => {
    stopLoop();
    publisher?.close();
  };
  whenDone(stop);

  return {
    begin: async (clip) => {
      const begun = new RtmpPublisher({ host: '127.0.0.1', port: relay.port, app: 'live', streamName });
      publisher = begun;
      await begun.started;
      nextTimestamp = 0;
      play(clip, begun);
    },
    change: (clip) => {
      if (publisher === undefined) throw new Error('nothing is published yet');
      stopLoop();
      play(clip, publisher);
    },
    vanish: () => {
      stopLoop();
      relay.cut();
    },
    longestSilenceMs: () => {
      const longest = longestSilenceMs;
      longestSilenceMs = 0;
      return longest;
    },
  };
}
