// Texts of the set-up page, in the language that `loadWords` has chosen.
import { inLanguages } from './catalogue.ts';
import { type SetupWords, setup } from './en/setup.ts';

export const setupWords: SetupWords = inLanguages<SetupWords>(setup, {
  de: async () => (await import('./de/setup.ts')).setup,
  es: async () => (await import('./es/setup.ts')).setup,
  ja: async () => (await import('./ja/setup.ts')).setup,
  pt: async () => (await import('./pt/setup.ts')).setup,
  zh: async () => (await import('./zh/setup.ts')).setup,
});
