// Whether a reloaded playlist continues the previous one. If not, it is another stream: its media has another timeline,
// and a player that continued would guess where to place it.

/** Compares the media sequence numbers of a playlist's reloads (RFC 8216bis clause 6.2.1). */
export class PlaylistContinuity {
  #startMsn: number | undefined;
  #endMsn = 0;

  /** Call this with every playlist. True when it shares no segment with the last one and does not follow it either. */
  isBroken(startMsn: number, endMsn: number): boolean {
    const isKnown = this.#startMsn !== undefined;
    const goesOn = startMsn <= this.#endMsn + 1 && startMsn >= (this.#startMsn ?? startMsn);
    this.#startMsn = startMsn;
    this.#endMsn = endMsn;
    return isKnown && !goesOn;
  }
}
