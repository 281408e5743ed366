// Which language a page speaks, and numbers and times as that language writes them.

/** Languages that the texts exist in. */
export const LANGUAGES = ['en', 'de', 'es', 'ja', 'pt', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** As the languages call themselves. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: 'English',
  de: 'Deutsch',
  es: 'Español',
  ja: '日本語',
  pt: 'Português',
  zh: '中文',
};

/** What the attribute `lang` says: Chinese is in simplified characters, Portuguese as in Brazil. */
const TAGS: Readonly<Record<Language, string>> = {
  en: 'en',
  de: 'de',
  es: 'es',
  ja: 'ja',
  pt: 'pt-BR',
  zh: 'zh-Hans',
};
/** Languages that are written from right to left. */
const RIGHT_TO_LEFT: ReadonlySet<string> = new Set(['ar', 'dv', 'fa', 'he', 'ps', 'ur', 'yi']);

export type Choice = {
  readonly language: Language;
  /** For numbers and dates: the wish itself, because a language has more than one way to write them. */
  readonly locale: string;
};

let asked: string | undefined;
let chosen: Choice = { language: 'en', locale: 'en' };

/** What the address of this page asks for; links to other pages of the gateway keep it. */
export function ask(tag: string | undefined): void {
  asked = tag;
}

export function askedLanguage(): string | undefined {
  return asked;
}

/** The first wish that there are texts for, as BCP 47 writes it. A region falls back: `pt-PT` to `pt`. */
export function chooseLanguage(wishes: readonly string[]): Choice {
  for (const wish of wishes) {
    const [base] = wish.toLowerCase().split('-');
    const language = LANGUAGES.find((known) => known === base);
    if (language !== undefined) return { language, locale: localeOf(wish) ?? language };
  }
  return { language: 'en', locale: 'en' };
}

export function directionOf(tag: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.has(tag.toLowerCase().split('-')[0] ?? '') ? 'rtl' : 'ltr';
}

export function tagOf(language: Language): string {
  return TAGS[language];
}

/** Formats that exist already use it too. */
export function useLocale(choice: Choice): void {
  chosen = choice;
}

export function numberFormat(options: Intl.NumberFormatOptions): (value: number) => string {
  const format = forLocale((locale) => new Intl.NumberFormat(locale, options));
  return (value) => format().format(value);
}

/** The forms that a number takes in the languages of `LANGUAGES`; each gets the number as the language writes it. */
export type PluralForms = {
  readonly one: (count: string) => string;
  readonly other: (count: string) => string;
};

/** The form for this number. Which numbers take `one` differs: in Brazil zero does too. */
export function plural(count: number, { one, other }: PluralForms): string {
  return (pluralRules().select(count) === 'one' ? one : other)(countText(count));
}

const pluralRules = forLocale((locale) => new Intl.PluralRules(locale));
/** `1,204`. */
export const countText = numberFormat({ maximumFractionDigits: 0 });

/** Hours have 24, except where the wish names a place that counts to 12. */
export function timeFormat(options: Intl.DateTimeFormatOptions): (epochMs: number) => string {
  const format = forLocale((locale) => new Intl.DateTimeFormat(locale, options));
  return (epochMs) => format().format(epochMs);
}

/** The name of a language in the chosen one; undefined if it has none there. */
export function languageName(tag: string): string | undefined {
  try {
    return languageNames().of(tag);
  } catch {
    return undefined; // not well-formed
  }
}

const languageNames = forLocale(
  (locale) => new Intl.DisplayNames(locale, { type: 'language', fallback: 'none' }),
);

/** A format is slow to make, so it is made at its first use, and again after another choice. */
function forLocale<Format>(make: (locale: string) => Format): () => Format {
  let made: { readonly locale: string; readonly format: Format } | undefined;
  return () => {
    if (made?.locale !== chosen.locale) made = { locale: chosen.locale, format: make(chosen.locale) };
    return made.format;
  };
}

function localeOf(wish: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(wish)[0];
  } catch {
    return undefined; // not well-formed
  }
}
