// What the gateway says about a stream, in Portuguese, as in Brazil. The English sentences are in server/doctor/ and
// server/stats/stream-events.ts.
import type { GatewayWords } from '../gateway-words.ts';
import { plural } from '../language.ts';
import { secondsText } from '../measures.ts';
import { rules } from './rules.ts';

const more = (count: number) =>
  count === 0 ? '' : plural(count, { one: () => ', e mais um ponto', other: (n) => `, e mais ${n} pontos` });

export const gateway: GatewayWords = {
  rules,

  summary: {
    noData: 'Ainda há poucos dados para um veredito.',
    fine: 'Bom: nada precisa mudar.',
    good: (worst, others) => `Bom, com uma dica: ${worst}${more(others)}.`,
    ok: (worst, others) => `Pode melhorar: ${worst}${more(others)}.`,
    bad: (worst, others) => `Problema: ${worst}${more(others)}.`,
  },

  events: {
    offline: () => 'Ninguém transmite com este nome.',
    connecting: ({ address = 'um endereço desconhecido', encoder }) =>
      `Um codificador se conectou de ${address}${encoder === undefined ? '' : `: ${encoder}`}.`,
    starting: () => 'Os primeiros dados chegaram.',
    live: () => 'A transmissão pode ser reproduzida.',
    stalled: ({ silentMs }) => `Nada chega há ${secondsText(silentMs)}.`,
    reconnecting: ({ kind, publishedMs, error = '', detail = '' }) => {
      const reason = {
        stopped: 'O codificador encerrou a transmissão.',
        lost: 'A conexão do codificador foi perdida.',
        replaced: 'Outro codificador assumiu.',
        draining: 'O gateway está sendo encerrado.',
        refused: `O gateway encerrou a transmissão: ${detail} (${error}).`,
      }[kind];
      return `${reason} Ela durou ${secondsText(publishedMs)}.`;
    },
    ended: ({ mediaMs }) => `A transmissão terminou depois de ${secondsText(mediaMs)}.`,
    timestampJump: () => 'Os carimbos de tempo do codificador saltaram.',
    issueCleared: (title) => `Já resolvido: ${title}`,
  },
};
