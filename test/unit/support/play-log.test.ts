// What the continuity runs derive from repeated checks of a page's video.
import { expect, it } from 'vitest';
import { PlayLog } from '../../continuity/play-log.ts';

const look = (atMs: number, pictures: number, source = 'a') => ({
  atMs,
  pictures,
  source,
  currentTime: atMs / 1000,
  width: 640,
});

it('counts the pictures of the last seconds', () => {
  expect(
    new PlayLog([look(0, 0), look(1000, 500), look(2000, 525), look(3000, 550)]).picturesPerSecond(2),
  ).toBe(25);
});

it('counts a new source from zero', () => {
  const looks = [look(0, 100), look(1000, 125), look(1500, 0, 'b'), look(2000, 25, 'b')];
  expect(new PlayLog(looks).picturesPerSecond(2)).toBe(25);
});

it('counts a source that starts again under the same address from zero', () => {
  expect(new PlayLog([look(0, 100), look(1000, 0), look(2000, 30)]).picturesPerSecond(2)).toBe(15);
});

it('gives zero where there is nothing to compare', () => {
  expect(new PlayLog([look(0, 100)]).picturesPerSecond(2)).toBe(0);
  expect(new PlayLog([]).picturesPerSecond(2)).toBe(0);
});
