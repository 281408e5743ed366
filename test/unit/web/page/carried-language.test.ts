// Links between the pages keep the language that was asked for.
import { expect, it } from 'vitest';
import { withLanguage } from '../../../../web/page/carried-language.ts';

it('adds the language to what the address has, and nothing where none was asked for', () => {
  expect(withLanguage('https://live.example.org/tv/watch/show', 'de')).toBe(
    'https://live.example.org/tv/watch/show?lang=de',
  );
  expect(withLanguage('https://live.example.org/embed/show?autoplay=1&lang=en', 'pt-PT')).toBe(
    'https://live.example.org/embed/show?autoplay=1&lang=pt-PT',
  );
  expect(withLanguage('https://live.example.org/', undefined)).toBe('https://live.example.org/');
});
