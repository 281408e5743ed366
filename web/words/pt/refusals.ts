// Why the gateway ended a publication, in Portuguese, as in Brazil. The English sentences are in server/errors/ and where the errors are thrown.
import type { RefusalWords } from '../refusal-words.ts';

export const refusals: RefusalWords = {
  unsupported_video_codec: ({ codec = 'o codec de vídeo' }) =>
    `${codec} não é compatível; é preciso configurar H.264 no codificador`,
  unsupported_audio_codec: ({ codec = 'o codec de áudio' }) =>
    `${codec} não é compatível; é preciso configurar AAC no codificador`,
  unsupported_audio_object_type:
    'este tipo de AAC não é compatível; é preciso configurar AAC-LC no codificador',
  unsupported_audio_payload:
    'esta forma de AAC não é compatível; o codificador deve enviar AAC puro, como no FLV',
  no_config:
    'a imagem ou o som chegou sem cabeçalho de sequência e não pode ser decodificado; em geral basta transmitir de novo',
  damaged_video: 'a maioria das imagens falta ou está danificada; verifique a saída H.264 do codificador',
  no_keyframe:
    'nenhum keyframe chegou; configure no codificador um intervalo de 2 s e desative o intra refresh',
  no_media: 'não chegou imagem nem som; verifique as fontes no codificador',
  bitrate: 'a taxa de bits está acima do limite; reduza-a no codificador',
  stream_memory:
    'a transmissão precisa de memória demais; reduza a taxa de bits ou verifique se os carimbos de tempo de imagem e som estão muito distantes',
  part_too_large:
    'um trecho curto da transmissão tem dados demais; reduza a taxa de bits ou verifique se os carimbos de tempo param',
  too_fast:
    'os dados chegam mais rápido do que em tempo real; com o ffmpeg, coloque -re antes de -i, ou verifique o relógio do codificador',
  too_many_changes:
    'o codec, as faixas ou os carimbos de tempo mudam com frequência demais; verifique por que o codificador reinicia a saída',
  publish_revoked: 'a permissão para transmitir foi retirada; peça ao operador uma nova chave de transmissão',
  kicked: ({ reason }) => `o operador desconectou o codificador${reason === undefined ? '' : `: ${reason}`}`,
  stream_ended: ({ reason }) =>
    `o operador encerrou a transmissão${reason === undefined ? '' : `: ${reason}`}`,
  server_busy: 'o gateway não tem mais espaço; tente mais tarde',
  internal_error: 'o gateway falhou; o log diz por quê',
  damaged: 'os dados estão danificados; verifique o codificador e a rede',
  protocol: 'os dados não seguem o protocolo RTMP; transmita de novo ou use outro codificador',
};
