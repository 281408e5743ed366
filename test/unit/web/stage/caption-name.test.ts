// The names of captions in every language: those that the gateway writes into its playlists.
import { afterEach, expect, test } from 'vitest';
import type { CaptionChannelId } from '../../../../server/captions/caption-cue.ts';
import { menuName } from '../../../../server/hls/caption-names.ts';
import { captionName } from '../../../../web/stage/caption-name.ts';
import { speak } from '../../../../web/words/catalogue.ts';
import { LANGUAGES } from '../../../../web/words/language.ts';

afterEach(() => speak(['en']));

const CHANNELS: readonly CaptionChannelId[] = ['CC1', 'CC2', 'CC3', 'CC4', 'S1', 'S6', 'T1'];
const NAMES = [
  ...CHANNELS.map((id) => ({ name: menuName({ id }), language: '' })),
  { name: menuName({ id: 'T1', language: 'de' }), language: 'de' },
  { name: menuName({ id: 'T2', language: 'pt-BR' }), language: 'pt-BR' },
];

test('in English they are those of the playlist', () => {
  for (const { name, language } of NAMES) expect(captionName(name, language)).toBe(name);
});

test.each(LANGUAGES.filter((language) => language !== 'en'))('in %s none is in English', async (page) => {
  await speak([page]);
  const told = NAMES.map(({ name, language }) => captionName(name, language));
  expect(told.filter((name) => /caption|service|live captions|german|portuguese/i.test(name))).toEqual([]);
  expect(new Set(told).size).toBe(NAMES.length);
});

test('a language is said in that of the page, and names of other sources stay', async () => {
  await speak(['de']);
  expect(captionName('Live captions, German', 'de')).toBe('Live-Untertitel, Deutsch');
  expect(captionName('Live captions, German', '')).toBe('Live-Untertitel, German');
  expect(captionName('Live captions, German', 'not a tag')).toBe('Live-Untertitel, German');
  expect(captionName('English (CC)', 'en')).toBe('English (CC)');
});
