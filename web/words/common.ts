// Texts that several pages show, in the language that `loadWords` has chosen.
import { inLanguages } from './catalogue.ts';
import { common, type Words } from './en/common.ts';

export const words: Words = inLanguages<Words>(common, {
  de: async () => (await import('./de/common.ts')).common,
  es: async () => (await import('./es/common.ts')).common,
  ja: async () => (await import('./ja/common.ts')).common,
  pt: async () => (await import('./pt/common.ts')).common,
  zh: async () => (await import('./zh/common.ts')).common,
});
