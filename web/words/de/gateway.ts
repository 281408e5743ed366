// What the gateway says about a stream, in German. The English sentences are in server/doctor/ and server/stats/stream-events.ts.
import type { GatewayWords } from '../gateway-words.ts';
import { plural } from '../language.ts';
import { secondsText } from '../measures.ts';
import { rules } from './rules.ts';

const more = (count: number) =>
  count === 0
    ? ''
    : plural(count, { one: () => ' und ein weiterer Befund', other: (n) => ` und ${n} weitere Befunde` });

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
      return `${reason} Er wurde ${secondsText(publishedMs)} lang gesendet.`;
    },
    ended: ({ mediaMs }) => `Der Stream ist nach ${secondsText(mediaMs)} zu Ende.`,
    timestampJump: () => 'Die Zeitstempel des Encoders sind gesprungen.',
    issueCleared: (title) => `Jetzt vorbei: ${title}`,
  },
};
