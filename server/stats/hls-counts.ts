// Counts answers to HLS requests in plain fields, because a busy gateway answers ten thousand a second.

export class HlsCounts {
  /** Successful answers, by content. */
  readonly ready = { playlist: 0, media: 0, init: 0, captions: 0 };
  /** Other answers, by reason. */
  readonly absent = { 'no-stream': 0, test: 0, 'no-file': 0, 'not-yet': 0, 'bad-directive': 0, fault: 0 };
  /** Requests that are waiting for media. */
  waiting = 0;
  /** Called with the seconds for which each request waited. */
  onHoldEnd: ((seconds: number) => void) | undefined;

  /** A waiting request was answered or given up. */
  endHold(seconds: number): void {
    this.waiting -= 1;
    this.onHoldEnd?.(seconds);
  }
}
