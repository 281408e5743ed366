// Where the dashboard is, also below a prefix and with a stream named like the page.
import { expect, test } from 'vitest';
import { placeOf, placeUrl, rootOfScript } from '../../../../web/dashboard/place.ts';

test.each([
  ['https://host/assets/dashboard-abc.js', 'https://host/'],
  ['https://host/tv/assets/dashboard-abc.js', 'https://host/tv/'],
  ['https://host/dashboard/assets/dashboard-abc.js', 'https://host/dashboard/'],
])('the root of %s is %s', (script, root) => {
  expect(rootOfScript(script)).toBe(root);
});

test.each([
  ['https://host/', 'https://host/dashboard', undefined],
  ['https://host/', 'https://host/dashboard?x#content', undefined],
  ['https://host/', 'https://host/dashboard/show', 'show'],
  ['https://host/', 'https://host/dashboard/dashboard', 'dashboard'],
  ['https://host/dashboard/', 'https://host/dashboard/dashboard', undefined],
  ['https://host/tv/', 'https://host/tv/dashboard/show', 'show'],
  ['https://host/', 'https://host/dashboard/no.dots', undefined],
])('below %s the address %s shows %s', (root, href, name) => {
  expect(placeOf(root, href).name).toBe(name);
});

test('a place and its address agree', () => {
  for (const name of [undefined, 'show', 'dashboard'])
    expect(placeOf('https://host/tv/', placeUrl('https://host/tv/', { name })).name).toBe(name);
});
