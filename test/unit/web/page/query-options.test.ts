import { describe, expect, it } from 'vitest';
import { parseQueryOptions } from '../../../../web/page/query-options.ts';

describe('parseQueryOptions', () => {
  it('lets the watch page play by itself, with sound', () => {
    expect(parseQueryOptions('watch', '')).toEqual({
      autoplay: true,
      muted: false,
      controls: true,
      keyboard: true,
      stats: false,
    });
  });

  it('lets an embed wait for a click', () => {
    expect(parseQueryOptions('embed', '')).toMatchObject({ autoplay: false, muted: false });
  });

  it.each([
    ['?autoplay=1', true, true],
    ['?autoplay', true, true],
    ['?autoplay=1&muted=0', true, false],
    ['?autoplay=1&muted=maybe', true, true],
    ['?muted=1', false, true],
    ['?autoplay=0&muted=1', false, true],
    ['?autoplay=0', false, false],
  ])('reads an embed with %s as autoplay %s, muted %s', (search, autoplay, muted) => {
    expect(parseQueryOptions('embed', search)).toMatchObject({ autoplay, muted });
  });

  it.each(['', '1', 'true', 'yes', 'on', 'TRUE', 'Yes', '%20on%20'])('takes %o as on', (value) => {
    expect(parseQueryOptions('watch', `?muted=${value}`).muted).toBe(true);
  });

  it.each(['0', 'false', 'no', 'off', 'FALSE', 'Off'])('takes %o as off', (value) => {
    expect(parseQueryOptions('watch', `?controls=${value}`).controls).toBe(false);
  });

  it('leaves the default for a value that means nothing', () => {
    expect(parseQueryOptions('watch', '?controls=2&autoplay=none&keyboard=x')).toMatchObject({
      controls: true,
      autoplay: true,
      keyboard: true,
      stats: false,
    });
  });

  it('ignores the case of names, and names it does not know', () => {
    expect(parseQueryOptions('watch', '?AutoPlay=0&KEYBOARD=no&colour=red&__proto__=1')).toEqual({
      autoplay: false,
      muted: false,
      controls: true,
      keyboard: false,
      stats: false,
    });
  });

  it('takes the first meaningful value of a repeated name', () => {
    expect(parseQueryOptions('watch', '?muted=perhaps&muted=1&muted=0').muted).toBe(true);
  });
});
