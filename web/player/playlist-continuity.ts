// Whether a reloaded playlist goes on where the one before it stopped. One that does not is another stream: its media
// lies on another timeline, and a player that carries on would place it by guessing.

/** Holds media sequence numbers of one playlist's reloads against each other (RFC 8216bis clause 6.2.1). */
export class PlaylistContinuity {
  #startMsn: number | undefined;
  #endMsn = 0;

  /** To be told of every playlist; true for one that has no segment in common with the last, nor follows it. */
  isBroken(startMsn: number, endMsn: number): boolean {
    const isKnown = this.#startMsn !== undefined;
    const goesOn = startMsn <= this.#endMsn + 1 && startMsn >= (this.#startMsn ?? startMsn);
    this.#startMsn = startMsn;
    this.#endMsn = endMsn;
    return isKnown && !goesOn;
  }
}
