// The texts of en/stream.ts in German.
import type { Words } from '../en/stream.ts';
import { countText } from '../language.ts';

export const stream: Words = {
  product: 'Sluice',
  live: 'LIVE',

  test: { title: 'Das ist ein Test', detail: 'Hier werden Einstellungen ausprobiert. Niemand kann zusehen.' },

  state: {
    unknown: { title: 'Verbinden …', detail: 'Der Server wird nach diesem Stream gefragt.' },
    unreachable: { title: 'Server nicht erreichbar', detail: 'Diese Seite versucht es weiter.' },
    offline: { title: 'Noch nicht live', detail: 'Diese Seite startet von selbst.' },
    connecting: { title: 'Startet …', detail: 'Warten auf das erste Bild.' },
    starting: { title: 'Startet …', detail: 'Warten auf das erste Bild.' },
    live: { title: 'Live', detail: '' },
    stalled: {
      title: 'Die Verbindung des Streamers ist langsam …',
      detail: 'Es geht weiter, sobald etwas ankommt.',
    },
    reconnecting: {
      title: 'Der Streamer hat die Verbindung verloren',
      detail: 'Dein Platz bleibt erhalten.',
    },
    ended: { title: 'Der Stream ist beendet', detail: 'Diese Seite startet wieder von selbst.' },
    unsupported: { title: 'Dein Browser kann diesen Stream nicht abspielen', detail: '' },
    denied: {
      title: 'Kein Zugriff',
      detail: 'Für diesen Stream brauchst du einen Link mit Zugriff. Frag den Betreiber danach.',
    },
    'viewer-offline': {
      title: 'Dein Gerät ist offline',
      detail: 'Prüfe WLAN oder Mobilfunk. Diese Seite macht von selbst weiter.',
    },
    invalid: {
      title: 'Diesen Stream gibt es nicht',
      detail: 'Der Name eines Streams hat 1 bis 64 Buchstaben, Ziffern, Binde- oder Unterstriche.',
    },
  },
  gone: {
    stopped: {
      title: 'Der Streamer hat gestoppt',
      detail: 'Dein Platz bleibt erhalten, falls der Stream weitergeht.',
      banner: 'Der Streamer hat gestoppt – dein Platz bleibt erhalten',
    },
    lost: {
      title: 'Der Streamer hat die Verbindung verloren',
      detail: 'Dein Platz bleibt erhalten.',
      banner: 'Verbindung des Streamers verloren – dein Platz bleibt erhalten',
    },
    refused: {
      title: 'Der Server kann mit den Daten des Streamers nichts anfangen',
      detail: '',
      banner: 'Der Server kann mit den Daten des Streamers nichts anfangen',
    },
    byOperator: {
      title: 'Der Betreiber hat den Streamer getrennt',
      detail: 'Dein Platz bleibt erhalten.',
      banner: 'Streamer vom Betreiber getrennt – dein Platz bleibt erhalten',
    },
    byServer: {
      title: 'Der Server konnte den Stream nicht fortsetzen',
      detail: 'Dein Platz bleibt erhalten.',
      banner: 'Der Server konnte nicht weitermachen – dein Platz bleibt erhalten',
    },
    replaced: {
      title: 'Ein anderer Encoder hat übernommen',
      detail: 'Warten auf sein erstes Bild.',
      banner: 'Ein anderer Encoder hat übernommen …',
    },
    draining: {
      title: 'Der Server wird beendet',
      detail: 'Diese Seite macht von selbst weiter, wenn der Server zurück ist.',
      banner: 'Der Server wird beendet',
    },
  },
  refusedBecause: (detail) => `Grund: ${detail}. Diese Seite startet wieder von selbst.`,
  refusedBeforeMedia: (detail) => `Der Server kann mit den Daten des Streamers nichts anfangen: ${detail}.`,
  denied: {
    playback_token_expired: {
      title: 'Der Zugriff ist abgelaufen',
      detail: 'Lade diese Seite neu oder bitte um einen neuen Link.',
    },
    playback_token_invalid: {
      title: 'Dieser Link funktioniert nicht',
      detail: 'Vielleicht ist er unvollständig: Kopiere den ganzen Link oder bitte um einen neuen.',
    },
    playback_token_not_yet: {
      title: 'Noch nicht freigegeben',
      detail: 'Der Link gilt erst später. Lade diese Seite dann neu.',
    },
    playback_token_wrong_stream: {
      title: 'Dieser Link gehört zu einem anderen Stream',
      detail: 'Bitte um einen Link zu diesem.',
    },
    playback_token_wrong_network: {
      title: 'Von hier kein Zugriff',
      detail: 'Der Link gilt nur in einem anderen Netz.',
    },
  },
  serverStopped: {
    title: 'Der Server wurde beendet',
    detail: 'Diese Seite macht von selbst weiter, wenn der Server zurück ist.',
  },
  endedLost: 'Die Verbindung des Streamers ging verloren. Diese Seite startet wieder von selbst.',
  banner: {
    connecting: 'Startet …',
    starting: 'Startet …',
    stalled: 'Die Verbindung des Streamers ist langsam …',
    unreachable: 'Server nicht erreichbar – es wird erneut versucht',
    'viewer-offline': 'Dein Gerät ist offline – warten auf das Netz',
  },
  slowLine: {
    title: 'Deine Verbindung ist zu langsam für diesen Stream',
    detail: 'Beende andere Downloads, geh näher an den WLAN-Router oder benutze ein Kabel.',
  },
  endedAt: (time, duration) =>
    duration === '' ? `Stream beendet um ${time}` : `Stream beendet um ${time} · ${duration}`,
  unsupportedCodec: {
    profile: (codec) =>
      `Er kann ${codec} nicht dekodieren. Bitte den Streamer um 8 Bit und 4:2:0: das Profil High oder Main von H.264.`,
    h264: (codec) =>
      `Er kann ${codec} nicht dekodieren: Manchen Browser-Versionen fehlt dieser Codec. Versuche Chrome, Edge, Firefox oder Safari.`,
    hevc: (codec) =>
      `Er kann ${codec} auf diesem Gerät nicht dekodieren. Versuche Safari oder bitte den Streamer um H.264.`,
    audio: (codec) => `Er kann den Ton nicht dekodieren: ${codec}. Bitte den Streamer um AAC-LC.`,
    other: (codec) =>
      `Er kann ${codec} nicht dekodieren. Versuche einen anderen Browser oder bitte den Streamer um H.264 und AAC.`,
  },
  unsupportedBrowser: 'Er kann kein Live-Video abspielen. Ein aktueller Browser kann es.',
  pill: {
    unknown: 'Verbinden',
    unreachable: 'Keine Verbindung',
    offline: 'Offline',
    connecting: 'Startet',
    starting: 'Startet',
    live: 'Live',
    stalled: 'Langsam',
    reconnecting: 'Unterbrochen',
    stopped: 'Gestoppt',
    ended: 'Beendet',
    unsupported: 'Nicht abspielbar',
    denied: 'Kein Zugriff',
    'viewer-offline': 'Kein Netz',
    invalid: 'Unbekannt',
  },

  player: {
    region: (name) => `Live-Player: ${name}`,
    play: 'Wiedergabe',
    pause: 'Pause',
    mute: 'Stummschalten',
    unmute: 'Ton einschalten',
    volume: 'Lautstärke',
    atLive: 'Live. Die Zahl ist die Zeit vom Eintreffen des Bildes beim Server bis zu deinem Bildschirm.',
    goLive: 'Zu Live springen',
    seek: 'Abstand zu Live',
    behind: (duration) => `−${duration}`,
    captions: 'Untertitel',
    captionsNone: 'Aus',
    captionsNumbered: (number) => `Untertitel ${number}`,
    captionsService: (number) => `Untertitel, Dienst ${number}`,
    captionsWritten: 'Live-Untertitel',
    captionsIn: (language) => `Live-Untertitel, ${language}`,
    enterPip: 'Bild im Bild',
    leavePip: 'Bild im Bild beenden',
    enterFullscreen: 'Vollbild',
    leaveFullscreen: 'Vollbild beenden',
    tapForSound: 'Tippen für Ton',
    playLive: 'Livestream abspielen',
    loading: 'Wird geladen',
    audioOnly: 'Nur Ton',
    timer: (duration) => ` (${duration})`,
  },

  stats: {
    heading: 'Stream',
    video: 'Video',
    audio: 'Audio',
    frameRate: 'Bildrate',
    resolution: 'Auflösung',
    videoCodec: 'Video-Codec',
    audioCodec: 'Audio-Codec',
    keyFrames: 'Keyframe alle',
    viewers: 'Zuschauer',
    uptime: 'Live seit',
    encoder: 'Encoder',
    latency: 'Latenz',
    target: (duration) => `Ziel ${duration}`,
    unknown: '–',
  },
  viewers: (count) => `${countText(count)} Zuschauer`,

  units: {
    seconds: (seconds) => `${seconds} s`,
    minutes: (minutes, seconds) => `${minutes} min ${seconds} s`,
    hours: (hours, minutes) => `${hours} h ${minutes} min`,
    days: (days, hours) => `${days} d ${hours} h`,
    percent: (percent) => `${percent}\u00a0%`,
  },
  channels: { mono: 'Mono', stereo: 'Stereo', several: (count) => `${count} Kanäle` },

  copy: {
    button: 'Kopieren',
    done: 'Kopiert',
    failed: 'Strg+C drücken',
    label: (what) => `${what} kopieren`,
  },
  share: {
    heading: 'Teilen',
    watch: 'Link',
    embed: 'Einbettungscode',
    hls: 'HLS-Adresse',
    onlyHere:
      'Diese Links funktionieren nur auf diesem Rechner. Die Einstellung http.public-url nennt eine Adresse für andere.',
  },
};
