// The texts of en/setup.ts in Spanish.
import type { SetupWords } from '../en/setup.ts';

export const setup: SetupWords = {
  tagline: 'Envía aquí vídeo en directo. Los espectadores lo ven alrededor de un segundo después.',
  nameLabel: 'Nombre de tu transmisión',
  nameHint: 'Letras, cifras, guiones y guiones bajos. Todas las direcciones de esta página lo usan.',
  nameInvalid: 'Usa de 1 a 64 letras, cifras, guiones o guiones bajos.',
  serverChoice: 'Dirección de este gateway',
  dashboard: 'Panel',
  version: (version) => `Versión ${version}`,
  infoFailed:
    'No se pudieron pedir las direcciones al servidor. Las que se muestran se deducen de la dirección de esta página.',

  encoder: {
    heading: 'Conecta tu codificador',
    tabs: { obs: 'OBS Studio', ffmpeg: 'ffmpeg', vmix: 'vMix', hardware: 'Equipos y apps' },
    server: 'Servidor',
    secureServer: 'Servidor, con TLS',
    key: 'Clave de transmisión',
    keyPlaceholder: 'TU_CLAVE_DE_TRANSMISION',
    keyNote: (name) =>
      `Este gateway solo acepta claves secretas: pide a su operador una que pueda emitir ${name}.`,
    obs: [
      'Abre Ajustes → Emisión y elige el servicio Personalizado…',
      'Escribe el servidor y la clave de transmisión.',
      'En Ajustes → Salida, pon el control de la frecuencia en CBR y el intervalo de fotogramas clave en 1 s o 2 s. Con el intervalo en 0, los espectadores esperan mucho por una imagen.',
      'Pulsa Iniciar transmisión.',
    ],
    ffmpegTest: 'Una imagen de prueba con un tono, para probarlo ahora',
    ffmpegFile: 'Un archivo: pon el tuyo después de -i',
    vmix: [
      'Pulsa el engranaje junto a Stream y elige el destino Custom RTMP Server.',
      'Escribe la URL y el nombre o la clave.',
      'En los ajustes de calidad elige H.264 y AAC, y un fotograma clave cada 1 s o 2 s.',
      'Pulsa Stream.',
    ],
    vmixUrl: 'URL',
    vmixKey: 'Nombre o clave',
    hardware: [
      'Elige RTMP como protocolo. Escribe la dirección única, o el servidor y la clave si hay dos campos.',
      'Vídeo: H.264, tasa de bits constante, un fotograma clave cada 1 s o 2 s, sin fotogramas B para el menor retardo.',
      'Audio: AAC, 48 kHz, estéreo.',
    ],
    whole: 'Dirección única',
  },

  test: {
    label: 'Solo probar el codificador',
    hint: 'Nadie puede ver una prueba. El gateway dice qué hay que cambiar.',
    where:
      'Las direcciones de arriba ya llevan ?test=1. Mientras dura la prueba, aquí hay un enlace al informe para los operadores; también está en el registro del gateway.',
    report: 'Abrir el informe de la prueba',
  },

  checklist: {
    heading: '¿Funciona?',
    steps: {
      reachable: 'Servidor accesible',
      connected: 'Codificador conectado',
      keyFrame: 'Primer fotograma clave',
      playing: 'Reproduciendo',
    },
    marks: { done: 'Hecho', active: 'En curso', waiting: 'Aún no', fault: 'Problema' },
    details: {
      asking: 'Consultando al servidor…',
      unreachable: 'El servidor no responde. Esta página reintenta sola.',
      noEncoder: 'Esperando tu codificador. Inícialo ahora.',
      ended: 'La transmisión ha terminado. Empieza de nuevo cuando tu codificador lo haga.',
      noMedia: 'El codificador está conectado y aún no ha enviado nada.',
      noKeyFrame: 'Llegan datos. Esperando una imagen con la que los reproductores puedan empezar.',
      slowKeyFrame:
        'Aún no hay fotograma clave. Pon el intervalo de fotogramas clave de tu codificador en 1 s o 2 s: los espectadores empiezan en ellos.',
      silent: 'El codificador está conectado, pero no llega nada. Puede que su subida sea demasiado lenta.',
      lost: 'Se perdió la conexión con tu codificador. Su nombre se le reserva unos segundos.',
      stopped: 'El codificador se ha detenido. Su nombre se le reserva unos segundos.',
      byOperator: 'El operador ha desconectado el codificador o ha terminado la transmisión.',
      byServer: 'El servidor no pudo continuar con esta transmisión. Su registro dice por qué.',
      loading: 'Cargando la imagen de abajo.',
      closed: 'Los espectadores de esta transmisión necesitan un token, así que no se puede reproducir aquí.',
    },
    refusedMedia: (detail) => `El servidor no puede usar lo que envía el codificador: ${detail}.`,
    behind: (duration) => `${duration} después de llegar aquí`,
    preview: (name) => `Vista previa de ${name}`,
    noPreview: 'Tu imagen aparece aquí.',
    previewNote: 'Esta vista previa no tiene sonido y cuenta como un espectador.',
  },

  rejected: {
    heading: 'El servidor rechazó un codificador',
    of: (name, time, address) => `${name}, a las ${time}, desde ${address}`,
    unnamed: (time, address) => `A las ${time}, desde ${address}`,
    often: (note, count) => `${note} · ${count} veces`,
  },

  issues: {
    heading: 'Qué mejorar',
    observed: (observed, expected) => `Ahora: ${observed}. Mejor: ${expected}.`,
  },

  viewers: {
    heading: 'Para tus espectadores',
    hint: 'Abre ya la página de la transmisión: empieza cuando tú empiezas.',
    watch: 'Página de la transmisión',
    embed: 'Código de inserción',
    hls: 'Dirección HLS',
    open: (name) => `Ver ${name}`,
    playground: 'Probar la inserción',
    qr: 'Código QR de la página de la transmisión',
    qrHint: 'Escanéalo para verla en un móvil.',
    onlyHere:
      'Estos enlaces solo funcionan en este equipo. El ajuste http.public-url indica una dirección para otros.',
  },

  liveNow: 'En directo ahora',
  noneLive: 'Nadie está en directo. Tu transmisión aparecerá aquí.',
  listFailed: 'No se puede conectar con el servidor. Se reintenta automáticamente.',
  sinceStart: (duration) => `desde hace ${duration}`,
};
