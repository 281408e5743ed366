// Texts of the player and of the watch page, in the language that `loadWords` has chosen.
import { inLanguages } from './catalogue.ts';
import { type WatchWords, watch } from './en/watch.ts';

export const watchWords: WatchWords = inLanguages<WatchWords>(watch, {
  de: async () => (await import('./de/watch.ts')).watch,
  es: async () => (await import('./es/watch.ts')).watch,
  ja: async () => (await import('./ja/watch.ts')).watch,
  pt: async () => (await import('./pt/watch.ts')).watch,
  zh: async () => (await import('./zh/watch.ts')).watch,
});
