// The texts of en/doctor.ts in German.
import type { DoctorWords } from '../en/doctor.ts';

export const doctor: DoctorWords = {
  verdict: {
    good: 'Gut',
    ok: 'Geht besser',
    bad: 'Problem',
    noData: 'Noch keine Daten',
  },
  severity: { error: 'Fehler', warning: 'Warnung', info: 'Hinweis' },

  list: {
    heading: 'Doctor',
    nothing: 'Nichts zu verbessern.',
    waiting: 'Der Doctor braucht einige Sekunden vom Stream.',
    observed: 'Beobachtet',
    expected: 'Erwartet',
    since: 'Seit',
    fix: 'Was zu tun ist',
    fixFor: { obs: 'OBS', ffmpeg: 'ffmpeg', generic: 'Alle Encoder' },
    code: (code) => `Code ${code}`,
  },

  report: {
    title: 'Testbericht',
    heading: (stream) => `Test von ${stream}`,
    running: 'Der Test läuft',
    over: 'Der Test ist beendet',
    lasted: 'Dauer',
    waiting: 'Warten auf den Bericht …',
    missing: 'Unter dieser Adresse gibt es keinen Bericht.',
    missingDetail:
      'Prüfe die Adresse. Ein Bericht bleibt eine Stunde nach dem Ende seines Tests erhalten, und ein Neustart des Gateways entfernt ihn.',
    unreachable: 'Das Gateway ist nicht erreichbar. Neuer Versuch …',
    privacy:
      'Einen Test kann niemand ansehen. Alle, die die Adresse dieser Seite haben, können den Bericht lesen.',
    again:
      'Um eine andere Einstellung zu testen, ändere sie im Encoder und sende erneut mit ?test=1 hinter dem Streamschlüssel. Jeder Test hat einen eigenen Bericht.',
    copy: 'Adresse dieses Berichts',
    facts: 'Was gesendet wurde',
    video: 'Video',
    audio: 'Audio',
    resolution: 'Bild',
    keyFrames: 'Keyframe alle',
    encoder: 'Encoder',
    started: 'Beginn',
    checklist: 'Prüfliste',
    fine: 'In Ordnung',
    unknown: 'Noch nicht bekannt',
    isOver: (title) => `${title}: jetzt vorbei`,
    past: 'Früher gefunden und jetzt vorbei',
    checks: {
      tracks: 'Bild und Ton',
      codecs: 'Codecs',
      keyFrames: 'Keyframes',
      bFrames: 'B-Frames',
      bitrate: 'Bitrate',
      pictures: 'Verlorene Bilder',
      size: 'Bildgröße',
      pace: 'Tempo des Uploads',
      sync: 'Ton passt zum Bild',
      sound: 'Abtastrate und Kanäle',
      gateway: 'Last des Gateways',
    },
  },
};
