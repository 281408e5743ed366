// The page that asks for a password speaks the languages of the other pages.
import { expect, it } from 'vitest';
import { PASSWORD_TAGS, PASSWORD_WORDS } from '../../../server/http/password-words.ts';
import { LANGUAGES, tagOf } from '../../../web/words/language.ts';

it('has the languages of the pages, by the same tags', () => {
  expect(Object.keys(PASSWORD_WORDS)).toEqual([...LANGUAGES]);
  expect(PASSWORD_TAGS).toEqual(Object.fromEntries(LANGUAGES.map((one) => [one, tagOf(one)])));
});

it('has no text twice in two languages', () => {
  const labels = Object.values(PASSWORD_WORDS).map(({ label }) => label);
  expect(new Set(labels).size).toBe(labels.length);
});
