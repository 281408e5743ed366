// Plays an FLV clip into a publisher in real time, in a loop, with continuous timestamps.

import { systemClock } from '../clock.ts';
import type { FlvTag } from '../flv/flv-file.ts';
import { type Guard, guarded } from '../guard.ts';
import { type Logger, silentLogger } from '../log.ts';
import type { RtmpPublisher } from './rtmp-publisher.ts';

/** A clip to loop: its media in order, and its length in milliseconds. */
export type Clip = { readonly tags: readonly FlvTag[]; readonly durationMs: number };

const TICK_MS = 10;
/** After a longer delay (a machine that slept) the clip skips instead of catching up, as encoders do. */
const MAX_CATCH_UP_MS = 1_000;
/** Above this many unsent bytes the clip waits: two seconds at 4 Mbit/s. */
const MAX_UNSENT_BYTES = 1024 * 1024;
/** RTMP's timestamps have 32 bits (RTMP 1.0 clause 5.3.1). */
const TIMESTAMP_RANGE_MS = 2 ** 32;
/** A tag with packet type 0 has the codec configuration (FLV annex E.4). */
const CONFIG_PACKET = 0;

/**
 * Media moved to time 0. The last frame of a track gets the mean duration of its frames. The clip is as long as the longer
 * track, so that no track goes back in time when the clip repeats.
 */
export function clipFrom(tags: readonly FlvTag[]): Clip {
  const media = tags.filter((tag) => tag.kind !== 'script');
  const first = media.reduce((least, tag) => Math.min(least, tag.timestamp), media[0]?.timestamp ?? 0);
  const moved = media.map((tag) => ({ ...tag, timestamp: tag.timestamp - first }));
  return { tags: moved, durationMs: Math.max(endOf(moved, 'video'), endOf(moved, 'audio')) };
}

/** When the last frame of a track ends; 0 if there are too few frames. */
function endOf(tags: readonly FlvTag[], kind: FlvTag['kind']): number {
  const frames = tags.filter((tag) => tag.kind === kind && tag.body[1] !== CONFIG_PACKET);
  const first = frames[0]?.timestamp ?? 0;
  const last = frames.at(-1)?.timestamp ?? 0;
  return frames.length > 1 ? Math.round(last + (last - first) / (frames.length - 1)) : 0;
}

/**
 * Plays at the clock's pace, and waits while the network is behind; the publisher must have started.
 * A clip without duration is not played. @returns a function that stops
 */
export function playInLoop(
  clip: Clip,
  publisher: Pick<RtmpPublisher, 'audio' | 'video' | 'unsentBytes'>,
  options: { readonly log?: Pick<Logger, 'error'> } = {},
): () => void {
  let mediaMs = 0;
  let index = 0;
  let round = 0;
  let lastTickAt = systemClock.monotonicMs();
  const tick = (): void => {
    const nowMs = systemClock.monotonicMs();
    const stepMs = Math.min(nowMs - lastTickAt, MAX_CATCH_UP_MS);
    lastTickAt = nowMs;
    if (publisher.unsentBytes > MAX_UNSENT_BYTES || clip.durationMs === 0) return;
    mediaMs += stepMs;
    for (;;) {
      const tag = clip.tags[index];
      if (tag === undefined) return;
      const time = tag.timestamp + round * clip.durationMs;
      if (time > mediaMs) return;
      if (tag.kind === 'video') publisher.video(time % TIMESTAMP_RANGE_MS, tag.body);
      else publisher.audio(time % TIMESTAMP_RANGE_MS, tag.body);
      index += 1;
      if (index < clip.tags.length) continue;
      index = 0;
      round += 1;
    }
  };
  const guard: Guard = { log: options.log ?? silentLogger, close: () => clearInterval(timer) };
  const timer = setInterval(guarded(guard, tick), TICK_MS);
  return () => clearInterval(timer);
}
