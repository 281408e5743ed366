// The texts of en/doctor.ts in Spanish.
import type { DoctorWords } from '../en/doctor.ts';

export const doctor: DoctorWords = {
  verdict: {
    good: 'Bien',
    ok: 'Mejorable',
    bad: 'Problema',
    noData: 'Aún sin datos',
  },
  severity: { error: 'Error', warning: 'Aviso', info: 'Consejo' },

  list: {
    heading: 'Doctor',
    nothing: 'Nada que mejorar.',
    waiting: 'El doctor necesita unos segundos de la transmisión.',
    observed: 'Observado',
    expected: 'Esperado',
    since: 'Desde',
    fix: 'Qué hacer',
    fixFor: { obs: 'OBS', ffmpeg: 'ffmpeg', generic: 'Cualquier codificador' },
    code: (code) => `Código ${code}`,
  },

  report: {
    title: 'Informe de prueba',
    heading: (stream) => `Prueba de ${stream}`,
    running: 'La prueba está en curso',
    over: 'La prueba ha terminado',
    lasted: 'Duración',
    waiting: 'Esperando el informe…',
    missing: 'No hay ningún informe en esta dirección.',
    missingDetail:
      'Comprueba la dirección. Un informe se conserva una hora después del fin de su prueba, y un reinicio del gateway lo elimina.',
    unreachable: 'No se puede conectar con el gateway. Se reintenta automáticamente.',
    privacy: 'Nadie puede ver una prueba. Quien tenga la dirección de esta página puede leer el informe.',
    again:
      'Para probar otro ajuste, cámbialo en el codificador y emite de nuevo con ?test=1 detrás de la clave. Cada prueba tiene su propio informe.',
    copy: 'Dirección de este informe',
    facts: 'Lo que se envió',
    video: 'Vídeo',
    audio: 'Audio',
    resolution: 'Imagen',
    keyFrames: 'Fotograma clave cada',
    encoder: 'Codificador',
    started: 'Inicio',
    checklist: 'Lista de comprobación',
    fine: 'Bien',
    unknown: 'Aún no se sabe',
    isOver: (title) => `${title}: ya resuelto`,
    past: 'Encontrado antes y ya resuelto',
    checks: {
      tracks: 'Imagen y sonido',
      codecs: 'Códecs',
      keyFrames: 'Fotogramas clave',
      bFrames: 'Fotogramas B',
      bitrate: 'Tasa de bits',
      pictures: 'Imágenes perdidas',
      size: 'Tamaño de la imagen',
      pace: 'Ritmo de subida',
      sync: 'Sonido sincronizado con la imagen',
      sound: 'Frecuencia de muestreo y canales',
      gateway: 'Carga del gateway',
    },
  },
};
