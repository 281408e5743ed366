// Texts of the embed and of its playground, in the language that `loadWords` has chosen.
import { inLanguages } from './catalogue.ts';
import { type EmbedWords, embed } from './en/embed.ts';

export const embedWords: EmbedWords = inLanguages<EmbedWords>(embed, {
  de: async () => (await import('./de/embed.ts')).embed,
  es: async () => (await import('./es/embed.ts')).embed,
  ja: async () => (await import('./ja/embed.ts')).embed,
  pt: async () => (await import('./pt/embed.ts')).embed,
  zh: async () => (await import('./zh/embed.ts')).embed,
});
