// Why the gateway ended a publication, in the language that `loadWords` has chosen; empty in English, which the gateway speaks itself.
import { inLanguages } from './catalogue.ts';
import type { RefusalWords } from './refusal-words.ts';

export const refusalWords: Partial<RefusalWords> = inLanguages<Partial<RefusalWords>>(
  {},
  {
    de: async () => (await import('./de/refusals.ts')).refusals,
    es: async () => (await import('./es/refusals.ts')).refusals,
    ja: async () => (await import('./ja/refusals.ts')).refusals,
    pt: async () => (await import('./pt/refusals.ts')).refusals,
    zh: async () => (await import('./zh/refusals.ts')).refusals,
  },
);
