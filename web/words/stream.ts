// Texts that several pages show, in the language that `loadWords` has chosen.
import { inLanguages } from './catalogue.ts';
import { stream, type Words } from './en/stream.ts';

export const words: Words = inLanguages<Words>(stream, {
  de: async () => (await import('./de/stream.ts')).stream,
  es: async () => (await import('./es/stream.ts')).stream,
  ja: async () => (await import('./ja/stream.ts')).stream,
  pt: async () => (await import('./pt/stream.ts')).stream,
  zh: async () => (await import('./zh/stream.ts')).stream,
});
