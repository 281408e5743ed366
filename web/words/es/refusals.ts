// Why the gateway ended a publication, in Spanish. The English sentences are in server/errors/ and where the errors are thrown.
import type { RefusalWords } from '../refusal-words.ts';

export const refusals: RefusalWords = {
  unsupported_video_codec: ({ codec = 'el códec de vídeo' }) =>
    `${codec} no es compatible; hay que configurar H.264 en el codificador`,
  unsupported_audio_codec: ({ codec = 'el códec de audio' }) =>
    `${codec} no es compatible; hay que configurar AAC en el codificador`,
  unsupported_audio_object_type:
    'este tipo de AAC no es compatible; hay que configurar AAC-LC en el codificador',
  unsupported_audio_payload:
    'esta forma de AAC no es compatible; el codificador debe enviar AAC sin envoltura, como en FLV',
  no_config:
    'la imagen o el sonido llegaron sin cabecera de secuencia y no se pueden decodificar; suele bastar con emitir de nuevo',
  damaged_video: 'la mayoría de las imágenes falta o está dañada; revisa la salida H.264 del codificador',
  no_keyframe:
    'no llegó ningún fotograma clave; configura en el codificador un intervalo de 2 s y desactiva el intra refresh',
  no_media: 'no llegaron ni imagen ni sonido; revisa las fuentes en el codificador',
  bitrate: 'la tasa de bits supera el límite; bájala en el codificador',
  stream_memory:
    'la transmisión necesita demasiada memoria; baja la tasa de bits o revisa si las marcas de tiempo de imagen y sonido están muy separadas',
  part_too_large:
    'un fragmento corto de la transmisión tiene demasiados datos; baja la tasa de bits o revisa si las marcas de tiempo se detienen',
  too_fast:
    'los datos llegan más rápido que en tiempo real; con ffmpeg, pon -re antes de -i, y si no, revisa el reloj del codificador',
  too_many_changes:
    'el códec, las pistas o las marcas de tiempo cambian con demasiada frecuencia; revisa por qué el codificador reinicia su salida',
  publish_revoked: 'se retiró el permiso para emitir; pide al operador una clave de transmisión nueva',
  kicked: ({ reason }) => `el operador desconectó el codificador${reason === undefined ? '' : `: ${reason}`}`,
  stream_ended: ({ reason }) =>
    `el operador terminó la transmisión${reason === undefined ? '' : `: ${reason}`}`,
  server_busy: 'el gateway no tiene más sitio; inténtalo más tarde',
  internal_error: 'el gateway ha fallado; su registro dice por qué',
  damaged: 'los datos están dañados; revisa el codificador y la red',
  protocol: 'los datos no cumplen el protocolo RTMP; emite de nuevo o usa otro codificador',
};
