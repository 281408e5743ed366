import { afterEach, describe, expect, it } from 'vitest';
import { formatDuration, formatLatency } from '../../../../web/page/format.ts';
import { speak } from '../../../../web/words/catalogue.ts';
import {
  chooseLanguage,
  directionOf,
  LANGUAGES,
  plural,
  tagOf,
  useLocale,
} from '../../../../web/words/language.ts';
import { words } from '../../../../web/words/stream.ts';
import { watchWords } from '../../../../web/words/watch.ts';

describe('the language of a page', () => {
  it.each([
    ['nothing known', [], 'en', 'en'],
    ['a language that exists', ['de'], 'de', 'de'],
    ['a region: numbers follow it', ['de-CH'], 'de', 'de-CH'],
    ['a region falls back', ['pt-PT'], 'pt', 'pt-PT'],
    ['traditional Chinese falls back', ['zh-TW'], 'zh', 'zh-TW'],
    ['a script', ['zh-Hans-CN'], 'zh', 'zh-Hans-CN'],
    ['case is ignored', ['JA-jp'], 'ja', 'ja-JP'],
    ['the first one that exists', ['nl', 'fr-FR', 'es-MX', 'de'], 'es', 'es-MX'],
    ['none that exists', ['nl', 'tlh'], 'en', 'en'],
    ['no language at all', ['', 'x', '../en', '*'], 'en', 'en'],
    ['a tag that is not well-formed keeps its language', ['de-'], 'de', 'de'],
    ['a longer name with the same start', ['dev', 'est'], 'en', 'en'],
  ])('%s', (_name, wishes, language, locale) => {
    expect(chooseLanguage(wishes)).toEqual({ language, locale });
  });

  it('has a tag that a browser understands', () => {
    expect(LANGUAGES.flatMap((language) => Intl.getCanonicalLocales(tagOf(language)))).toEqual(
      LANGUAGES.map(tagOf),
    );
  });

  it.each([
    ['ar', 'rtl'],
    ['he-IL', 'rtl'],
    ['FA', 'rtl'],
    ['en', 'ltr'],
    ['zh-Hans', 'ltr'],
  ])('%s is written %s', (tag, direction) => {
    expect(directionOf(tag)).toBe(direction);
  });
});

describe('a chosen language', () => {
  afterEach(async () => {
    await speak(['en']);
  });

  it('replaces texts in groups that a module holds already', async () => {
    const { player } = words;
    const { menu } = watchWords;
    expect(await speak(['fr', 'de-AT'])).toBe('de');
    expect([player.play, menu.settings, watchWords.keys[0]?.[0]]).toEqual([
      'Wiedergabe',
      'Einstellungen',
      'Leertaste, K',
    ]);
    expect(await speak([])).toBe('en');
    expect([player.play, menu.settings, watchWords.keys[0]?.[0]]).toEqual(['Play', 'Settings', 'Space, K']);
  });

  it('writes numbers and durations', async () => {
    expect([formatLatency(1250), formatDuration(185_000)]).toEqual(['1.3 s', '3 m 05 s']);
    await speak(['de']);
    expect([formatLatency(1250), formatDuration(185_000)]).toEqual(['1,3 s', '3 min 05 s']);
    await speak(['ja']);
    expect([formatLatency(1250), formatDuration(185_000)]).toEqual(['1.3 秒', '3 分 05 秒']);
  });
});

describe('plural', () => {
  const forms = { one: (n: string) => `${n} part`, other: (n: string) => `${n} parts` };

  it.each([
    ['en', 0, '0 parts'],
    ['en', 1, '1 part'],
    ['en', 1_204, '1,204 parts'],
    ['de', 1, '1 part'],
    ['de', 1_204, '1.204 parts'],
    ['pt', 0, '0 part'],
    ['ja', 1, '1 parts'],
  ] as const)('in %s, %d is "%s"', (language, count, text) => {
    useLocale({ language, locale: language });
    expect(plural(count, forms)).toBe(text);
    useLocale({ language: 'en', locale: 'en' });
  });
});
