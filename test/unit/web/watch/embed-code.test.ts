// The embed code says only what differs from the player's defaults, and does what it says.
import { expect, it } from 'vitest';
import { parseQueryOptions } from '../../../../web/page/query-options.ts';
import { embedAddress, embedCode } from '../../../../web/watch/embed-code.ts';

const ROOT = 'https://live.example.org/tv/';

it.each([
  [false, false, ''],
  [false, true, '?muted=1'],
  [true, true, '?autoplay=1'],
  [true, false, '?autoplay=1&muted=0'],
] as const)('autoplay %s and muted %s is the query "%s"', (autoplay, muted, query) => {
  const address = embedAddress(ROOT, 'show', { autoplay, muted, size: 'responsive' });
  expect(address).toBe(`https://live.example.org/tv/embed/show${query}`);
  expect(parseQueryOptions('embed', new URL(address).search)).toMatchObject({ autoplay, muted });
});

it('names a language only where one was chosen', () => {
  const options = { autoplay: false, muted: false, size: 'responsive' } as const;
  expect(embedAddress(ROOT, 'show', { ...options, lang: 'ja' })).toBe(`${ROOT}embed/show?lang=ja`);
  expect(embedAddress(ROOT, 'show', { ...options, lang: undefined })).toBe(`${ROOT}embed/show`);
});

it('is as wide as its place, or has a size', () => {
  const options = { autoplay: true, muted: false } as const;
  expect(embedCode(ROOT, 'show', { ...options, size: 'responsive' })).toContain(
    'aspect-ratio:16/9;width:100%',
  );
  const fixed = embedCode(ROOT, 'show', { ...options, size: 'medium' });
  expect(fixed).toContain('width="854" height="480"');
  expect(fixed).toContain('src="https://live.example.org/tv/embed/show?autoplay=1&amp;muted=0"');
  expect(fixed).toContain('allow="autoplay; fullscreen; picture-in-picture');
});
