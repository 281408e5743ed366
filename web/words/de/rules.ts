// The findings of the doctor in German. The English sentences are in server/doctor/.
import type { GatewayWords } from '../gateway-words.ts';
import { plural } from '../language.ts';
import {
  bitRateFlag,
  bitRateText,
  frameRateText,
  kilohertzText,
  millisecondsText,
  paceText,
  percentText,
  secondsText,
  sizeText,
} from '../measures.ts';
import { obs } from './obs.ts';

const FASTER_PRESET = `${obs.cpuPreset}: faster (x264) oder ${obs.nvencPreset} (NVENC)`;
const EVERY_TWO_SECONDS = 'alle 2 s ein Keyframe';
const REAL_TIME = 'eine Sekunde Medien pro Sekunde';
const LOWER_BITRATE = '-b:v mit einem kleineren Wert';
const ENCODE_AGAIN = 'neu kodieren statt -c copy';
const notPlayed = ({ track, error }: { readonly track: string; readonly error: string }) =>
  `Spur ${track} wird nicht abgespielt: ${error}`;
const lower = (bps: number | undefined) => (bps === undefined ? '70 % der jetzigen' : bitRateText(bps));

export const rules: GatewayWords['rules'] = {
  gopLong: {
    title: 'Keyframes sind zu weit auseinander',
    expected: EVERY_TWO_SECONDS,
    observed: ({ kind, longestMs }) =>
      kind === 'noneFor'
        ? `seit ${secondsText(longestMs)} kein Keyframe`
        : `bis zu ${secondsText(longestMs)}`,
    fix: {
      obs: obs.keyFrames,
      generic: 'Stelle das Keyframe-Intervall (GOP) auf 2 s; „automatisch“ bedeutet oft 250 Bilder.',
    },
  },
  gopShort: {
    title: 'Keyframes sind sehr häufig',
    expected: EVERY_TWO_SECONDS,
    observed: ({ meanMs }) => `alle ${secondsText(meanMs)}`,
    fix: {
      obs: obs.keyFrames,
      generic: 'Stelle das Keyframe-Intervall (GOP) auf 2 s: Keyframes kosten die meisten Bits.',
    },
  },
  gopVariable: {
    title: 'Keyframes kommen unregelmäßig',
    expected: 'gleiche Abstände von 2 s',
    observed: ({ minMs, maxMs }) => `von ${secondsText(minMs)} bis ${secondsText(maxMs)}`,
    fix: {
      obs: obs.x264('scenecut=0'),
      generic: 'Schalte im Encoder die Szenenerkennung aus (Scene Cut, adaptive Keyframes).',
    },
  },
  openGop: {
    title: 'Keyframes sind nicht vollständig',
    expected: 'geschlossene GOPs: Jeder Keyframe ist ein IDR-Bild',
    observed: (values) =>
      values.kind === 'open'
        ? plural(values.count, {
            one: () => 'ein offener Keyframe in den letzten 30 s',
            other: (n) => `${n} offene Keyframes in den letzten 30 s`,
          })
        : 'Intra-Refresh statt Keyframes',
    fix: {
      obs: obs.x264('open-gop=0 intra-refresh=0'),
      ffmpeg: '-x264-params open-gop=0:intra-refresh=0 oder -flags +cgop',
      generic: 'Schalte geschlossene GOPs ein und Intra-Refresh aus.',
    },
  },
  bFrames: {
    title: 'B-Frames erhöhen die Latenz',
    expected: 'keine B-Frames, für die niedrigste Latenz',
    observed: ({ share, laterMs }) =>
      `${percentText(share)} der Bilder, bis zu ${millisecondsText(laterMs)} später`,
    fix: {
      obs: ({ obsVersion }) => `${obs.x264('bframes=0')}; bei ${obs.nvencBFrames(obsVersion)}`,
      ffmpeg: '-bf 0 (oder -tune zerolatency)',
      generic:
        'Stelle B-Frames auf 0. Sie sparen Bits; behalte sie, wenn zwei oder drei Bilder Verzögerung nicht stören.',
    },
  },
  bitrateUnstable: {
    title: 'Die Bitrate schwankt stark',
    expected: 'eine konstante Bitrate (CBR)',
    observed: ({ share, bps }) => `±${percentText(share)} um ${bitRateText(bps)}`,
    fix: {
      obs: obs.cbr,
      generic:
        'Benutze eine konstante Bitrate: Bei Zuschauern stockt es, wenn eine bewegte Szene mehr braucht, als ihr Netz hergibt.',
    },
  },
  bitrateLow: {
    title: 'Die Bitrate ist niedrig für diese Bildgröße',
    expected: 'mindestens die Bitrate der Tabelle für die Bildgröße',
    observed: ({ bps, leastBps, width, height }) =>
      `${bitRateText(bps)} bei ${sizeText(width, height)}; ab ${bitRateText(leastBps)} sieht es gut aus`,
    fix: {
      obs: `${obs.bitrate}: höher, oder ${obs.scaledSize}: kleiner`,
      ffmpeg: '-b:v mit einem größeren Wert oder -vf scale=-2:720',
      generic: 'Erhöhe die Bitrate oder sende ein kleineres Bild.',
    },
  },
  bitrateHigh: {
    title: 'Die Bitrate ist hoch für diese Bildgröße',
    expected: 'höchstens die Bitrate der Tabelle für die Bildgröße',
    observed: ({ bps, mostBps, width, height }) =>
      `${bitRateText(bps)} bei ${sizeText(width, height)}; ${bitRateText(mostBps)} genügen`,
    fix: {
      obs: `${obs.bitrate}: niedriger`,
      ffmpeg: LOWER_BITRATE,
      generic: 'Senke die Bitrate: Jeder Zuschauer braucht ein Netz, das sie trägt.',
    },
  },
  framesDropped: {
    title: 'Bilder fehlen',
    expected: 'jedes Bild der Bildrate',
    observed: ({ share }) => `${percentText(share)} fehlen`,
    fix: {
      obs: `${FASTER_PRESET}; die Statusleiste sagt, wodurch Frames verloren gehen`,
      ffmpeg: '-preset veryfast (oder schneller) und -vf scale mit einem kleineren Bild',
      generic:
        'Der Encoder oder der Upload ist zu langsam: Benutze eine schnellere Voreinstellung, ein kleineres Bild oder eine niedrigere Bitrate.',
    },
  },
  resolutionChanged: {
    title: 'Die Bildgröße hat sich geändert',
    expected: 'eine Größe, solange der Stream dauert',
    observed: ({ from, to }) => `${from} → ${to}`,
    fix: {
      generic:
        'Player starten bei jeder Änderung ihren Decoder neu; stelle im Encoder eine feste Ausgabegröße ein.',
    },
  },
  metaMismatch: {
    title: 'onMetaData und die Bilder unterscheiden sich',
    expected: 'die Werte der Bilder',
    observed: (values) =>
      values.kind === 'size'
        ? `angekündigt ${sizeText(values.announcedWidth, values.announcedHeight)}, gesendet ${sizeText(values.width, values.height)}`
        : `angekündigt ${frameRateText(values.announcedFps)}, gesendet ${frameRateText(values.fps)}`,
    fix: {
      generic:
        'Das Gateway richtet sich nach den Bildern; starte den Encoder neu, damit auch andere Programme richtige Werte bekommen.',
    },
  },
  renderLag: {
    title: 'Der Encoder rendert zu langsam',
    expected: 'jedes Bild ist rechtzeitig gerendert',
    observed: ({ share }) => `${percentText(share)} der Bilder wurden zu spät gerendert`,
    fix: {
      obs: `${obs.fpsValues}: niedriger; und weniger Quellen und Filter in der Szene`,
      generic:
        'Die Grafikkarte ist überlastet: Begrenze die Bildrate des Spiels, schließe andere Programme, die sie benutzen, oder sende weniger Bilder pro Sekunde.',
    },
  },
  encoderOverload: {
    title: 'Der Encoder lässt Bilder aus',
    expected: 'jedes Bild wird kodiert',
    observed: ({ share }) => `${percentText(share)} der Bilder wurden ausgelassen`,
    fix: {
      obs: `${FASTER_PRESET}; oder ${obs.scaledSize}: kleiner`,
      ffmpeg: '-preset veryfast (oder schneller) und -vf scale mit einem kleineren Bild',
      generic:
        'Der Prozessor oder der Hardware-Encoder ist überlastet: Benutze eine schnellere Voreinstellung, einen Hardware-Encoder, ein kleineres Bild oder weniger Bilder pro Sekunde.',
    },
  },
  networkDrops: {
    title: 'Der Encoder verwirft Bilder: Sein Netz ist zu langsam',
    expected: 'jedes Bild wird gesendet',
    observed: ({ share }) => `${percentText(share)} der Bilder wurden verworfen`,
    fix: {
      obs: `${obs.bitrate}: niedriger; oder ${obs.dynamicBitrate}`,
      ffmpeg: LOWER_BITRATE,
      generic: 'Senke die Bitrate, benutze ein Kabel statt WLAN und beende andere Uploads.',
    },
  },
  videoStarved: {
    title: 'Der Upload ist zu langsam',
    expected: REAL_TIME,
    observed: ({ rate }) => `${paceText(rate)} Medien pro Sekunde`,
    fix: {
      obs: ({ lowerBps }) => `${obs.bitrate}: ${lower(lowerBps)}`,
      ffmpeg: ({ lowerBps }) => bitRateFlag(lowerBps) ?? LOWER_BITRATE,
      generic: ({ lowerBps }) =>
        `Senke die Bitrate auf ${lower(lowerBps)}, benutze ein Kabel statt WLAN und beende andere Uploads. Wenn der Encoder eine Überlastung meldet, benutze eine schnellere Voreinstellung.`,
    },
  },
  fasterThanRealtime: {
    title: 'Die Medien kommen schneller als in Echtzeit',
    expected: REAL_TIME,
    observed: ({ rate }) => `${paceText(rate)} Medien pro Sekunde`,
    fix: {
      ffmpeg: '-re vor -i einfügen',
      generic: 'Sende eine Datei so schnell, wie sie abgespielt wird; sonst kommen Live-Player nicht mit.',
    },
  },
  avDrift: {
    title: 'Ton und Bild sind auseinander',
    expected: 'weniger als 100 ms',
    observed: ({ kind, apartMs }) => {
      const apart = millisecondsText(apartMs);
      return {
        ahead: `die Zeitstempel des Tons sind denen des Bildes ${apart} voraus`,
        behind: `die Zeitstempel des Tons liegen ${apart} hinter denen des Bildes`,
        beginsAfter: `der Ton beginnt ${apart} nach dem Bild`,
        beginsBefore: `der Ton beginnt ${apart} vor dem Bild`,
      }[kind];
    },
    fix: {
      obs: obs.syncOffset,
      ffmpeg:
        'ein -itsoffset für beide Eingänge; -af aresample=async=1, wenn sich der Ton immer weiter verschiebt',
      generic: 'Stelle die Tonverzögerung im Encoder auf 0 und nimm Bild und Ton von einem Gerät.',
    },
  },
  timestampJump: {
    title: 'Zeitstempel springen',
    expected: 'Zeitstempel, die aufeinander folgen',
    observed: ({ kind, count }) =>
      kind === 'jumps'
        ? plural(count, {
            one: () => 'ein Sprung in den letzten 30 s',
            other: (n) => `${n} Sprünge in den letzten 30 s`,
          })
        : plural(count, {
            one: () => 'ein Zeitstempel ohne Fortschritt in den letzten 30 s',
            other: (n) => `${n} Zeitstempel ohne Fortschritt in den letzten 30 s`,
          }),
    fix: {
      obs: 'den Stream beenden und wieder starten; eine Medienquelle in Schleife kann die Ursache sein',
      ffmpeg: `-fflags +genpts vor -i, oder ${ENCODE_AGAIN}`,
      generic:
        'Starte den Encoder neu. Eine Wiedergabeliste aus Dateien braucht bei jeder Datei neue Zeitstempel.',
    },
  },
  noVideo: {
    title: 'Es gibt kein Bild',
    expected: 'eine Videospur',
    observed: (values) =>
      values.kind === 'announced'
        ? 'kein Bild, wie vom Encoder angekündigt'
        : `kein Bild nach ${secondsText(values.ageMs)}`,
    fix: {
      obs: `prüfe, ob die Szene eine Quelle hat, und ${obs.videoEncoder}`,
      generic: 'Füge eine Videospur hinzu, wenn der Stream ein Bild haben soll.',
    },
  },
  noAudio: {
    title: 'Es gibt keinen Ton',
    expected: 'eine Audiospur',
    observed: (values) =>
      values.kind === 'announced'
        ? 'kein Ton, wie vom Encoder angekündigt'
        : `kein Ton nach ${secondsText(values.ageMs)}`,
    fix: {
      obs: obs.audioTrack,
      ffmpeg: '-map 0:a -c:a aac, oder -f lavfi -i anullsrc für Stille',
      generic: 'Füge eine Audiospur hinzu, auch eine stille: Manche Player warten darauf.',
    },
  },
  codecUnsupported: {
    title: 'Browser können das nicht dekodieren',
    expected: 'H.264 mit 8 Bit und 4:2:0, und AAC-LC',
    observed: (values) =>
      values.kind === 'track'
        ? notPlayed(values)
        : `H.264 mit ${values.bitDepth} Bit ${values.chroma}`.trim(),
    fix: {
      obs: ({ obsVersion }) =>
        `${obs.colourFormat(obsVersion)}; ${obs.videoEncoder}: x264 oder ein Hardware-Encoder für H.264`,
      generic: 'Sende H.264 mit 8 Bit und 4:2:0 (Profil Baseline, Main oder High) und Ton in AAC-LC.',
    },
  },
  trackUnreadable: {
    title: 'Eine Spur ist nicht lesbar',
    expected: 'jede Spur wird abgespielt',
    observed: notPlayed,
    fix: {
      ffmpeg: ENCODE_AGAIN,
      generic: 'Starte den Encoder neu; docs/errors.md erklärt den Code.',
    },
  },
  codecReach: {
    title: 'Manche Player können das nicht abspielen',
    expected: 'H.264 mit Vollbildern, und AAC-LC',
    observed: (values) =>
      values.kind === 'interlaced'
        ? 'Halbbilder (Interlacing): Viele Hardware-Decoder zeigen Streifen oder nichts'
        : `AAC mit Objekttyp ${values.objectType}: Die meisten Browser spielen nur LC und HE`,
    fix: {
      obs: `${obs.fpsValues} und ${obs.scaledSize}; OBS selbst sendet Vollbilder`,
      generic: 'Sende Vollbilder (progressiv) und AAC-LC.',
    },
  },
  audioRateOdd: {
    title: 'Die Abtastrate ist ungewöhnlich',
    expected: '48 kHz',
    observed: ({ sampleRate }) => kilohertzText(sampleRate),
    fix: {
      obs: obs.sampleRate,
      generic: 'Stelle die Abtastrate auf 48 kHz: Manche Geräte spielen nichts anderes.',
    },
  },
  audioChannels: {
    title: 'Es gibt mehr als zwei Kanäle',
    expected: 'Stereo',
    observed: ({ channels }) => `${channels} Kanäle`,
    fix: {
      obs: obs.stereo,
      generic: 'Stelle den Ton auf Stereo: Nicht jeder Browser mischt mehr Kanäle herunter.',
    },
  },
  flapping: {
    title: 'Der Encoder verbindet sich immer wieder neu',
    expected: 'eine Verbindung',
    observed: ({ count }) => `${count}-mal in 5 Minuten`,
    fix: {
      obs: obs.dynamicBitrate,
      ffmpeg: LOWER_BITRATE,
      generic:
        'Benutze ein Kabel statt WLAN und eine niedrigere Bitrate. Das Log sagt, warum jede Verbindung endete.',
    },
  },
  viewersStalling: {
    title: 'Bei Zuschauern stockt es',
    expected: 'höchstens 5 %',
    observed: ({ share }) => `${percentText(share)} der Player`,
    fix: {
      generic:
        'Senke die Bitrate. Wenn sie passt, können Zuschauer in den Einstellungen des Players mehr Abstand zu Live wählen; prüfe das Netz des Gateways.',
    },
  },
  noHttps: {
    title: 'Zuschauer mit Apple-Geräten verbinden sich ohne HTTPS',
    expected: 'HTTPS mit HTTP/2',
    observed: ({ count }) =>
      plural(count, { one: () => 'ein Player über HTTP', other: (n) => `${n} Player über HTTP` }),
    fix: {
      generic:
        'Setze tls.certificate und tls.key, oder stelle einen Proxy mit HTTPS und HTTP/2 vor das Gateway (docs/deploy.md).',
    },
  },
  serverBusy: {
    title: 'Das Gateway ist überlastet',
    expected: 'unter 50 ms',
    observed: ({ delayMs }) => millisecondsText(delayMs),
    fix: {
      generic:
        'Der Rechner ist zu langsam für seine Streams und Zuschauer: Beende andere Programme oder benutze einen anderen Rechner. Keine Einstellung des Encoders hilft.',
    },
  },
};
