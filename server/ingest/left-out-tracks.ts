// A track that cannot be played is left out; only a source of which nothing can be played is ended, with the reason.

import type { MonotonicClock } from '../clock.ts';
import type { GatewayError } from '../errors.ts';
import type { MediaDrops } from '../media/drops.ts';
import type { TrackKind } from '../media/track.ts';

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
  readonly #onLeftOut: (kind: TrackKind, error: GatewayError) => void;
  readonly #clock: MonotonicClock;
  readonly #tracks: Record<TrackKind, LeftOut | undefined> = { video: undefined, audio: undefined };

  constructor(
    drops: MediaDrops,
    onLeftOut: (kind: TrackKind, error: GatewayError) => void,
    clock: MonotonicClock,
  ) {
    this.#clock = clock;
    this.#drops = drops;
    this.#onLeftOut = onLeftOut;
  }

  /**
   * One message of a track that cannot be played. `other` says of the other track whether it plays, may still come, or was
   * ruled out by the source's metadata. Throws `error` when nothing can be played.
   */
  note(kind: TrackKind, error: GatewayError, timestamp: number, other: 'plays' | 'may-come' | 'never'): void {
    this.#drops.leftOut += 1;
    const known = this.#tracks[kind];
    const track =
      known?.error.code === error.code
        ? known
        : { error, since: timestamp, sinceMs: this.#clock.monotonicMs(), messages: 0 };
    track.messages += 1;
    if (track !== known) {
      this.#tracks[kind] = track;
      this.#drops.leftOutTracks[kind] = error.code;
      if (other === 'plays' || known === undefined) this.#onLeftOut(kind, error);
    }
    if (other === 'plays') return;
    const otherLeftOut = this.#tracks[kind === 'video' ? 'audio' : 'video'];
    const waitedMs = (timestamp - track.since) >>> 0;
    const isOver =
      waitedMs >= MAX_WAIT_MS || track.messages >= MAX_WAIT_MESSAGES || WAITED_FOR.has(error.code);
    if (otherLeftOut !== undefined || other === 'never' || isOver)
      throw kind === 'audio' ? (otherLeftOut?.error ?? error) : error;
  }

  /** Throws the reason when a source has sent nothing but a bad track for too long; for sources that fall silent. */
  check(): void {
    for (const track of [this.#tracks.video, this.#tracks.audio])
      if (track !== undefined && this.#clock.monotonicMs() - track.sinceMs >= MAX_WAIT_MS) throw track.error;
  }

  /** The track can be played after all. */
  clear(kind: TrackKind): void {
    if (this.#tracks[kind] === undefined) return;
    this.#tracks[kind] = undefined;
    delete this.#drops.leftOutTracks[kind];
  }
}
