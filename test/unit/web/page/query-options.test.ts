import { describe, expect, it } from 'vitest';
import { parseQueryOptions } from '../../../../web/page/query-options.ts';

describe('parseQueryOptions', () => {
  it('lets the watch page play by itself, with sound', () => {
    expect(parseQueryOptions('watch', '')).toEqual({
      ...{
        autoplay: true,
        muted: false,
        controls: true,
        keyboard: true,
        playsInline: true,
        pip: true,
        sound: true,
      },
      ...{ dvr: true, stats: false, branding: true, api: true, title: true, theme: 'auto', fit: 'contain' },
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
      ...parseQueryOptions('watch', ''),
      autoplay: false,
      keyboard: false,
    });
  });

  it('takes the first meaningful value of a repeated name', () => {
    expect(parseQueryOptions('watch', '?muted=perhaps&muted=1&muted=0').muted).toBe(true);
  });

  it.each([
    ['playsinline=0', { playsInline: false }],
    ['pip=0', { pip: false }],
    ['sound=0', { sound: false, muted: true }],
    ['sound=0&muted=0', { sound: false, muted: true }],
    ['dvr=off', { dvr: false }],
    ['stats', { stats: true }],
    ['branding=no', { branding: false }],
    ['api=0', { api: false }],
    ['title=0', { title: false }],
    ['title=Big%20<b>show', { title: 'Big <b>show' }],
    ['poster=pictures/a.jpg', { poster: 'pictures/a.jpg' }],
    ['accent=ff8800', { accent: { accent: '#ff8800', ink: '#000000' } }],
    ['accent=%23F80', { accent: { accent: '#ff8800', ink: '#000000' } }],
    ['theme=LIGHT', { theme: 'light' }],
    ['lang=pt-BR', { lang: 'pt-BR' }],
    ['captions', { captions: true }],
    ['captions=CC2', { captions: 'CC2' }],
    ['captions=0', { captions: false }],
    ['quality=720p', { quality: 720 }],
    ['quality=480', { quality: 480 }],
    ['latency=max', { latency: 'max' }],
    ['latency=stable', { latency: 'max' }],
    ['t=-30', { startBehindS: 30 }],
    ['t=-2m', { startBehindS: 120 }],
    ['t=-1H', { startBehindS: 3600 }],
    ['fit=cover', { fit: 'cover' }],
    ['origin=https://example.org', { origin: 'https://example.org' }],
    ['origin=https://example.org/a/page', { origin: 'https://example.org' }],
  ] as const)('reads %s', (query, expected) => {
    expect(parseQueryOptions('embed', `?${query}`)).toEqual({
      ...parseQueryOptions('embed', ''),
      ...expected,
    });
  });

  it.each([
    'accent=red',
    'accent=000000',
    'theme=blue',
    'lang=%22%3E',
    'quality=best',
    'latency=0',
    't=30',
    't=-x',
    'fit=fill',
    'origin=null',
    'origin=data:text/html,x',
    'poster=',
    'title',
  ])('keeps the default for %s', (query) => {
    expect(parseQueryOptions('embed', `?${query}`)).toEqual(parseQueryOptions('embed', ''));
  });

  it('cuts a title that would cover the picture', () => {
    expect(parseQueryOptions('embed', `?title=${'x'.repeat(500)}`).title).toHaveLength(100);
  });
});
