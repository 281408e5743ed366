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
      return `${reason} A transmissão durou ${secondsText(publishedMs)}.`;
    },
    ended: ({ mediaMs }) => `A transmissão terminou depois de ${secondsText(mediaMs)}.`,
    timestampJump: () => 'Os carimbos de tempo do codificador saltaram.',
    issueCleared: (title) => `Já resolvido: ${title}`,
  },

  refused: {
    no_stream_name: 'A chave de transmissão está vazia. Informe uma no codificador.',
    bad_stream_name:
      'O nome da transmissão tem caracteres inválidos ou é longo demais. Use de 1 a 64 letras, números, hifens ou sublinhados.',
    bad_publish_name:
      'O codificador não enviou nenhum nome de transmissão. Informe uma chave de transmissão ou use outro codificador.',
    name_taken:
      'Alguém já está transmitindo com este nome. Use outra chave de transmissão ou encerre a outra transmissão.',
    name_closed:
      'O operador encerrou a transmissão e bloqueou o nome por algum tempo. Espere ou pergunte ao operador.',
    public_address:
      'Só redes privadas podem transmitir, e este endereço é público. Crie chaves de transmissão ou adicione a rede a rtmp.trusted-networks.',
    unknown_key:
      'A chave de transmissão não é conhecida. Peça-a ao operador; o nome no endereço da página não é a chave.',
    key_expired: 'A chave de transmissão expirou. Peça uma nova ao operador.',
    key_network:
      'A chave de transmissão não vale para este endereço. Transmita de uma rede da chave ou peça outra ao operador.',
    key_attempts:
      'Muitas chaves erradas vieram deste endereço. Corrija a chave no codificador e tente de novo em alguns minutos.',
    stream_ended: 'O operador encerrou a transmissão. Pergunte a ele antes de transmitir de novo.',
    publish_rate:
      'Esta conexão pediu para transmitir vezes demais em um minuto. Espere mais antes de tentar de novo.',
    publish_deadline:
      'Não se decidiu a tempo se o codificador pode transmitir. Tente de novo; o log diz quem não respondeu.',
    server_busy:
      'O gateway não tem espaço para mais transmissões. Tente mais tarde ou aumente stream.max-streams, stream.max-tests ou media.max-memory.',
    authorizer_failed: 'O gateway não conseguiu decidir quem pode transmitir. O log diz por quê.',
    callback_refused: ({ reason }) =>
      `O servidor do operador recusou a chave de transmissão${reason === undefined ? '' : `: ${reason}`}.`,
    callback_timeout: 'O servidor do operador não respondeu a tempo. O log diz qual é.',
    callback_failed:
      'Não foi possível acessar o servidor do operador, ou ele respondeu errado. O log diz o que falhou.',
    shutting_down: 'O gateway está sendo encerrado. Conecte-se de novo depois do reinício.',
  },
};
