// Links between the pages keep the language that the address asks for. Addresses to share do not: the browser of each viewer has a
// language of its own.
import { askedLanguage } from '../words/language.ts';

/** An absolute address of this gateway, with the language of this page if its address has one. */
export function withLanguage(url: string, lang: string | undefined = askedLanguage()): string {
  if (lang === undefined) return url;
  const carried = new URL(url);
  carried.searchParams.set('lang', lang);
  return carried.href;
}
