// What the gateway says about a stream, in German. The English sentences are in server/doctor/ and server/stats/stream-events.ts.
import type { GatewayWords } from '../gateway-words.ts';
import { plural } from '../language.ts';
import { secondsText } from '../measures.ts';
import { rules } from './rules.ts';

const more = (count: number) =>
  count === 0
    ? ''
    : plural(count, { one: () => ', dazu ein weiterer Befund', other: (n) => `, dazu ${n} weitere Befunde` });

export const gateway: GatewayWords = {
  rules,
  summary: {
    noData: 'Für ein Urteil gibt es noch zu wenig Daten.',
    fine: 'Gut: Nichts muss geändert werden.',
    good: (worst, others) => `Gut, mit einem Hinweis: ${worst}${more(others)}.`,
    ok: (worst, others) => `Geht besser: ${worst}${more(others)}.`,
    bad: (worst, others) => `Problem: ${worst}${more(others)}.`,
  },

  events: {
    offline: () => 'Niemand sendet unter diesem Namen.',
    connecting: ({ address = 'einer unbekannten Adresse', encoder }) =>
      `Ein Encoder hat sich von ${address} verbunden${encoder === undefined ? '' : `: ${encoder}`}.`,
    starting: () => 'Die ersten Daten sind da.',
    live: () => 'Der Stream kann abgespielt werden.',
    stalled: ({ silentMs }) => `Seit ${secondsText(silentMs)} kommt nichts an.`,
    reconnecting: ({ kind, publishedMs, error = '', detail = '' }) => {
      const reason = {
        stopped: 'Der Encoder hat den Stream beendet.',
        lost: 'Die Verbindung des Encoders ging verloren.',
        replaced: 'Ein anderer Encoder hat übernommen.',
        draining: 'Das Gateway wird beendet.',
        refused: `Das Gateway hat den Stream beendet: ${detail} (${error}).`,
      }[kind];
      return `${reason} Der Stream wurde ${secondsText(publishedMs)} lang gesendet.`;
    },
    ended: ({ mediaMs }) => `Der Stream ist nach ${secondsText(mediaMs)} zu Ende.`,
    timestampJump: () => 'Die Zeitstempel des Encoders sind gesprungen.',
    issueCleared: (title) => `Jetzt vorbei: ${title}`,
  },

  refused: {
    no_stream_name: 'Der Streamschlüssel ist leer. Trage im Encoder einen ein.',
    bad_stream_name:
      'Der Name des Streams hat ungültige Zeichen oder ist zu lang. Benutze 1 bis 64 Buchstaben, Ziffern, Binde- oder Unterstriche.',
    bad_publish_name:
      'Der Encoder hat keinen Namen für den Stream gesendet. Trage einen Streamschlüssel ein, oder benutze einen anderen Encoder.',
    name_taken:
      'Unter diesem Namen sendet schon jemand. Benutze einen anderen Streamschlüssel oder beende den anderen Stream.',
    name_closed:
      'Der Betreiber hat den Stream beendet und den Namen für einige Zeit gesperrt. Warte, oder frage den Betreiber.',
    public_address:
      'Nur private Netze dürfen senden, und diese Adresse ist öffentlich. Lege Streamschlüssel an, oder trage das Netz in rtmp.trusted-networks ein.',
    unknown_key:
      'Der Streamschlüssel ist unbekannt. Frage den Betreiber danach; der Name in der Adresse der Seite ist nicht der Schlüssel.',
    key_expired: 'Der Streamschlüssel ist abgelaufen. Frage den Betreiber nach einem neuen.',
    key_network:
      'Der Streamschlüssel gilt nicht für diese Adresse. Sende aus einem Netz des Schlüssels, oder frage den Betreiber nach einem anderen.',
    key_attempts:
      'Von dieser Adresse kamen zu viele falsche Streamschlüssel. Berichtige den Schlüssel im Encoder und versuche es nach einigen Minuten erneut.',
    stream_ended: 'Der Betreiber hat den Stream beendet. Frage ihn, bevor du erneut sendest.',
    publish_rate:
      'Diese Verbindung hat in einer Minute zu oft um einen Stream gebeten. Warte länger, bevor du es erneut versuchst.',
    publish_deadline:
      'Ob der Encoder senden darf, wurde nicht rechtzeitig entschieden. Versuche es erneut; das Log sagt, wer nicht geantwortet hat.',
    server_busy:
      'Das Gateway hat keinen Platz für weitere Streams. Versuche es später erneut, oder erhöhe stream.max-streams, stream.max-tests oder media.max-memory.',
    authorizer_failed: 'Das Gateway konnte nicht entscheiden, wer senden darf. Das Log sagt, warum.',
    callback_refused: ({ reason }) =>
      `Der Server des Betreibers hat den Streamschlüssel abgelehnt${reason === undefined ? '' : `: ${reason}`}.`,
    callback_timeout: 'Der Server des Betreibers hat nicht rechtzeitig geantwortet. Das Log nennt ihn.',
    callback_failed:
      'Der Server des Betreibers war nicht erreichbar oder hat falsch geantwortet. Das Log sagt, was falsch war.',
    shutting_down: 'Das Gateway wird beendet. Verbinde dich nach dem Neustart wieder.',
  },
};
