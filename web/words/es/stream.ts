// The texts of en/stream.ts in Spanish.
import type { Words } from '../en/stream.ts';
import { plural } from '../language.ts';

export const stream: Words = {
  product: 'Sluice',
  live: 'DIRECTO',

  test: { title: 'Esto es una prueba', detail: 'El emisor prueba sus ajustes. Nadie puede verla.' },

  state: {
    unknown: { title: 'Conectando…', detail: 'Consultando al servidor sobre esta transmisión.' },
    unreachable: { title: 'No se puede conectar con el servidor', detail: 'Se reintenta automáticamente.' },
    offline: { title: 'Aún no está en directo', detail: 'Esta página se inicia sola.' },
    connecting: { title: 'Iniciando…', detail: 'Esperando la primera imagen.' },
    starting: { title: 'Iniciando…', detail: 'Esperando la primera imagen.' },
    live: { title: 'En directo', detail: '' },
    stalled: {
      title: 'La conexión del emisor es lenta…',
      detail: 'Continúa en cuanto llegue algo.',
    },
    reconnecting: { title: 'El emisor perdió la conexión', detail: 'Guardamos tu lugar.' },
    ended: { title: 'La transmisión ha terminado', detail: 'Esta página vuelve a iniciarse sola.' },
    unsupported: { title: 'Tu navegador no puede reproducir esta transmisión', detail: '' },
    denied: {
      title: 'Sin acceso',
      detail: 'Esta transmisión requiere un enlace con acceso. Pídeselo a su propietario.',
    },
    'viewer-offline': {
      title: 'Tu dispositivo no tiene conexión',
      detail: 'Comprueba la red wifi o móvil. Esta página continúa sola.',
    },
    invalid: {
      title: 'No existe esa transmisión',
      detail: 'El nombre de una transmisión tiene de 1 a 64 letras, cifras, guiones o guiones bajos.',
    },
  },
  gone: {
    stopped: {
      title: 'El emisor se ha detenido',
      detail: 'Guardamos tu lugar por si la transmisión continúa.',
      banner: 'El emisor se ha detenido: guardamos tu lugar',
    },
    lost: {
      title: 'El emisor perdió la conexión',
      detail: 'Guardamos tu lugar.',
      banner: 'El emisor perdió la conexión: guardamos tu lugar',
    },
    refused: {
      title: 'El servidor no puede usar lo que envía el emisor',
      detail: '',
      banner: 'El servidor no puede usar lo que envía el emisor',
    },
    byOperator: {
      title: 'El operador ha desconectado al emisor',
      detail: 'Guardamos tu lugar.',
      banner: 'El operador ha desconectado al emisor: guardamos tu lugar',
    },
    byServer: {
      title: 'El servidor no pudo continuar con esta transmisión',
      detail: 'Guardamos tu lugar.',
      banner: 'El servidor no pudo continuar: guardamos tu lugar',
    },
    replaced: {
      title: 'Otro codificador ha tomado el relevo',
      detail: 'Esperando su primera imagen.',
      banner: 'Otro codificador ha tomado el relevo…',
    },
    draining: {
      title: 'El servidor se está deteniendo',
      detail: 'Esta página continúa sola cuando vuelva el servidor.',
      banner: 'El servidor se está deteniendo',
    },
  },
  refusedBecause: (detail) => `Motivo: ${detail}. Esta página vuelve a iniciarse sola.`,
  refusedBeforeMedia: (detail) => `El servidor no puede usar lo que envía el emisor: ${detail}.`,
  denied: {
    playback_token_expired: {
      title: 'El acceso ha caducado',
      detail: 'Vuelve a cargar esta página o pide un enlace nuevo.',
    },
    playback_token_invalid: {
      title: 'Este enlace no funciona',
      detail: 'Puede estar incompleto: copia el enlace entero o pide uno nuevo.',
    },
    playback_token_not_yet: {
      title: 'Aún no está abierto',
      detail: 'El enlace será válido más tarde. Vuelve a cargar esta página entonces.',
    },
    playback_token_wrong_stream: {
      title: 'Este enlace es de otra transmisión',
      detail: 'Pide un enlace para esta.',
    },
    playback_token_wrong_network: {
      title: 'Sin acceso desde aquí',
      detail: 'El enlace solo es válido en otra red.',
    },
  },
  serverStopped: {
    title: 'El servidor se ha detenido',
    detail: 'Esta página continúa sola cuando vuelva el servidor.',
  },
  endedLost: 'Se perdió la conexión del emisor. Esta página vuelve a iniciarse sola.',
  banner: {
    connecting: 'Iniciando…',
    starting: 'Iniciando…',
    stalled: 'La conexión del emisor es lenta…',
    unreachable: 'No se puede conectar con el servidor: se reintenta',
    'viewer-offline': 'Tu dispositivo no tiene conexión: esperando la red',
  },
  slowLine: {
    title: 'Tu conexión es demasiado lenta para esta transmisión',
    detail: 'Detén otras descargas, acércate al router wifi o usa un cable.',
  },
  endedAt: (time, duration) =>
    duration === ''
      ? `La transmisión terminó a las ${time}`
      : `La transmisión terminó a las ${time} · ${duration}`,
  unsupportedCodec: {
    profile: (codec) =>
      `No puede decodificar ${codec}. Pide al emisor 8 bits y 4:2:0: el perfil High o Main de H.264.`,
    h264: (codec) =>
      `No puede decodificar ${codec}: a algunas versiones de navegadores les falta este códec. Prueba Chrome, Edge, Firefox o Safari.`,
    hevc: (codec) =>
      `No puede decodificar ${codec} en este dispositivo. Prueba Safari o pide al emisor H.264.`,
    audio: (codec) => `No puede decodificar el sonido: ${codec}. Pide al emisor AAC-LC.`,
    other: (codec) => `No puede decodificar ${codec}. Prueba otro navegador o pide al emisor H.264 y AAC.`,
  },
  unsupportedBrowser: 'No puede reproducir vídeo en directo. Un navegador actual sí puede.',
  pill: {
    unknown: 'Conectando',
    unreachable: 'Sin conexión',
    offline: 'Sin emisión',
    connecting: 'Iniciando',
    starting: 'Iniciando',
    live: 'En directo',
    stalled: 'Lento',
    reconnecting: 'Reconectando',
    stopped: 'Detenido',
    ended: 'Terminado',
    unsupported: 'No reproducible',
    denied: 'Sin acceso',
    'viewer-offline': 'Sin red',
    invalid: 'Desconocido',
  },

  player: {
    region: (name) => `Reproductor en directo: ${name}`,
    play: 'Reproducir',
    pause: 'Pausa',
    mute: 'Silenciar',
    unmute: 'Activar sonido',
    volume: 'Volumen',
    atLive: 'En directo. El número es el tiempo desde que el servidor recibe la imagen hasta tu pantalla.',
    goLive: 'Ir al directo',
    seek: 'Distancia del directo',
    behind: (duration) => `−${duration}`,
    captions: 'Subtítulos',
    captionsNone: 'No',
    captionsNumbered: (number) => `Subtítulos ${number}`,
    captionsService: (number) => `Subtítulos, servicio ${number}`,
    captionsWritten: 'Subtítulos en directo',
    captionsIn: (language) => `Subtítulos en directo, ${language}`,
    enterPip: 'Imagen en imagen',
    leavePip: 'Salir de imagen en imagen',
    enterFullscreen: 'Pantalla completa',
    leaveFullscreen: 'Salir de pantalla completa',
    tapForSound: 'Toca para activar el sonido',
    playLive: 'Reproducir la transmisión en directo',
    loading: 'Cargando',
    audioOnly: 'Solo audio',
    timer: (duration) => ` (${duration})`,
  },

  stats: {
    heading: 'Transmisión',
    video: 'Vídeo',
    audio: 'Audio',
    frameRate: 'Fotogramas/s',
    resolution: 'Resolución',
    videoCodec: 'Códec de vídeo',
    audioCodec: 'Códec de audio',
    keyFrames: 'Fotograma clave cada',
    viewers: 'Espectadores',
    uptime: 'En directo desde hace',
    encoder: 'Codificador',
    latency: 'Latencia',
    target: (duration) => `objetivo ${duration}`,
    unknown: '–',
  },
  viewers: (count) => plural(count, { one: (n) => `${n} espectador`, other: (n) => `${n} espectadores` }),

  units: {
    seconds: (seconds) => `${seconds} s`,
    minutes: (minutes, seconds) => `${minutes} min ${seconds} s`,
    hours: (hours, minutes) => `${hours} h ${minutes} min`,
    days: (days, hours) => `${days} d ${hours} h`,
    percent: (percent) => `${percent}\u00a0%`,
  },
  channels: { mono: 'mono', stereo: 'estéreo', several: (count) => `${count} canales` },

  copy: { button: 'Copiar', done: 'Copiado', failed: 'Pulsa Ctrl+C', label: (what) => `Copiar ${what}` },
  share: {
    heading: 'Compartir',
    watch: 'Enlace',
    embed: 'Código de inserción',
    hls: 'Dirección HLS',
    onlyHere:
      'Estos enlaces solo funcionan en este equipo. El ajuste http.public-url indica una dirección para otros.',
  },
};
