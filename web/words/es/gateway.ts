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
      return `${reason} La transmisión duró ${secondsText(publishedMs)}.`;
    },
    ended: ({ mediaMs }) => `La transmisión ha terminado después de ${secondsText(mediaMs)}.`,
    timestampJump: () => 'Las marcas de tiempo del codificador han saltado.',
    issueCleared: (title) => `Ya resuelto: ${title}`,
  },

  refused: {
    no_stream_name: 'La clave de transmisión está vacía. Escribe una en el codificador.',
    bad_stream_name:
      'El nombre de la transmisión tiene caracteres no válidos o es demasiado largo. Usa de 1 a 64 letras, cifras, guiones o guiones bajos.',
    bad_publish_name:
      'El codificador no envió ningún nombre de transmisión. Escribe una clave de transmisión o usa otro codificador.',
    name_taken:
      'Ya hay alguien emitiendo con este nombre. Usa otra clave de transmisión o termina la otra transmisión.',
    name_closed:
      'El operador terminó la transmisión y cerró el nombre por un tiempo. Espera o pregunta al operador.',
    public_address:
      'Solo pueden emitir las redes privadas, y esta dirección es pública. Crea claves de transmisión o añade la red a rtmp.trusted-networks.',
    unknown_key:
      'La clave de transmisión no se conoce. Pídesela al operador; el nombre en la dirección de la página no es la clave.',
    key_expired: 'La clave de transmisión ha caducado. Pide una nueva al operador.',
    key_network:
      'La clave de transmisión no es válida para esta dirección. Emite desde una red de la clave o pide otra al operador.',
    key_attempts:
      'Desde esta dirección llegaron demasiadas claves erróneas. Corrige la clave en el codificador y vuelve a intentarlo en unos minutos.',
    stream_ended: 'El operador ha terminado la transmisión. Pregúntale antes de emitir de nuevo.',
    publish_rate:
      'Esta conexión pidió emitir demasiadas veces en un minuto. Espera más antes de volver a intentarlo.',
    publish_deadline:
      'No se decidió a tiempo si el codificador puede emitir. Inténtalo de nuevo; el registro dice quién no respondió.',
    server_busy:
      'El gateway no tiene sitio para más transmisiones. Inténtalo más tarde o aumenta stream.max-streams, stream.max-tests o media.max-memory.',
    authorizer_failed: 'El gateway no pudo decidir quién puede emitir. El registro dice por qué.',
    callback_refused: ({ reason }) =>
      `El servidor del operador rechazó la clave de transmisión${reason === undefined ? '' : `: ${reason}`}.`,
    callback_timeout: 'El servidor del operador no respondió a tiempo. El registro dice cuál es.',
    callback_failed:
      'No se pudo conectar con el servidor del operador o respondió mal. El registro dice qué falló.',
    shutting_down: 'El gateway se está deteniendo. Conéctate de nuevo cuando se reinicie.',
  },
};
