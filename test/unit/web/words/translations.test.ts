// The compiler knows that no text is missing. Here: none is empty, none lost what is put into it, none was left in English.
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../../../web/words/language.ts';

const FILES = ['stream', 'watch', 'embed', 'setup', 'dashboard', 'doctor'] as const;
/** In English `live.detail` and `refused.detail` are empty too: something else is shown there. */
const EMPTY = ['stream.state.live.detail', 'stream.state.unsupported.detail', 'stream.gone.refused.detail'];
/** Texts of at least this many words are sentences, which no two languages share. Commands are no sentences. */
const SENTENCE = 4;
const COMMAND = 'dashboard.access.command';

type Found = { readonly at: string; readonly value: unknown };

function* textsOf(value: unknown, at: string): Generator<Found> {
  if (typeof value !== 'object' || value === null) yield { at, value };
  else for (const [key, inner] of Object.entries(value)) yield* textsOf(inner, `${at}.${key}`);
}

async function textsIn(language: string): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const file of FILES) {
    const module: Record<string, unknown> = await import(
      /* @vite-ignore */ `../../../../web/words/${language}/${file}.ts`
    );
    found.push(...textsOf(module[file], file));
  }
  return found;
}

/** Arguments that are recognised in the text; numbers that need the plural. */
const ARGUMENTS = ['11', '22', '33', '44', '55'];

describe.each(LANGUAGES)('the texts in %s', (language) => {
  it('are all there', async () => {
    const found = await textsIn(language);
    expect(found.length).toBeGreaterThan(400);
    const empty = found.filter(({ value }) => typeof value === 'string' && value.trim() === '');
    expect(empty.map(({ at }) => at)).toEqual(EMPTY);
  });

  it('contain what is put into them, as the English ones do', async () => {
    const english = await textsIn('en');
    const lost: string[] = [];
    for (const [index, { at, value }] of (await textsIn(language)).entries()) {
      const source = english.find((text) => text.at === at)?.value;
      expect(at, String(index)).toBeDefined();
      if (typeof value !== 'function' || typeof source !== 'function') continue;
      const given = ARGUMENTS.filter((argument) => String(source(...ARGUMENTS)).includes(argument));
      const text = String(value(...ARGUMENTS));
      if (given.length === 0 || given.some((argument) => !text.includes(argument)))
        lost.push(`${at}: ${text}`);
    }
    expect(lost).toEqual([]);
  });
});

describe.each(LANGUAGES.filter((language) => language !== 'en'))('the texts in %s', (language) => {
  it('are translated', async () => {
    const english = new Map((await textsIn('en')).map(({ at, value }) => [at, value]));
    const same = (await textsIn(language)).filter(
      ({ at, value }) =>
        typeof value === 'string' &&
        at !== COMMAND &&
        value.split(/[\s,]+/).filter((word) => /\p{L}{2}/u.test(word)).length >= SENTENCE &&
        english.get(at) === value,
    );
    expect(same).toEqual([]);
  });
});
