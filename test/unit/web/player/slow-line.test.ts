// Distinguishes a line that is too slow from a streamer that sends nothing, and from one short pause.
import { describe, expect, it } from 'vitest';
import { SlowLine, type SlowLineFacts } from '../../../../web/player/slow-line.ts';

const PLAYING: SlowLineFacts = { isWaiting: false, missingMs: 200, isThroughputLow: false };
const STARVED: SlowLineFacts = { isWaiting: true, missingMs: 3_000, isThroughputLow: true };

class Viewer {
  readonly #line = new SlowLine();
  #nowMs = 0;

  /** Checks four times a second; returns the last verdict. */
  see(seconds: number, facts: SlowLineFacts): string {
    let verdict = '';
    for (let look = 0; look < seconds * 4; look += 1) {
      this.#nowMs += 250;
      verdict = this.#line.look(this.#nowMs, facts);
    }
    return verdict;
  }

  rest(seconds: number): void {
    this.#nowMs += seconds * 1_000;
  }
}

describe('a line', () => {
  it('that stops the picture again and again is too slow, and after a minute a calmer way is offered', () => {
    const viewer = new Viewer();
    const verdicts: string[] = [];
    for (let round = 0; round < 10; round += 1) {
      viewer.see(3, PLAYING);
      verdicts.push(viewer.see(6, STARVED));
    }
    expect(verdicts.slice(0, 6)).toEqual(Array(6).fill('slow'));
    expect(verdicts.at(-1)).toBe('offer');
  });

  it('is not to blame for one short pause', () => {
    const viewer = new Viewer();
    viewer.see(10, PLAYING);
    expect(viewer.see(3, STARVED)).toBe('fine');
  });

  it('is not to blame while the server has nothing new', () => {
    expect(new Viewer().see(60, { ...STARVED, missingMs: 200 })).toBe('fine');
  });

  it('is not to blame for a player that waits although media come fast', () => {
    expect(new Viewer().see(60, { ...STARVED, isThroughputLow: false })).toBe('fine');
  });

  it('is forgiven once the picture goes on for a while', () => {
    const viewer = new Viewer();
    expect(viewer.see(10, STARVED)).toBe('slow');
    expect(viewer.see(10, PLAYING)).toBe('slow');
    expect(viewer.see(11, PLAYING)).toBe('fine');
  });

  it('is judged anew after a rest', () => {
    const viewer = new Viewer();
    viewer.see(30, STARVED);
    viewer.rest(3_600);
    expect(viewer.see(1, STARVED)).toBe('fine');
  });
});
