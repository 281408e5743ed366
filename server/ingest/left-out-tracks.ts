// A track that cannot be played is left out; only a source of which nothing can be played is ended, with the reason.

import type { MonotonicClock } from '../clock.ts';
import type { GatewayError } from '../errors.ts';
import type { MediaDrops } from '../media/drops.ts';
import type { TrackId } from '../media/track.ts';

/** Tracks of one source start up to 3 s apart: after this much of a bad one no other is waited for. */
const MAX_WAIT_MS = 3_000;
/** The same in messages, for clocks that stand still: 10 s at 50 messages a second. */
const MAX_WAIT_MESSAGES = 500;

/** These are only said after a wait of their own. */
const WAITED_FOR: ReadonlySet<string> = new Set(['no_config', 'no_keyframe', 'damaged_video']);

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
   * One message of a track that cannot be played. `others` says of the other tracks whether one plays, may still come, or was
   * ruled out by the source's metadata. Throws `error` when nothing can be played.
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
      if (others === 'play' || known === undefined) this.#onLeftOut(id, error);
    }
    if (others === 'play') return;
    const waitedMs = (timestamp - track.since) >>> 0;
    const isOver =
      waitedMs >= MAX_WAIT_MS || track.messages >= MAX_WAIT_MESSAGES || WAITED_FOR.has(error.code);
    // The main picture and the main sound are both bad: no other track is waited for. The picture is what people look at.
    const [video, audio] = [this.#tracks.get('v0'), this.#tracks.get('a0')];
    if (video !== undefined && audio !== undefined) throw video.error;
    if (others === 'never' || isOver) throw error;
  }

  /** Whether `error` gives a track up after a wait, and `other` has been given up like this though its configuration is good. */
  areBothGivenUp(error: GatewayError, other: TrackId): boolean {
    const code = this.#tracks.get(other)?.error.code;
    return code !== undefined && WAITED_FOR.has(code) && WAITED_FOR.has(error.code);
  }

  /** Throws the reason when a source has sent nothing but bad tracks for too long; for sources that fall silent. */
  check(): void {
    for (const track of this.#tracks.values())
      if (this.#clock.monotonicMs() - track.sinceMs >= MAX_WAIT_MS) throw track.error;
  }

  /** The track can be played after all. */
  clear(id: TrackId): void {
    if (this.#tracks.delete(id)) delete this.#drops.leftOutTracks[id];
  }
}
