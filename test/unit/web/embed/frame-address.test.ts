import { expect, test } from 'vitest';
import { frameAddress } from '../../../../web/embed/frame-address.ts';

const EMBED = 'https://live.example/embed/show';

test.each([
  ['as its site has set it', `${EMBED}?autoplay=1#?secret=x`, 'https://site.example/', undefined],
  ['with a token that its site has given', `${EMBED}?token=abc`, 'https://site.example/', undefined],
  ['in the playground', `${EMBED}?token=abc`, `${EMBED}/test?token=abc`, undefined],
  ['without a referrer', `${EMBED}?token=abc`, '', undefined],
  ['after the form of the password', `${EMBED}?token=abc&muted=1`, `${EMBED}?muted=1`, `${EMBED}?muted=1`],
  ['after the form, with less of a referrer', `${EMBED}?token=abc`, 'https://live.example/', EMBED],
])('%s', (_what, href, referrer, expected) => {
  expect(frameAddress({ href, referrer })).toBe(expected ?? href);
});
