// Leaves out tracks that cannot be played. Ends a source if nothing of it can be played.

import type { MonotonicClock } from '../clock.ts';
import type { GatewayError } from '../errors.ts';
import type { MediaDrops } from '../media/drops.ts';
import type { TrackId } from '../media/track.ts';

/** Tracks of one source start up to 3 s apart: after this much of a bad one, no other track is awaited. */
const MAX_WAIT_MS = 3_000;
/** The same in messages, for clocks that stop: 10 s at 50 messages a second. */
const MAX_WAIT_MESSAGES = 500;

/** Errors that already follow a wait. */
const WAITED_FOR: ReadonlySet<string> = new Set(['no_config', 'no_keyframe', 'damaged_video']);

/** Whether the track already had time to recover, so that one more sample of it proves nothing. */
export function isGivenUp(error: GatewayError): boolean {
  return WAITED_FOR.has(error.code);
}

type LeftOut = {
  readonly error: GatewayError;
  readonly since: number;
  readonly sinceMs: number;
  messages: number;
};

export class LeftOutTracks {
  readonly #drops: MediaDrops;
  readonly #onLeftOut: (id: TrackId, error: GatewayError) => void;
  readonly #clock: MonotonicClock;
  readonly #tracks = new Map<TrackId, LeftOut>();
  /** Track and reason: a track that plays again and again is told once. */
  readonly #told = new Set<string>();

  constructor(
    drops: MediaDrops,
    onLeftOut: (id: TrackId, error: GatewayError) => void,
    clock: MonotonicClock,
  ) {
    this.#clock = clock;
    this.#drops = drops;
    this.#onLeftOut = onLeftOut;
  }

  /**
   * One message of a track that cannot be played. `others`: whether another track plays, may still
   * arrive, or is excluded by the source's metadata. Throws `error` when nothing can be played.
   */
  note(id: TrackId, error: GatewayError, timestamp: number, others: 'play' | 'may-come' | 'never'): void {
    this.#drops.leftOut += 1;
    const known = this.#tracks.get(id);
    const track =
      known?.error.code === error.code
        ? known
        : { error, since: timestamp, sinceMs: this.#clock.monotonicMs(), messages: 0 };
    track.messages += 1;
    if (track !== known) {
      this.#tracks.set(id, track);
      this.#drops.leftOutTracks[id] = error.code;
      if (others === 'play' || known === undefined) this.#tell(id, error);
    }
    if (others === 'play') return;
    const waitedMs = (timestamp - track.since) >>> 0;
    const isOver = waitedMs >= MAX_WAIT_MS || track.messages >= MAX_WAIT_MESSAGES || isGivenUp(error);
    // Main picture and main sound are both bad: no other track is awaited. Report the picture's error.
    const [video, audio] = [this.#tracks.get('v0'), this.#tracks.get('a0')];
    if (video !== undefined && audio !== undefined) throw video.error;
    if (others === 'never' || isOver) throw error;
  }

  #tell(id: TrackId, error: GatewayError): void {
    const what = `${id} ${error.code}`;
    if (this.#told.has(what)) return;
    this.#told.add(what);
    this.#onLeftOut(id, error);
  }

  /** Whether `error` follows a wait, and `other` failed after a wait too although its configuration is good. */
  areBothGivenUp(error: GatewayError, other: TrackId): boolean {
    const track = this.#tracks.get(other);
    return track !== undefined && isGivenUp(track.error) && isGivenUp(error);
  }

  /** Throws the reason if a source has had only bad tracks for too long; also for sources that fall silent. */
  check(): void {
    for (const track of this.#tracks.values())
      if (this.#clock.monotonicMs() - track.sinceMs >= MAX_WAIT_MS) throw track.error;
  }

  /** A sample of the track came after messages that cannot be played: so the track plays, unless it was given up after a wait. */
  notePassed(id: TrackId): void {
    const track = this.#tracks.get(id);
    if (track !== undefined && !isGivenUp(track.error)) this.clear(id);
  }

  /** The track can be played after all. */
  clear(id: TrackId): void {
    if (this.#tracks.delete(id)) delete this.#drops.leftOutTracks[id];
  }
}
