// The page at a wrong address speaks the languages of the other pages.
import { expect, it } from 'vitest';
import { LANGUAGE_TAGS } from '../../../server/http/page-language.ts';
import { PROBLEM_WORDS } from '../../../server/http/problem-words.ts';
import { LANGUAGES, tagOf } from '../../../web/words/language.ts';

it('has the languages of the pages, by the same tags', () => {
  expect(Object.keys(PROBLEM_WORDS)).toEqual([...LANGUAGES]);
  expect(LANGUAGE_TAGS).toEqual(Object.fromEntries(LANGUAGES.map((one) => [one, tagOf(one)])));
});

it.each(LANGUAGES)('says the same as the other pages in %s', async (language) => {
  const { stream } = await import(`../../../web/words/${language}/stream.ts`);
  const { dashboard } = await import(`../../../web/words/${language}/dashboard.ts`);
  expect(PROBLEM_WORDS[language].badName).toEqual(stream.state.invalid);
  expect(PROBLEM_WORDS[language].streams).toBe(dashboard.stream.back);
});

it('has no text twice in two languages', () => {
  const titles = Object.values(PROBLEM_WORDS).map(({ notFound }) => notFound.title);
  expect(new Set(titles).size).toBe(titles.length);
});
