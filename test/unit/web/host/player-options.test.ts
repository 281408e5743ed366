import { expect, test } from 'vitest';
import { embedAddress } from '../../../../web/host/player-options.ts';
import { parseQueryOptions } from '../../../../web/page/query-options.ts';

test.each([
  ['https://live.example', 'https://live.example/embed/show'],
  ['https://live.example/', 'https://live.example/embed/show'],
  ['https://live.example/tv/', 'https://live.example/tv/embed/show'],
  ['https://live.example/tv?x=1#y', 'https://live.example/tv/embed/show'],
  ['/tv', 'https://site.example/tv/embed/show'],
  ['//live.example:8080', 'https://live.example:8080/embed/show'],
])('%s has its embed at %s', (src, expected) => {
  expect(embedAddress({ src, name: 'show' }, 'https://site.example/a/b')).toBe(expected);
});

test('options are part of the address as the embed reads them', () => {
  const { search } = new URL(
    embedAddress({
      ...{ src: 'https://live.example', name: 'show', autoplay: true, muted: false, controls: false },
      ...{ keyboard: false, pip: false, dvr: false, branding: false, title: 'A & B', accent: '#ff8800' },
      ...{ theme: 'light', fit: 'cover', lang: 'de', captions: true, latency: 'max', token: 'abc' },
    }),
  );
  expect(parseQueryOptions('embed', search)).toMatchObject({
    ...{ autoplay: true, muted: false, controls: false, keyboard: false, pip: false, dvr: false },
    ...{ branding: false, title: 'A & B', accent: { accent: '#ff8800' }, theme: 'light', fit: 'cover' },
    ...{ lang: 'de', captions: true, latency: 'max' },
  });
  expect(new URLSearchParams(search).get('token')).toBe('abc');
});

test.each([
  ['not an address', 'show', 'src must be the address of a gateway'],
  ['javascript:alert(1)//', 'show', 'src must be the address of a gateway'],
  ['data:text/html,x', 'show', 'src must be the address of a gateway'],
  ['https://live.example', '../x', 'is not a stream name'],
  ['https://live.example', '', 'is not a stream name'],
])('%j with the name %j throws a sentence', (src, name, message) => {
  expect(() => embedAddress({ src, name })).toThrow(message);
});

test('the module can be imported where there are no elements', async () => {
  // The types of these tests have no elements either.
  const file = '../../../../web/host/index.ts';
  const { createPlayer, SluicePlayerElement, ELEMENT_NAME } = await import(file);
  expect([typeof createPlayer, typeof SluicePlayerElement, ELEMENT_NAME]).toEqual([
    'function',
    'function',
    'sluice-player',
  ]);
});
