// Names of players in every language: those that the gateway makes of real headers.
import { afterEach, expect, test } from 'vitest';
import { playerName } from '../../../../server/stats/player-name.ts';
import { playerText } from '../../../../web/dashboard/player-text.ts';
import { speak } from '../../../../web/words/catalogue.ts';
import { LANGUAGES } from '../../../../web/words/language.ts';

afterEach(() => speak(['en']));

const AGENTS = ['', 'AppleCoreMedia/1.0 (iPhone)', 'curl/8.5.0', 'Mozilla/5.0 (Windows) Electron/33.0'];

test('in English they are those of the gateway', () => {
  for (const agent of AGENTS) expect(playerText(playerName(agent))).toBe(playerName(agent));
});

test.each(LANGUAGES.filter((language) => language !== 'en'))(
  'in %s no word of them is English',
  async (language) => {
    await speak([language]);
    const texts = AGENTS.map((agent) => playerText(playerName(agent)));
    expect(texts.filter((text) => /other|apple player|command|line\b/i.test(text))).toEqual([]);
    expect(playerText('Firefox · Linux')).toBe('Firefox · Linux');
    expect(playerText('toString · Linux')).toBe('toString · Linux');
  },
);
