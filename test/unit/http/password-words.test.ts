// The page that asks for a password speaks the languages of the other pages.
import { expect, it } from 'vitest';
import { PASSWORD_WORDS } from '../../../server/http/password-words.ts';
import { LANGUAGES } from '../../../web/words/language.ts';

it('has the languages of the pages', () => {
  expect(Object.keys(PASSWORD_WORDS)).toEqual([...LANGUAGES]);
});

it('has no text twice in two languages', () => {
  const labels = Object.values(PASSWORD_WORDS).map(({ label }) => label);
  expect(new Set(labels).size).toBe(labels.length);
});
