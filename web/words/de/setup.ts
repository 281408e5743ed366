// The texts of en/setup.ts in German.
import type { SetupWords } from '../en/setup.ts';

export const setup: SetupWords = {
  tagline: 'Sende Live-Video hierher. Zuschauer sehen es etwa eine Sekunde später.',
  nameLabel: 'Name deines Streams',
  nameHint: 'Buchstaben, Ziffern, Binde- und Unterstriche. Alle Adressen auf dieser Seite enthalten ihn.',
  nameInvalid: 'Benutze 1 bis 64 Buchstaben, Ziffern, Binde- oder Unterstriche.',
  serverChoice: 'Adresse dieses Gateways',
  dashboard: 'Dashboard',
  version: (version) => `Version ${version}`,
  infoFailed:
    'Der Server konnte nicht nach seinen Adressen gefragt werden. Die gezeigten sind aus der Adresse dieser Seite abgeleitet.',

  encoder: {
    heading: 'Encoder verbinden',
    tabs: { obs: 'OBS Studio', ffmpeg: 'ffmpeg', vmix: 'vMix', hardware: 'Geräte & Apps' },
    server: 'Server',
    secureServer: 'Server, über TLS',
    key: 'Streamschlüssel',
    keyPlaceholder: 'DEIN_STREAMSCHLUESSEL',
    keyNote: (name) =>
      `Dieses Gateway nimmt nur geheime Schlüssel an: Bitte den Betreiber um einen für ${name}.`,
    obs: [
      'Öffne Einstellungen → Stream und wähle die Plattform „Benutzerdefiniert“.',
      'Trage Server und Streamschlüssel ein.',
      'Stelle unter Einstellungen → Ausgabe die Qualitätsregulierungsmethode auf CBR und das Keyframeintervall auf 1 s oder 2 s. Beim Intervall 0 warten Zuschauer lange auf ein Bild.',
      'Drücke „Stream starten“.',
    ],
    ffmpegTest: 'Ein Testbild mit Ton, um es gleich zu probieren',
    ffmpegFile: 'Eine Datei: deine eigene nach -i',
    vmix: [
      'Drücke das Zahnrad neben Stream und wähle als Ziel Custom RTMP Server.',
      'Trage die URL und den Streamnamen oder -schlüssel ein.',
      'Wähle in den Qualitätseinstellungen H.264 und AAC und alle 1 s oder 2 s einen Keyframe.',
      'Drücke Stream.',
    ],
    vmixUrl: 'URL',
    vmixKey: 'Streamname oder -schlüssel',
    hardware: [
      'Wähle RTMP als Protokoll. Trage die eine Adresse ein, oder Server und Schlüssel, wenn es zwei Felder gibt.',
      'Video: H.264, konstante Bitrate, alle 1 s oder 2 s ein Keyframe, keine B-Frames für die kleinste Verzögerung.',
      'Audio: AAC, 48 kHz, Stereo.',
    ],
    whole: 'Eine Adresse',
  },

  test: {
    label: 'Nur den Encoder testen',
    hint: 'Einen Test kann niemand ansehen. Das Gateway sagt, was zu ändern ist.',
    where:
      'Die Adressen oben enthalten jetzt ?test=1. Während der Test läuft, steht hier für Betreiber ein Link zum Bericht; er steht auch im Log des Gateways.',
    report: 'Bericht des Tests öffnen',
  },

  checklist: {
    heading: 'Funktioniert es?',
    steps: {
      reachable: 'Server erreichbar',
      connected: 'Encoder verbunden',
      keyFrame: 'Erster Keyframe',
      playing: 'Wiedergabe läuft',
    },
    marks: { done: 'Erledigt', active: 'Läuft', waiting: 'Noch nicht', fault: 'Problem' },
    details: {
      asking: 'Der Server wird gefragt …',
      unreachable: 'Der Server antwortet nicht. Diese Seite versucht es von selbst erneut.',
      noEncoder: 'Warten auf deinen Encoder. Starte ihn jetzt.',
      ended: 'Der Stream ist beendet. Er beginnt wieder, wenn dein Encoder sendet.',
      noMedia: 'Der Encoder ist verbunden, hat aber noch nichts gesendet.',
      noKeyFrame: 'Daten kommen an. Warten auf ein Bild, mit dem Player beginnen können.',
      slowKeyFrame:
        'Noch immer kein Keyframe. Stelle das Keyframe-Intervall deines Encoders auf 1 s oder 2 s: Zuschauer beginnen bei Keyframes.',
      silent: 'Der Encoder ist verbunden, aber es kommt nichts an. Vielleicht ist sein Upload zu langsam.',
      lost: 'Die Verbindung zu deinem Encoder ging verloren. Sein Name bleibt einige Sekunden reserviert.',
      stopped: 'Der Encoder hat gestoppt. Sein Name bleibt einige Sekunden reserviert.',
      byOperator: 'Der Betreiber hat den Encoder getrennt oder den Stream beendet.',
      byServer: 'Der Server konnte den Stream nicht fortsetzen. Sein Log sagt, warum.',
      loading: 'Das Bild unten wird geladen.',
      closed: 'Zuschauer dieses Streams brauchen ein Token, daher kann er hier nicht abgespielt werden.',
    },
    refusedMedia: (detail) => `Der Server kann mit den Daten des Encoders nichts anfangen: ${detail}.`,
    behind: (duration) => `${duration} nach dem Eintreffen hier`,
    preview: (name) => `Vorschau von ${name}`,
    noPreview: 'Hier erscheint dein Bild.',
    previewNote: 'Diese Vorschau ist stumm und zählt als ein Zuschauer.',
  },

  rejected: {
    heading: 'Der Server hat einen Encoder abgelehnt',
    of: (name, time, address) => `${name}, um ${time}, von ${address}`,
    unnamed: (time, address) => `Um ${time}, von ${address}`,
    often: (note, count) => `${note} · ${count}-mal`,
  },

  issues: {
    heading: 'Was besser werden kann',
    observed: (observed, expected) => `Jetzt: ${observed}. Besser: ${expected}.`,
  },

  viewers: {
    heading: 'Für deine Zuschauer',
    hint: 'Öffne die Seite des Streams schon jetzt: Sie startet, wenn du startest.',
    watch: 'Seite des Streams',
    embed: 'Einbettungscode',
    hls: 'HLS-Adresse',
    open: (name) => `${name} ansehen`,
    playground: 'Einbettung testen',
    qr: 'QR-Code der Seite des Streams',
    qrHint: 'Scannen, um auf dem Handy zuzusehen.',
    onlyHere:
      'Diese Links funktionieren nur auf diesem Rechner. Die Einstellung http.public-url nennt eine Adresse für andere.',
  },

  liveNow: 'Jetzt live',
  noneLive: 'Niemand ist live. Dein Stream erscheint hier.',
  listFailed: 'Server nicht erreichbar. Es wird automatisch erneut versucht.',
  sinceStart: (duration) => `seit ${duration}`,
};
