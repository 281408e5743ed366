// The language of this page: its texts are loaded, and the page says which language it is in and how it is written.
import { speak } from './catalogue.ts';
import { ask, directionOf, tagOf } from './language.ts';

/** Makes the page speak the language that its address asks for, or the visitor's, or English. Call it before drawing. */
export async function loadWords(asked: string | undefined): Promise<void> {
  ask(asked);
  const wishes = [...(asked === undefined ? [] : [asked]), ...navigator.languages];
  const tag = tagOf(await speak(wishes));
  const { documentElement: page } = document;
  page.lang = tag;
  page.dir = directionOf(tag);
}
