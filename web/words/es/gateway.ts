// What the gateway says about a stream, in Spanish. The English sentences are in server/doctor/ and server/stats/stream-events.ts.
import type { GatewayWords } from '../gateway-words.ts';
import { plural } from '../language.ts';
import { secondsText } from '../measures.ts';
import { rules } from './rules.ts';

const more = (count: number) =>
  count === 0
    ? ''
    : plural(count, { one: () => ', y un hallazgo más', other: (n) => `, y ${n} hallazgos más` });

export const gateway: GatewayWords = {
  rules,

  summary: {
    noData: 'Aún hay muy pocos datos para un veredicto.',
    fine: 'Bien: no hay que cambiar nada.',
    good: (worst, others) => `Bien, con un consejo: ${worst}${more(others)}.`,
    ok: (worst, others) => `Mejorable: ${worst}${more(others)}.`,
    bad: (worst, others) => `Problema: ${worst}${more(others)}.`,
  },

  events: {
    offline: () => 'Nadie emite con este nombre.',
    connecting: ({ address = 'una dirección desconocida', encoder }) =>
      `Se ha conectado un codificador desde ${address}${encoder === undefined ? '' : `: ${encoder}`}.`,
    starting: () => 'Han llegado los primeros datos.',
    live: () => 'La transmisión se puede reproducir.',
    stalled: ({ silentMs }) => `No llega nada desde hace ${secondsText(silentMs)}.`,
    reconnecting: ({ kind, publishedMs, error = '', detail = '' }) => {
      const reason = {
        stopped: 'El codificador ha terminado la transmisión.',
        lost: 'Se perdió la conexión del codificador.',
        replaced: 'Otro codificador ha tomado el relevo.',
        draining: 'El gateway se está deteniendo.',
        refused: `El gateway ha terminado la transmisión: ${detail} (${error}).`,
      }[kind];
      return `${reason} Había emitido durante ${secondsText(publishedMs)}.`;
    },
    ended: ({ mediaMs }) => `La transmisión ha terminado después de ${secondsText(mediaMs)}.`,
    timestampJump: () => 'Las marcas de tiempo del codificador han saltado.',
    issueCleared: (title) => `Ya resuelto: ${title}`,
  },
};
