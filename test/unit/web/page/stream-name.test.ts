import { describe, expect, it } from 'vitest';
import { isStreamName, streamNameFromPath } from '../../../../web/page/stream-name.ts';

describe('isStreamName', () => {
  it.each(['a', 'my-stream_01', 'A'.repeat(64)])('accepts %s', (name) => {
    expect(isStreamName(name)).toBe(true);
  });

  it.each(['', 'A'.repeat(65), 'a b', 'a/b', 'é', '../x', 'a\n', 'a.b'])('refuses %o', (name) => {
    expect(isStreamName(name)).toBe(false);
  });
});

describe('streamNameFromPath', () => {
  it.each([
    ['/watch/show', 'show'],
    ['/embed/show', 'show'],
    ['/watch/show/', 'show'],
    ['/tv/watch/show', 'show'],
    ['/watch/embed/watch', 'watch'],
    ['/watch/sho%77', 'show'],
  ])('finds the name in %s', (path, name) => {
    expect(streamNameFromPath(path)).toBe(name);
  });

  it.each([
    '/',
    '/watch',
    '/watch/',
    '/watch/a/b',
    '/watch/a%20b',
    '/watch/a%2Fb',
    '/watch/%',
    '/watch/%E0%A4%A',
  ])('finds none in %s', (path) => {
    expect(streamNameFromPath(path)).toBeUndefined();
  });
});
