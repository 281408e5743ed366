// Why the gateway ended a publication, in German. The English sentences are in server/errors/ and where the errors are thrown.
import type { RefusalWords } from '../refusal-words.ts';

export const refusals: RefusalWords = {
  unsupported_video_codec: ({ codec = 'der Videocodec' }) =>
    `${codec} wird nicht unterstützt; im Encoder muss H.264 eingestellt sein`,
  unsupported_audio_codec: ({ codec = 'der Audiocodec' }) =>
    `${codec} wird nicht unterstützt; im Encoder muss AAC eingestellt sein`,
  unsupported_audio_object_type:
    'diese Art von AAC wird nicht unterstützt; im Encoder muss AAC-LC eingestellt sein',
  unsupported_audio_payload:
    'diese Form von AAC wird nicht unterstützt; der Encoder muss reines AAC senden, wie in FLV',
  no_config:
    'Bild oder Ton kamen ohne Sequence Header und lassen sich nicht dekodieren; neu senden hilft oft',
  damaged_video: 'die meisten Bilder fehlen oder sind beschädigt; die H.264-Ausgabe des Encoders prüfen',
  no_keyframe:
    'es kam kein Keyframe; im Encoder ein Keyframeintervall von 2 s einstellen und Intra-Refresh ausschalten',
  no_media: 'es kam weder Bild noch Ton; die Quellen im Encoder prüfen',
  bitrate: 'die Bitrate ist höher als erlaubt; im Encoder eine niedrigere einstellen',
  stream_memory:
    'der Stream braucht zu viel Speicher; die Bitrate senken, oder prüfen, ob die Zeitstempel von Bild und Ton weit auseinanderliegen',
  part_too_large:
    'zu viele Daten gehören zu einem kurzen Stück des Streams; die Bitrate senken, oder prüfen, ob die Zeitstempel stehen bleiben',
  too_fast:
    'es wird schneller gesendet als in Echtzeit; mit ffmpeg hilft -re vor -i, sonst die Uhr des Encoders prüfen',
  too_many_changes:
    'Codec, Spuren oder Zeitstempel wechseln zu oft; prüfen, warum der Encoder seine Ausgabe neu startet',
  publish_revoked:
    'die Erlaubnis zu senden wurde entzogen; den Betreiber nach einem neuen Streamschlüssel fragen',
  kicked: ({ reason }) =>
    `der Betreiber hat den Encoder getrennt${reason === undefined ? '' : `: ${reason}`}`,
  stream_ended: ({ reason }) =>
    `der Betreiber hat den Stream beendet${reason === undefined ? '' : `: ${reason}`}`,
  server_busy: 'das Gateway hat keinen Platz mehr; es später erneut versuchen',
  internal_error: 'im Gateway ist ein Fehler aufgetreten; das Log sagt, welcher',
  damaged: 'die Daten sind beschädigt; Encoder und Netzwerk prüfen',
  protocol: 'die Daten halten sich nicht an RTMP; neu senden oder einen anderen Encoder benutzen',
};
