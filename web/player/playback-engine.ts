// What the player needs from an engine: hls.js over Media Source Extensions, or the browser's own HLS where that is all
// there is.
import type { EngineFacts, Qualities } from './engine-facts.ts';
import type { LatencyMode } from './latency-mode.ts';
import type { StartAt } from './start-at.ts';
import type { PlayableRange } from './time-shift.ts';

/** Why an engine cannot continue by itself. */
export type EngineFailure =
  | { readonly kind: 'broken'; readonly detail: string } // load again
  // The listed media cannot follow the played media: load again now. A viewer behind live continues `behindS` behind
  // live.
  | { readonly kind: 'replaced'; readonly detail: string; readonly behindS?: number }
  | { readonly kind: 'denied' } // the token is missing or no longer valid: only another one helps
  | { readonly kind: 'unsupported'; readonly codec: string | undefined }; // a new load would not help

/** One attached source, from load to destroy. */
export type PlaybackEngine = {
  /** The server's clock (PROGRAM-DATE-TIME) at the current picture, milliseconds since the Unix epoch. */
  readonly playingEpochMs: () => number | undefined;
  /** How far playback is behind its target, in milliseconds; undefined while unknown. */
  readonly behindMs: () => number | undefined;
  /** What can be played now; undefined while unknown. */
  readonly playableRange: () => PlayableRange | undefined;
  /** Whether the source has said that it is over (EXT-X-ENDLIST). */
  readonly hasEnded: () => boolean;
  readonly jumpToLive: () => void;
  /** Whether playback can continue at the live position without a wait for media. */
  readonly canJump: () => boolean;
  /** How much more the source lists than is buffered, in milliseconds; undefined while unknown. */
  readonly missingMs: () => number | undefined;
  /** Media arrives more slowly than it plays. */
  readonly isThroughputLow: () => boolean;
  /** Call this a few times a second while playing: plays slightly faster or slower towards the target. */
  readonly keepUp: () => void;
  /** The stream goes on or is over: loads the playlist now instead of at the next poll, unless it has just arrived. */
  readonly refresh: () => void;
  /** For statistics: what it loads, and how. */
  readonly facts: () => EngineFacts;
  readonly qualities: () => Qualities;
  /** Undefined: the engine chooses. */
  readonly chooseQuality: (id: number | undefined) => void;
  readonly destroy: () => void;
};

/** The read-only part that shows the position. */
export type EngineView = Pick<
  PlaybackEngine,
  'playingEpochMs' | 'behindMs' | 'playableRange' | 'facts' | 'qualities' | 'chooseQuality'
>;

export type EngineOptions = {
  readonly video: HTMLVideoElement;
  /** Absolute address of the multivariant playlist. */
  readonly url: string;
  readonly startAt: StartAt;
  /** How far behind live to play. Called again and again. */
  readonly latencyMode: () => LatencyMode;
  readonly onFailure: (failure: EngineFailure) => void;
};

/** Attaches a source to its video. */
export type CreateEngine = (options: EngineOptions) => PlaybackEngine;

/** Loads the right engine for this browser. Rejects when its code cannot be fetched. */
export async function loadEngine(): Promise<CreateEngine> {
  // Chromium answers "maybe" for native HLS and plays it worse: use hls.js wherever there is a media source.
  if ('MediaSource' in window || 'ManagedMediaSource' in window)
    return (await import('./hls-engine.ts')).createHlsEngine;
  return (await import('./native-engine.ts')).createNativeEngine;
}

/** Fetches the engine's code early, so that the first picture follows `live` sooner. */
export function warmUpEngine(): void {
  if ('MediaSource' in window || 'ManagedMediaSource' in window) {
    void import('./hls-engine.ts').catch(() => undefined); // loadEngine tries again and reports the error
  }
}
