// What HLS requests came to, counted as they are answered: plain fields, because a busy gateway answers ten thousand a second.

export class HlsCounts {
  /** Answers that were there, by content. */
  readonly ready = { playlist: 0, media: 0, init: 0, captions: 0 };
  /** Answers that were not, by the reason. */
  readonly absent = { 'no-stream': 0, 'no-file': 0, 'not-yet': 0, 'bad-directive': 0, fault: 0 };
  /** Requests that wait for media now. */
  waiting = 0;
  /** Told how long each request waited, seconds; set by whoever draws a distribution. */
  onHoldEnd: ((seconds: number) => void) | undefined;

  /** A wait has ended: answered, or given up. */
  endHold(seconds: number): void {
    this.waiting -= 1;
    this.onHoldEnd?.(seconds);
  }
}
