// What the gateway says about a stream, in the language that `loadWords` has chosen; empty in English, which the gateway speaks itself.
import { inLanguages } from './catalogue.ts';
import type { GatewayWords } from './gateway-words.ts';

export const gatewayWords: Partial<GatewayWords> = inLanguages<Partial<GatewayWords>>(
  {},
  {
    de: async () => (await import('./de/gateway.ts')).gateway,
    es: async () => (await import('./es/gateway.ts')).gateway,
    ja: async () => (await import('./ja/gateway.ts')).gateway,
    pt: async () => (await import('./pt/gateway.ts')).gateway,
    zh: async () => (await import('./zh/gateway.ts')).gateway,
  },
);
