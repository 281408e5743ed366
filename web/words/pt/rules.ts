// The findings of the doctor in Portuguese, as in Brazil. The English sentences are in server/doctor/.
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

const FASTER_PRESET = `${obs.cpuPreset}: faster (x264), ou ${obs.nvencPreset} (NVENC)`;
const EVERY_TWO_SECONDS = 'um keyframe a cada 2 s';
const REAL_TIME = 'um segundo de mídia por segundo';
const LOWER_BITRATE = '-b:v com um valor menor';
const ENCODE_AGAIN = 'codifique de novo em vez de usar -c copy';
const FASTER_FLAGS = '-preset veryfast (ou mais rápido), e -vf scale com uma imagem menor';
const notPlayed = ({ track, error }: { readonly track: string; readonly error: string }) =>
  `a faixa ${track} não é reproduzida: ${error}`;
const lower = (bps: number | undefined) => (bps === undefined ? '70% da atual' : bitRateText(bps));

export const rules: GatewayWords['rules'] = {
  gopLong: {
    title: 'Os keyframes estão distantes demais',
    expected: EVERY_TWO_SECONDS,
    observed: ({ kind, longestMs }) =>
      kind === 'noneFor' ? `nenhum keyframe há ${secondsText(longestMs)}` : `até ${secondsText(longestMs)}`,
    fix: {
      obs: obs.keyFrames,
      generic: 'Ajuste o intervalo de keyframes (GOP) para 2 s; “automático” costuma significar 250 imagens.',
    },
  },
  gopShort: {
    title: 'Os keyframes são muito frequentes',
    expected: EVERY_TWO_SECONDS,
    observed: ({ meanMs }) => `a cada ${secondsText(meanMs)}`,
    fix: {
      obs: obs.keyFrames,
      generic: 'Ajuste o intervalo de keyframes (GOP) para 2 s: os keyframes são os que mais gastam bits.',
    },
  },
  gopVariable: {
    title: 'Os keyframes chegam de forma irregular',
    expected: 'distâncias iguais de 2 s',
    observed: ({ minMs, maxMs }) => `de ${secondsText(minMs)} a ${secondsText(maxMs)}`,
    fix: {
      obs: obs.x264('scenecut=0'),
      generic: 'Desative a detecção de cenas no codificador (scene cut, keyframes adaptativos).',
    },
  },
  openGop: {
    title: 'Os keyframes não são completos',
    expected: 'GOPs fechados: cada keyframe é uma imagem IDR',
    observed: (values) =>
      values.kind === 'open'
        ? plural(values.count, {
            one: (n) => `${n} keyframe aberto nos últimos 30 s`,
            other: (n) => `${n} keyframes abertos nos últimos 30 s`,
          })
        : 'intra refresh em vez de keyframes',
    fix: {
      obs: obs.x264('open-gop=0 intra-refresh=0'),
      ffmpeg: '-x264-params open-gop=0:intra-refresh=0, ou -flags +cgop',
      generic: 'Ative GOPs fechados e desative o intra refresh.',
    },
  },
  bFrames: {
    title: 'Os quadros B aumentam a latência',
    expected: 'sem quadros B, para a menor latência',
    observed: ({ share, laterMs }) =>
      `${percentText(share)} das imagens, até ${millisecondsText(laterMs)} mais tarde`,
    fix: {
      obs: ({ obsVersion }) => `${obs.x264('bframes=0')}; com ${obs.nvencBFrames(obsVersion)}`,
      ffmpeg: '-bf 0 (ou -tune zerolatency)',
      generic:
        'Ajuste os quadros B para 0. Eles economizam bits: mantenha-os onde duas ou três imagens de atraso não importam.',
    },
  },
  bitrateUnstable: {
    title: 'A taxa de bits varia muito',
    expected: 'uma taxa de bits constante (CBR)',
    observed: ({ share, bps }) => `±${percentText(share)} em torno de ${bitRateText(bps)}`,
    fix: {
      obs: obs.cbr,
      generic:
        'Use uma taxa de bits constante: a reprodução trava quando uma cena agitada precisa de mais do que a rede do espectador oferece.',
    },
  },
  bitrateLow: {
    title: 'A taxa de bits é baixa para este tamanho de imagem',
    expected: 'pelo menos a taxa de bits da tabela para o tamanho da imagem',
    observed: ({ bps, leastBps, width, height }) =>
      `${bitRateText(bps)} com ${sizeText(width, height)}; fica bom a partir de ${bitRateText(leastBps)}`,
    fix: {
      obs: `${obs.bitrate}: maior, ou ${obs.scaledSize}: menor`,
      ffmpeg: '-b:v com um valor maior, ou -vf scale=-2:720',
      generic: 'Aumente a taxa de bits ou envie uma imagem menor.',
    },
  },
  bitrateHigh: {
    title: 'A taxa de bits é alta para este tamanho de imagem',
    expected: 'no máximo a taxa de bits da tabela para o tamanho da imagem',
    observed: ({ bps, mostBps, width, height }) =>
      `${bitRateText(bps)} com ${sizeText(width, height)}; ${bitRateText(mostBps)} bastam`,
    fix: {
      obs: `${obs.bitrate}: menor`,
      ffmpeg: LOWER_BITRATE,
      generic: 'Reduza a taxa de bits: cada espectador precisa de uma rede que a suporte.',
    },
  },
  framesDropped: {
    title: 'Faltam imagens',
    expected: 'todas as imagens da taxa de quadros',
    observed: ({ share }) => `faltam ${percentText(share)}`,
    fix: {
      obs: `${FASTER_PRESET}; a barra de status diz por que os quadros se perdem`,
      ffmpeg: FASTER_FLAGS,
      generic:
        'O codificador ou o upload é lento demais: use uma predefinição mais rápida, uma imagem menor ou uma taxa de bits menor.',
    },
  },
  resolutionChanged: {
    title: 'O tamanho da imagem mudou',
    expected: 'um só tamanho durante toda a transmissão',
    observed: ({ from, to }) => `${from} → ${to}`,
    fix: {
      generic:
        'Os players reiniciam o decodificador a cada mudança; defina um tamanho de saída fixo no codificador.',
    },
  },
  metaMismatch: {
    title: 'onMetaData e as imagens não coincidem',
    expected: 'os valores das imagens',
    observed: (values) =>
      values.kind === 'size'
        ? `anunciado ${sizeText(values.announcedWidth, values.announcedHeight)}, enviado ${sizeText(values.width, values.height)}`
        : `anunciado ${frameRateText(values.announcedFps)}, enviado ${frameRateText(values.fps)}`,
    fix: {
      generic:
        'O gateway se guia pelas imagens; reinicie o codificador para que outros programas também recebam os valores certos.',
    },
  },
  renderLag: {
    title: 'O codificador renderiza devagar demais',
    expected: 'todas as imagens são renderizadas a tempo',
    observed: ({ share }) => `${percentText(share)} das imagens foram renderizadas tarde`,
    fix: {
      obs: `${obs.fpsValues}: menos; e menos fontes e filtros na cena`,
      generic:
        'A placa de vídeo está sobrecarregada: limite a taxa de quadros do jogo, feche outros programas que a usam ou envie menos imagens por segundo.',
    },
  },
  encoderOverload: {
    title: 'O codificador pula imagens',
    expected: 'todas as imagens são codificadas',
    observed: ({ share }) => `${percentText(share)} das imagens foram puladas`,
    fix: {
      obs: `${FASTER_PRESET}; ou ${obs.scaledSize}: menor`,
      ffmpeg: FASTER_FLAGS,
      generic:
        'O processador ou o codificador por hardware está sobrecarregado: use uma predefinição mais rápida, um codificador por hardware, uma imagem menor ou menos imagens por segundo.',
    },
  },
  networkDrops: {
    title: 'O codificador descarta imagens: a rede dele é lenta demais',
    expected: 'todas as imagens são enviadas',
    observed: ({ share }) => `${percentText(share)} das imagens foram descartadas`,
    fix: {
      obs: `${obs.bitrate}: menor; ou ${obs.dynamicBitrate}`,
      ffmpeg: LOWER_BITRATE,
      generic: 'Reduza a taxa de bits, use um cabo em vez do Wi-Fi e pare outros uploads.',
    },
  },
  videoStarved: {
    title: 'O upload é lento demais',
    expected: REAL_TIME,
    observed: ({ rate }) => `${paceText(rate)} de mídia por segundo`,
    fix: {
      obs: ({ lowerBps }) => `${obs.bitrate}: ${lower(lowerBps)}`,
      ffmpeg: ({ lowerBps }) => bitRateFlag(lowerBps) ?? LOWER_BITRATE,
      generic: ({ lowerBps }) =>
        `Reduza a taxa de bits para ${lower(lowerBps)}, use um cabo em vez do Wi-Fi e pare outros uploads. Se o codificador informar uma sobrecarga, use uma predefinição mais rápida.`,
    },
  },
  fasterThanRealtime: {
    title: 'A mídia chega mais rápido que em tempo real',
    expected: REAL_TIME,
    observed: ({ rate }) => `${paceText(rate)} de mídia por segundo`,
    fix: {
      ffmpeg: 'adicione -re antes de -i',
      generic:
        'Envie um arquivo na velocidade em que ele é reproduzido; senão os players ao vivo não conseguem acompanhar.',
    },
  },
  avDrift: {
    title: 'O som e a imagem estão fora de sincronia',
    expected: 'menos de 100 ms',
    observed: ({ kind, apartMs }) => {
      const apart = millisecondsText(apartMs);
      return {
        ahead: `os carimbos de tempo do som estão ${apart} à frente dos da imagem`,
        behind: `os carimbos de tempo do som estão ${apart} atrás dos da imagem`,
        beginsAfter: `o som começa ${apart} depois da imagem`,
        beginsBefore: `o som começa ${apart} antes da imagem`,
      }[kind];
    },
    fix: {
      obs: obs.syncOffset,
      ffmpeg: 'um só -itsoffset para as duas entradas; -af aresample=async=1 se o som se desloca',
      generic: 'Ajuste o atraso do áudio no codificador para 0 e capture imagem e som do mesmo dispositivo.',
    },
  },
  timestampJump: {
    title: 'Os carimbos de tempo saltam',
    expected: 'carimbos de tempo consecutivos',
    observed: ({ kind, count }) =>
      kind === 'jumps'
        ? plural(count, {
            one: (n) => `${n} salto nos últimos 30 s`,
            other: (n) => `${n} saltos nos últimos 30 s`,
          })
        : plural(count, {
            one: (n) => `${n} carimbo de tempo não avança nos últimos 30 s`,
            other: (n) => `${n} carimbos de tempo não avançam nos últimos 30 s`,
          }),
    fix: {
      obs: 'interrompa a transmissão e inicie de novo; uma fonte de mídia em loop pode ser a causa',
      ffmpeg: `-fflags +genpts antes de -i, ou ${ENCODE_AGAIN}`,
      generic:
        'Reinicie o codificador. Uma lista de arquivos precisa de novos carimbos de tempo a cada arquivo.',
    },
  },
  noVideo: {
    title: 'Não há imagem',
    expected: 'uma faixa de vídeo',
    observed: (values) =>
      values.kind === 'announced'
        ? 'sem imagem, como o codificador anunciou'
        : `sem imagem depois de ${secondsText(values.ageMs)}`,
    fix: {
      obs: `verifique se a cena tem uma fonte, e ${obs.videoEncoder}`,
      generic: 'Adicione uma faixa de vídeo, se a transmissão deve ter imagem.',
    },
  },
  noAudio: {
    title: 'Não há som',
    expected: 'uma faixa de áudio',
    observed: (values) =>
      values.kind === 'announced'
        ? 'sem som, como o codificador anunciou'
        : `sem som depois de ${secondsText(values.ageMs)}`,
    fix: {
      obs: obs.audioTrack,
      ffmpeg: '-map 0:a -c:a aac, ou -f lavfi -i anullsrc para silêncio',
      generic: 'Adicione uma faixa de áudio, mesmo muda: alguns players esperam por ela.',
    },
  },
  codecUnsupported: {
    title: 'Os navegadores não conseguem decodificar isto',
    expected: 'H.264 de 8 bits 4:2:0, e AAC-LC',
    observed: (values) =>
      values.kind === 'track'
        ? notPlayed(values)
        : `H.264 de ${values.bitDepth} bits ${values.chroma}`.trim(),
    fix: {
      obs: ({ obsVersion }) =>
        `${obs.colourFormat(obsVersion)}; ${obs.videoEncoder}: x264 ou um codificador por hardware para H.264`,
      generic: 'Envie H.264 de 8 bits 4:2:0 (perfil Baseline, Main ou High) e som em AAC-LC.',
    },
  },
  trackUnreadable: {
    title: 'Uma faixa não pode ser lida',
    expected: 'todas as faixas são reproduzidas',
    observed: notPlayed,
    fix: {
      ffmpeg: ENCODE_AGAIN,
      generic: 'Reinicie o codificador; docs/errors.md explica o código.',
    },
  },
  codecReach: {
    title: 'Alguns players não conseguem reproduzir isto',
    expected: 'H.264 progressivo, e AAC-LC',
    observed: (values) =>
      values.kind === 'interlaced'
        ? 'imagens entrelaçadas: muitos decodificadores por hardware mostram listras ou nada'
        : `AAC com tipo de objeto ${values.objectType}: a maioria dos navegadores só reproduz LC e HE`,
    fix: {
      obs: `${obs.fpsValues} e ${obs.scaledSize}; o próprio OBS envia imagens progressivas`,
      generic: 'Envie imagens progressivas e AAC-LC.',
    },
  },
  audioRateOdd: {
    title: 'A taxa de amostragem é incomum',
    expected: '48 kHz',
    observed: ({ sampleRate }) => kilohertzText(sampleRate),
    fix: {
      obs: obs.sampleRate,
      generic: 'Ajuste a taxa de amostragem para 48 kHz: alguns aparelhos não reproduzem outra.',
    },
  },
  audioChannels: {
    title: 'Há mais de dois canais',
    expected: 'estéreo',
    observed: ({ channels }) => `${channels} canais`,
    fix: {
      obs: obs.stereo,
      generic: 'Ajuste o som para estéreo: nem todo navegador mistura mais canais.',
    },
  },
  flapping: {
    title: 'O codificador se reconecta o tempo todo',
    expected: 'uma só conexão',
    observed: ({ count }) => `${count} vezes em 5 minutos`,
    fix: {
      obs: obs.dynamicBitrate,
      ffmpeg: LOWER_BITRATE,
      generic:
        'Use um cabo em vez do Wi-Fi e uma taxa de bits menor. O log diz por que cada conexão terminou.',
    },
  },
  viewersStalling: {
    title: 'A reprodução trava para os espectadores',
    expected: 'no máximo 5%',
    observed: ({ share }) => `${percentText(share)} dos players`,
    fix: {
      generic:
        'Reduza a taxa de bits. Se ela já for adequada, os espectadores podem escolher mais distância do ao vivo nas configurações do player; verifique a rede do gateway.',
    },
  },
  noHttps: {
    title: 'Há espectadores com aparelhos Apple sem HTTPS',
    expected: 'HTTPS com HTTP/2',
    observed: ({ count }) =>
      plural(count, { one: (n) => `${n} player por HTTP`, other: (n) => `${n} players por HTTP` }),
    fix: {
      generic:
        'Configure tls.certificate e tls.key, ou coloque um proxy com HTTPS e HTTP/2 na frente do gateway (docs/deploy.md).',
    },
  },
  serverBusy: {
    title: 'O gateway está sobrecarregado',
    expected: 'menos de 50 ms',
    observed: ({ delayMs }) => millisecondsText(delayMs),
    fix: {
      generic:
        'A máquina é lenta demais para suas transmissões e espectadores: pare outros programas ou use outra máquina. Nenhuma configuração do codificador ajuda.',
    },
  },
};
