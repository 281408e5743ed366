// Plays an FLV clip into a publisher at its own pace, again and again, with timestamps that go on.

import type { FlvTag } from '../flv/flv-file.ts';
import type { RtmpPublisher } from './rtmp-publisher.ts';

/** A clip ready to loop: its media in order, and its length in milliseconds. */
export type Clip = { readonly tags: readonly FlvTag[]; readonly durationMs: number };

/** Sent ahead of the clock by at most this much: one timer tick. */
const TICK_MS = 10;
/** Codec configuration is a tag like any other; packet type 0 marks it (FLV annex E.4). */
const CONFIG_PACKET = 0;

/** The clip's length counts the last frame too: the video's last step is taken as its duration. */
export function clipFrom(tags: readonly FlvTag[]): Clip {
  const media = tags.filter((tag) => tag.kind !== 'script');
  const video = media.filter((tag) => tag.kind === 'video' && tag.body[1] !== CONFIG_PACKET);
  const frames = video.length > 1 ? video : media;
  const first = frames[0]?.timestamp ?? 0;
  const last = frames.at(-1)?.timestamp ?? 0;
  const durationMs =
    frames.length > 1 ? Math.round(((last - first) * frames.length) / (frames.length - 1)) : 0;
  return { tags: media, durationMs };
}

/** Starts playing; the publisher must have started. @returns a function that stops */
export function playInLoop(clip: Clip, publisher: Pick<RtmpPublisher, 'audio' | 'video'>): () => void {
  const startedAt = performance.now();
  let index = 0;
  let round = 0;
  const timer = setInterval(() => {
    const elapsed = performance.now() - startedAt;
    for (;;) {
      const tag = clip.tags[index];
      if (tag === undefined) return;
      const time = tag.timestamp + round * clip.durationMs;
      if (time > elapsed) return;
      if (tag.kind === 'video') publisher.video(time, tag.body);
      else publisher.audio(time, tag.body);
      index += 1;
      if (index < clip.tags.length) continue;
      index = 0;
      round += 1;
    }
  }, TICK_MS);
  return () => clearInterval(timer);
}
