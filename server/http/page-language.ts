// The language of pages that work without script: one of web/words/, by the address of the page (`?lang=`), by `Accept-Language`
// (RFC 9110 clause 12.5.4), else English.

import type { IncomingMessage } from 'node:http';

/** As the attribute `lang` says it: the same tags as in web/words/language.ts. */
export const LANGUAGE_TAGS = {
  en: 'en',
  de: 'de',
  es: 'es',
  ja: 'ja',
  pt: 'pt-BR',
  zh: 'zh-Hans',
} as const;

export type PageLanguage = keyof typeof LANGUAGE_TAGS;

/** Browsers list their languages in order, so the weights are not read. */
export function pageLanguage({ url = '', headers }: Pick<IncomingMessage, 'url' | 'headers'>): PageLanguage {
  const asked = new URLSearchParams(url.split('?')[1]).get('lang') ?? '';
  const wishes = [asked, ...(headers['accept-language'] ?? '').split(',')];
  for (const wish of wishes) {
    const [base = ''] = wish.trim().toLowerCase().split(/[-;]/);
    if (Object.hasOwn(LANGUAGE_TAGS, base)) return base as PageLanguage;
  }
  return 'en';
}
