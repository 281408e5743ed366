// Presses on the picture: the sound first, a pause only for a single click, and full screen once for a double click.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { PicturePress, type Press } from '../../../../web/stage/picture-press.ts';

const MOUSE: Press = { isMouse: true, count: 1, lacksSound: false, isBare: false };

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

function pressing(): { readonly done: string[]; readonly press: (press: Partial<Press>) => void } {
  const done: string[] = [];
  const picture = new PicturePress({
    unmute: () => done.push('unmute'),
    toggle: () => done.push('toggle'),
    fullscreen: () => done.push('fullscreen'),
  });
  return { done, press: (press) => picture.press({ ...MOUSE, ...press }) };
}

describe('a press on the picture', () => {
  it('plays or pauses, once it is known to be a single one', () => {
    const { done, press } = pressing();
    press({});
    expect(done).toEqual([]);
    vi.runAllTimers();
    expect(done).toEqual(['toggle']);
  });

  it('that is one of two fills the screen once, and pauses nothing', () => {
    const { done, press } = pressing();
    press({ count: 1 });
    press({ count: 2 });
    vi.runAllTimers();
    expect(done).toEqual(['fullscreen']);
  });

  it('that is one of three fills the screen once as well', () => {
    const { done, press } = pressing();
    for (const count of [1, 2, 3]) press({ count });
    vi.runAllTimers();
    expect(done).toEqual(['fullscreen']);
  });

  it('that comes late for a double click takes the pause back', () => {
    const { done, press } = pressing();
    press({ count: 1 });
    vi.runAllTimers();
    press({ count: 2 });
    expect(done).toEqual(['toggle', 'toggle', 'fullscreen']);
  });

  it.each([true, false])('brings the sound and pauses nothing (mouse: %s)', (isMouse) => {
    const { done, press } = pressing();
    press({ isMouse, lacksSound: true });
    vi.runAllTimers();
    expect(done).toEqual(['unmute']);
  });

  it('of a finger does nothing else, unless there are no controls', () => {
    const { done, press } = pressing();
    press({ isMouse: false });
    press({ isMouse: false, count: 2 });
    vi.runAllTimers();
    expect(done).toEqual([]);
    press({ isMouse: false, isBare: true });
    vi.runAllTimers();
    expect(done).toEqual(['toggle']);
  });
});
