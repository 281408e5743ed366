// The texts in the visitor's language. English is part of each page; another language is loaded before the page is drawn.
import { chooseLanguage, type Language, useLocale } from './language.ts';

type Translations<Texts> = Readonly<Record<Exclude<Language, 'en'>, () => Promise<Texts>>>;
type Tree = { [key: string]: unknown };

/** Those of the modules that the page imports, so that it loads no texts of other pages. */
const used: ((language: Language) => Promise<() => void>)[] = [];

/**
 * Texts that `loadWords` replaces in place: a module may keep a group of them in a constant, but must read each text itself
 * when it is shown.
 */
export function inLanguages<Texts extends object>(english: Texts, others: Translations<Texts>): Texts {
  const texts = copyOf(english as Tree);
  used.push(async (language) => {
    const wanted = language === 'en' ? english : await others[language]();
    return () => replace(texts, wanted as Tree);
  });
  return texts as Texts;
}

/** If texts cannot be loaded, everything stays in English: two languages on one page would be worse. */
export async function speak(wishes: readonly string[]): Promise<Language> {
  const choice = chooseLanguage(wishes);
  try {
    const replacements = await Promise.all(used.map((load) => load(choice.language)));
    for (const replaceTexts of replacements) replaceTexts();
    useLocale(choice);
    return choice.language;
  } catch {
    return 'en';
  }
}

function copyOf(tree: Tree): Tree {
  const copy: Tree = Array.isArray(tree) ? ([] as unknown as Tree) : {};
  for (const [key, value] of Object.entries(tree)) copy[key] = isTree(value) ? copyOf(value) : value;
  return copy;
}

/** `by` is a module's own, so that what is put into the tree is a copy. */
function replace(tree: Tree, by: Tree): void {
  for (const key of Object.keys(tree)) if (!Object.hasOwn(by, key)) delete tree[key];
  for (const [key, value] of Object.entries(by)) {
    const old = tree[key];
    if (isTree(old) && isTree(value)) replace(old, value);
    else tree[key] = isTree(value) ? copyOf(value) : value;
  }
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null;
}
