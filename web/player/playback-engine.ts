// What the player needs from whatever really plays: hls.js over Media Source Extensions, or the browser's
// own HLS where there is nothing else.
import type { StartAt } from './start-at.ts';
import type { PlayableRange } from './time-shift.ts';

/** Why an engine cannot go on by itself. */
export type EngineFailure =
  | { readonly kind: 'broken'; readonly detail: string } // start afresh
  // What is listed cannot follow what is played: start afresh now, so far behind live for who watches behind live.
  | { readonly kind: 'replaced'; readonly detail: string; readonly behindS?: number }
  | { readonly kind: 'unsupported'; readonly codec: string | undefined }; // starting afresh would not help

/** One attached source, from load to destroy. */
export type PlaybackEngine = {
  /** The server's clock (PROGRAM-DATE-TIME) at the picture now shown, milliseconds since the Unix epoch. */
  readonly playingEpochMs: () => number | undefined;
  /** How far playback is behind where it should be, in milliseconds; undefined while unknown. */
  readonly behindMs: () => number | undefined;
  /** What can be played now; undefined while unknown. */
  readonly playableRange: () => PlayableRange | undefined;
  /** Whether the source has said that it is over (EXT-X-ENDLIST). */
  readonly hasEnded: () => boolean;
  readonly jumpToLive: () => void;
  /** Whether playback can go on behind the live position without waiting for media. */
  readonly canJump: () => boolean;
  /** What the source lists beyond what is buffered, in milliseconds; undefined while unknown. */
  readonly missingMs: () => number | undefined;
  /** Media come more slowly than they play. */
  readonly isThroughputLow: () => boolean;
  /** To be called a few times a second while playing: plays a little faster or slower towards the target. */
  readonly keepUp: () => void;
  /** The stream goes on or is over: asks for news at once, unless it came just now, instead of at the next poll. */
  readonly refresh: () => void;
  readonly destroy: () => void;
};

/** The part of it that shows where playback stands. */
export type EngineView = Pick<PlaybackEngine, 'playingEpochMs' | 'behindMs' | 'playableRange'>;

export type EngineOptions = {
  readonly video: HTMLVideoElement;
  /** Absolute address of the multivariant playlist. */
  readonly url: string;
  readonly startAt: StartAt;
  /** Three segments behind live, instead of as near to it as the source allows. */
  readonly isStable: () => boolean;
  readonly onFailure: (failure: EngineFailure) => void;
};

/** Loads the right engine for this browser and attaches the source. Rejects when its code cannot be fetched. */
export async function createEngine(options: EngineOptions): Promise<PlaybackEngine> {
  // Chromium answers "maybe" to native HLS and plays it worse: hls.js wherever there is a media source.
  if ('MediaSource' in window || 'ManagedMediaSource' in window) {
    const { createHlsEngine } = await import('./hls-engine.ts');
    return createHlsEngine(options);
  }
  const { createNativeEngine } = await import('./native-engine.ts');
  return createNativeEngine(options);
}

/** Fetches the engine's code ahead of need, so that `live` and the first picture are closer together. */
export function warmUpEngine(): void {
  if ('MediaSource' in window || 'ManagedMediaSource' in window) {
    void import('./hls-engine.ts').catch(() => undefined); // createEngine tries again and reports
  }
}
