// The findings of the doctor in Spanish. The English sentences are in server/doctor/.
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

const FASTER_PRESET = `${obs.cpuPreset}: faster (x264), o ${obs.nvencPreset} (NVENC)`;
const EVERY_TWO_SECONDS = 'un fotograma clave cada 2 s';
const REAL_TIME = 'un segundo de medios por segundo';
const LOWER_BITRATE = '-b:v con un valor menor';
const ENCODE_AGAIN = 'codifica de nuevo en lugar de usar -c copy';
const FASTER_FLAGS = '-preset veryfast (o más rápido), y -vf scale con una imagen más pequeña';
const notPlayed = ({ track, error }: { readonly track: string; readonly error: string }) =>
  `la pista ${track} no se reproduce: ${error}`;
const lower = (bps: number | undefined) => (bps === undefined ? 'el 70 % de la actual' : bitRateText(bps));

export const rules: GatewayWords['rules'] = {
  gopLong: {
    title: 'Los fotogramas clave están demasiado separados',
    expected: EVERY_TWO_SECONDS,
    observed: ({ kind, longestMs }) =>
      kind === 'noneFor'
        ? `ningún fotograma clave desde hace ${secondsText(longestMs)}`
        : `hasta ${secondsText(longestMs)}`,
    fix: {
      obs: obs.keyFrames,
      generic:
        'Pon el intervalo de fotogramas clave (GOP) en 2 s; «automático» suele significar 250 imágenes.',
    },
  },
  gopShort: {
    title: 'Los fotogramas clave son muy frecuentes',
    expected: EVERY_TWO_SECONDS,
    observed: ({ meanMs }) => `cada ${secondsText(meanMs)}`,
    fix: {
      obs: obs.keyFrames,
      generic:
        'Pon el intervalo de fotogramas clave (GOP) en 2 s: los fotogramas clave son los que más bits gastan.',
    },
  },
  gopVariable: {
    title: 'Los fotogramas clave llegan de forma irregular',
    expected: 'distancias iguales de 2 s',
    observed: ({ minMs, maxMs }) => `de ${secondsText(minMs)} a ${secondsText(maxMs)}`,
    fix: {
      obs: obs.x264('scenecut=0'),
      generic:
        'Desactiva la detección de escenas en el codificador (scene cut, fotogramas clave adaptativos).',
    },
  },
  openGop: {
    title: 'Los fotogramas clave no están completos',
    expected: 'GOP cerrados: cada fotograma clave es una imagen IDR',
    observed: (values) =>
      values.kind === 'open'
        ? plural(values.count, {
            one: () => 'un fotograma clave abierto en los últimos 30 s',
            other: (n) => `${n} fotogramas clave abiertos en los últimos 30 s`,
          })
        : 'intra refresh en lugar de fotogramas clave',
    fix: {
      obs: obs.x264('open-gop=0 intra-refresh=0'),
      ffmpeg: '-x264-params open-gop=0:intra-refresh=0, o -flags +cgop',
      generic: 'Activa los GOP cerrados y desactiva intra refresh.',
    },
  },
  bFrames: {
    title: 'Los fotogramas B aumentan la latencia',
    expected: 'sin fotogramas B, para la menor latencia',
    observed: ({ share, laterMs }) =>
      `el ${percentText(share)} de las imágenes, hasta ${millisecondsText(laterMs)} más tarde`,
    fix: {
      obs: ({ obsVersion }) => `${obs.x264('bframes=0')}; con ${obs.nvencBFrames(obsVersion)}`,
      ffmpeg: '-bf 0 (o -tune zerolatency)',
      generic:
        'Pon los fotogramas B en 0. Ahorran bits: consérvalos donde dos o tres imágenes de retardo no importen.',
    },
  },
  bitrateUnstable: {
    title: 'La tasa de bits varía mucho',
    expected: 'una tasa de bits constante (CBR)',
    observed: ({ share, bps }) => `±${percentText(share)} en torno a ${bitRateText(bps)}`,
    fix: {
      obs: obs.cbr,
      generic:
        'Usa una tasa de bits constante: los espectadores sufren cortes cuando una escena agitada necesita más de lo que da su red.',
    },
  },
  bitrateLow: {
    title: 'La tasa de bits es baja para este tamaño de imagen',
    expected: 'al menos la tasa de bits de la tabla para el tamaño de la imagen',
    observed: ({ bps, leastBps, width, height }) =>
      `${bitRateText(bps)} con ${sizeText(width, height)}; se ve bien a partir de ${bitRateText(leastBps)}`,
    fix: {
      obs: `${obs.bitrate}: más alta, o ${obs.scaledSize}: menor`,
      ffmpeg: '-b:v con un valor mayor, o -vf scale=-2:720',
      generic: 'Sube la tasa de bits o envía una imagen más pequeña.',
    },
  },
  bitrateHigh: {
    title: 'La tasa de bits es alta para este tamaño de imagen',
    expected: 'como máximo la tasa de bits de la tabla para el tamaño de la imagen',
    observed: ({ bps, mostBps, width, height }) =>
      `${bitRateText(bps)} con ${sizeText(width, height)}; bastan ${bitRateText(mostBps)}`,
    fix: {
      obs: `${obs.bitrate}: más baja`,
      ffmpeg: LOWER_BITRATE,
      generic: 'Baja la tasa de bits: cada espectador necesita una red que la soporte.',
    },
  },
  framesDropped: {
    title: 'Faltan imágenes',
    expected: 'todas las imágenes de la frecuencia de fotogramas',
    observed: ({ share }) => `falta el ${percentText(share)}`,
    fix: {
      obs: `${FASTER_PRESET}; la barra de estado dice por qué se pierden fotogramas`,
      ffmpeg: FASTER_FLAGS,
      generic:
        'El codificador o la subida es demasiado lento: usa un preajuste más rápido, una imagen más pequeña o una tasa de bits más baja.',
    },
  },
  resolutionChanged: {
    title: 'El tamaño de la imagen ha cambiado',
    expected: 'un solo tamaño durante toda la transmisión',
    observed: ({ from, to }) => `${from} → ${to}`,
    fix: {
      generic:
        'Los reproductores reinician su decodificador en cada cambio; fija un tamaño de salida en el codificador.',
    },
  },
  metaMismatch: {
    title: 'onMetaData y las imágenes no coinciden',
    expected: 'los valores de las imágenes',
    observed: (values) =>
      values.kind === 'size'
        ? `anunciado ${sizeText(values.announcedWidth, values.announcedHeight)}, enviado ${sizeText(values.width, values.height)}`
        : `anunciado ${frameRateText(values.announcedFps)}, enviado ${frameRateText(values.fps)}`,
    fix: {
      generic:
        'El gateway se guía por las imágenes; reinicia el codificador para que otros programas también reciban los valores correctos.',
    },
  },
  renderLag: {
    title: 'El codificador renderiza demasiado despacio',
    expected: 'todas las imágenes se renderizan a tiempo',
    observed: ({ share }) => `el ${percentText(share)} de las imágenes se renderizó tarde`,
    fix: {
      obs: `${obs.fpsValues}: menos; y menos fuentes y filtros en la escena`,
      generic:
        'La tarjeta gráfica está sobrecargada: limita los fotogramas por segundo del juego, cierra otros programas que la usen o envía menos imágenes por segundo.',
    },
  },
  encoderOverload: {
    title: 'El codificador omite imágenes',
    expected: 'todas las imágenes se codifican',
    observed: ({ share }) => `se omitió el ${percentText(share)} de las imágenes`,
    fix: {
      obs: `${FASTER_PRESET}; o ${obs.scaledSize}: menor`,
      ffmpeg: FASTER_FLAGS,
      generic:
        'El procesador o el codificador por hardware está sobrecargado: usa un preajuste más rápido, un codificador por hardware, una imagen más pequeña o menos imágenes por segundo.',
    },
  },
  networkDrops: {
    title: 'El codificador descarta imágenes: su red es demasiado lenta',
    expected: 'todas las imágenes se envían',
    observed: ({ share }) => `se descartó el ${percentText(share)} de las imágenes`,
    fix: {
      obs: `${obs.bitrate}: más baja; o ${obs.dynamicBitrate}`,
      ffmpeg: LOWER_BITRATE,
      generic: 'Baja la tasa de bits, usa un cable en lugar de la wifi y detén otras subidas.',
    },
  },
  videoStarved: {
    title: 'La subida es demasiado lenta',
    expected: REAL_TIME,
    observed: ({ rate }) => `${paceText(rate)} de medios por segundo`,
    fix: {
      obs: ({ lowerBps }) => `${obs.bitrate}: ${lower(lowerBps)}`,
      ffmpeg: ({ lowerBps }) => bitRateFlag(lowerBps) ?? LOWER_BITRATE,
      generic: ({ lowerBps }) =>
        `Baja la tasa de bits ${lowerBps === undefined ? 'al 70 % de la actual' : `a ${bitRateText(lowerBps)}`}, usa un cable en lugar de la wifi y detén otras subidas. Si el codificador avisa de una sobrecarga, usa un preajuste más rápido.`,
    },
  },
  fasterThanRealtime: {
    title: 'Los medios llegan más rápido que en tiempo real',
    expected: REAL_TIME,
    observed: ({ rate }) => `${paceText(rate)} de medios por segundo`,
    fix: {
      ffmpeg: 'añade -re antes de -i',
      generic:
        'Envía un archivo a la velocidad a la que se reproduce; si no, los reproductores en directo no pueden seguirlo.',
    },
  },
  avDrift: {
    title: 'El sonido y la imagen no van juntos',
    expected: 'menos de 100 ms',
    observed: ({ kind, apartMs }) => {
      const apart = millisecondsText(apartMs);
      return {
        ahead: `las marcas de tiempo del sonido van ${apart} por delante de las de la imagen`,
        behind: `las marcas de tiempo del sonido van ${apart} por detrás de las de la imagen`,
        beginsAfter: `el sonido empieza ${apart} después de la imagen`,
        beginsBefore: `el sonido empieza ${apart} antes que la imagen`,
      }[kind];
    },
    fix: {
      obs: obs.syncOffset,
      ffmpeg: 'un solo -itsoffset para ambas entradas; -af aresample=async=1 si el sonido se va desfasando',
      generic:
        'Pon en 0 el retardo del audio en el codificador y toma la imagen y el sonido del mismo dispositivo.',
    },
  },
  timestampJump: {
    title: 'Las marcas de tiempo saltan',
    expected: 'marcas de tiempo consecutivas',
    observed: ({ kind, count }) =>
      kind === 'jumps'
        ? plural(count, {
            one: () => 'un salto en los últimos 30 s',
            other: (n) => `${n} saltos en los últimos 30 s`,
          })
        : plural(count, {
            one: () => 'una marca de tiempo no avanza en los últimos 30 s',
            other: (n) => `${n} marcas de tiempo no avanzan en los últimos 30 s`,
          }),
    fix: {
      obs: 'detén la transmisión y vuelve a iniciarla; la causa puede ser una fuente multimedia en bucle',
      ffmpeg: `-fflags +genpts antes de -i, o ${ENCODE_AGAIN}`,
      generic:
        'Reinicia el codificador. Una lista de archivos necesita marcas de tiempo nuevas en cada archivo.',
    },
  },
  noVideo: {
    title: 'No hay imagen',
    expected: 'una pista de vídeo',
    observed: (values) =>
      values.kind === 'announced'
        ? 'sin imagen, como anunció el codificador'
        : `sin imagen después de ${secondsText(values.ageMs)}`,
    fix: {
      obs: `comprueba que la escena tenga una fuente, y ${obs.videoEncoder}`,
      generic: 'Añade una pista de vídeo si la transmisión debe tener imagen.',
    },
  },
  noAudio: {
    title: 'No hay sonido',
    expected: 'una pista de audio',
    observed: (values) =>
      values.kind === 'announced'
        ? 'sin sonido, como anunció el codificador'
        : `sin sonido después de ${secondsText(values.ageMs)}`,
    fix: {
      obs: obs.audioTrack,
      ffmpeg: '-map 0:a -c:a aac, o -f lavfi -i anullsrc para silencio',
      generic: 'Añade una pista de audio, aunque sea muda: algunos reproductores la esperan.',
    },
  },
  codecUnsupported: {
    title: 'Los navegadores no pueden decodificar esto',
    expected: 'H.264 de 8 bits 4:2:0, y AAC-LC',
    observed: (values) =>
      values.kind === 'track'
        ? notPlayed(values)
        : `H.264 de ${values.bitDepth} bits ${values.chroma}`.trim(),
    fix: {
      obs: ({ obsVersion }) =>
        `${obs.colourFormat(obsVersion)}; ${obs.videoEncoder}: x264 o un codificador por hardware para H.264`,
      generic: 'Envía H.264 de 8 bits 4:2:0 (perfil Baseline, Main o High) y sonido AAC-LC.',
    },
  },
  trackUnreadable: {
    title: 'Una pista no se puede leer',
    expected: 'todas las pistas se reproducen',
    observed: notPlayed,
    fix: {
      ffmpeg: ENCODE_AGAIN,
      generic: 'Reinicia el codificador; docs/errors.md explica el código.',
    },
  },
  codecReach: {
    title: 'Algunos reproductores no pueden reproducir esto',
    expected: 'H.264 progresivo, y AAC-LC',
    observed: (values) =>
      values.kind === 'interlaced'
        ? 'imágenes entrelazadas: muchos decodificadores por hardware muestran rayas o nada'
        : `AAC con tipo de objeto ${values.objectType}: la mayoría de los navegadores solo reproduce LC y HE`,
    fix: {
      obs: `${obs.fpsValues} y ${obs.scaledSize}; el propio OBS envía imágenes progresivas`,
      generic: 'Envía imágenes progresivas y AAC-LC.',
    },
  },
  audioRateOdd: {
    title: 'La frecuencia de muestreo es poco común',
    expected: '48 kHz',
    observed: ({ sampleRate }) => kilohertzText(sampleRate),
    fix: {
      obs: obs.sampleRate,
      generic: 'Pon la frecuencia de muestreo en 48 kHz: algunos dispositivos no reproducen otra.',
    },
  },
  audioChannels: {
    title: 'Hay más de dos canales',
    expected: 'estéreo',
    observed: ({ channels }) => `${channels} canales`,
    fix: {
      obs: obs.stereo,
      generic: 'Pon el sonido en estéreo: no todos los navegadores mezclan más canales.',
    },
  },
  flapping: {
    title: 'El codificador se reconecta una y otra vez',
    expected: 'una sola conexión',
    observed: ({ count }) => `${count} veces en 5 minutos`,
    fix: {
      obs: obs.dynamicBitrate,
      ffmpeg: LOWER_BITRATE,
      generic:
        'Usa un cable en lugar de la wifi y una tasa de bits más baja. El registro dice por qué terminó cada conexión.',
    },
  },
  viewersStalling: {
    title: 'Los espectadores sufren cortes',
    expected: 'como máximo el 5 %',
    observed: ({ share }) => `el ${percentText(share)} de los reproductores`,
    fix: {
      generic:
        'Baja la tasa de bits. Si ya es adecuada, los espectadores pueden elegir más distancia al directo en los ajustes del reproductor; comprueba la red del gateway.',
    },
  },
  noHttps: {
    title: 'Hay espectadores con dispositivos Apple sin HTTPS',
    expected: 'HTTPS con HTTP/2',
    observed: ({ count }) =>
      plural(count, { one: () => 'un reproductor por HTTP', other: (n) => `${n} reproductores por HTTP` }),
    fix: {
      generic:
        'Configura tls.certificate y tls.key, o pon un proxy con HTTPS y HTTP/2 delante del gateway (docs/deploy.md).',
    },
  },
  serverBusy: {
    title: 'El gateway está sobrecargado',
    expected: 'menos de 50 ms',
    observed: ({ delayMs }) => millisecondsText(delayMs),
    fix: {
      generic:
        'El equipo es demasiado lento para sus transmisiones y espectadores: detén otros programas o usa otro equipo. Ningún ajuste del codificador ayuda.',
    },
  },
};
