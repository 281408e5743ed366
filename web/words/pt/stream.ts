// The texts of en/stream.ts in Portuguese, as in Brazil.
import type { Words } from '../en/stream.ts';
import { plural } from '../language.ts';

export const stream: Words = {
  product: 'Sluice',
  live: 'AO VIVO',

  test: { title: 'Isto é um teste', detail: 'O transmissor está testando ajustes. Ninguém pode assistir.' },

  state: {
    unknown: { title: 'Conectando…', detail: 'Perguntando ao servidor sobre esta transmissão.' },
    unreachable: {
      title: 'Não foi possível acessar o servidor',
      detail: 'Tentando de novo automaticamente.',
    },
    offline: { title: 'Ainda não está ao vivo', detail: 'Esta página começa sozinha.' },
    connecting: { title: 'Iniciando…', detail: 'Aguardando a primeira imagem.' },
    starting: { title: 'Iniciando…', detail: 'Aguardando a primeira imagem.' },
    live: { title: 'Ao vivo', detail: '' },
    stalled: {
      title: 'A conexão do transmissor está lenta…',
      detail: 'Continua assim que algo chegar.',
    },
    reconnecting: { title: 'O transmissor perdeu a conexão', detail: 'Guardando o seu lugar.' },
    ended: { title: 'A transmissão terminou', detail: 'Esta página recomeça sozinha.' },
    unsupported: { title: 'Seu navegador não consegue reproduzir esta transmissão', detail: '' },
    denied: {
      title: 'Sem acesso',
      detail: 'Esta transmissão exige um link com acesso. Peça um ao responsável.',
    },
    'viewer-offline': {
      title: 'Seu dispositivo está sem internet',
      detail: 'Verifique o Wi-Fi ou a rede móvel. Esta página continua sozinha.',
    },
    invalid: {
      title: 'Esta transmissão não existe',
      detail: 'O nome de uma transmissão tem de 1 a 64 letras, números, hifens ou sublinhados.',
    },
  },
  gone: {
    stopped: {
      title: 'O transmissor parou',
      detail: 'Guardando o seu lugar, caso a transmissão continue.',
      banner: 'O transmissor parou – guardando o seu lugar',
    },
    lost: {
      title: 'O transmissor perdeu a conexão',
      detail: 'Guardando o seu lugar.',
      banner: 'O transmissor perdeu a conexão – guardando o seu lugar',
    },
    refused: {
      title: 'O servidor não consegue usar o que o transmissor envia',
      detail: '',
      banner: 'O servidor não consegue usar o que o transmissor envia',
    },
    byOperator: {
      title: 'O operador desconectou o transmissor',
      detail: 'Guardando o seu lugar.',
      banner: 'O operador desconectou o transmissor – guardando o seu lugar',
    },
    byServer: {
      title: 'O servidor não conseguiu continuar esta transmissão',
      detail: 'Guardando o seu lugar.',
      banner: 'O servidor não conseguiu continuar – guardando o seu lugar',
    },
    replaced: {
      title: 'Outro codificador assumiu',
      detail: 'Aguardando a primeira imagem dele.',
      banner: 'Outro codificador assumiu…',
    },
    draining: {
      title: 'O servidor está parando',
      detail: 'Esta página continua sozinha quando o servidor voltar.',
      banner: 'O servidor está parando',
    },
  },
  refusedBecause: (detail) => `Motivo: ${detail}. Esta página recomeça sozinha.`,
  refusedBeforeMedia: (detail) => `O servidor não consegue usar o que o transmissor envia: ${detail}.`,
  denied: {
    playback_token_expired: {
      title: 'O acesso expirou',
      detail: 'Recarregue esta página ou peça um novo link.',
    },
    playback_token_invalid: {
      title: 'Este link não funciona',
      detail: 'Ele pode estar incompleto: copie o link inteiro ou peça um novo.',
    },
    playback_token_not_yet: {
      title: 'Ainda não está aberto',
      detail: 'O link vale mais tarde. Recarregue esta página então.',
    },
    playback_token_wrong_stream: {
      title: 'Este link é de outra transmissão',
      detail: 'Peça um link para esta.',
    },
    playback_token_wrong_network: {
      title: 'Sem acesso daqui',
      detail: 'O link vale somente em outra rede.',
    },
  },
  serverStopped: {
    title: 'O servidor foi parado',
    detail: 'Esta página continua sozinha quando o servidor voltar.',
  },
  endedLost: 'A conexão do transmissor foi perdida. Esta página recomeça sozinha.',
  banner: {
    connecting: 'Iniciando…',
    starting: 'Iniciando…',
    stalled: 'A conexão do transmissor está lenta…',
    unreachable: 'Não foi possível acessar o servidor – tentando de novo',
    'viewer-offline': 'Seu dispositivo está sem internet – aguardando a rede',
  },
  slowLine: {
    title: 'Sua conexão é lenta demais para esta transmissão',
    detail: 'Encerre outros downloads, chegue mais perto do roteador Wi-Fi ou use um cabo.',
  },
  endedAt: (time, duration) =>
    duration === '' ? `A transmissão terminou às ${time}` : `A transmissão terminou às ${time} · ${duration}`,
  unsupportedCodec: {
    profile: (codec) =>
      `Ele não decodifica ${codec}. Peça ao transmissor 8 bits e 4:2:0: o perfil High ou Main do H.264.`,
    h264: (codec) =>
      `Ele não decodifica ${codec}: algumas versões de navegadores não têm esse codec. Tente Chrome, Edge, Firefox ou Safari.`,
    hevc: (codec) =>
      `Ele não decodifica ${codec} neste dispositivo. Tente o Safari ou peça H.264 ao transmissor.`,
    audio: (codec) => `Ele não decodifica o som: ${codec}. Peça AAC-LC ao transmissor.`,
    other: (codec) =>
      `Ele não decodifica ${codec}. Tente outro navegador ou peça H.264 e AAC ao transmissor.`,
  },
  unsupportedBrowser: 'Ele não consegue reproduzir vídeo ao vivo. Um navegador atual consegue.',
  pill: {
    unknown: 'Conectando',
    unreachable: 'Sem conexão',
    offline: 'Offline',
    connecting: 'Iniciando',
    starting: 'Iniciando',
    live: 'Ao vivo',
    stalled: 'Lento',
    reconnecting: 'Reconectando',
    stopped: 'Parado',
    ended: 'Encerrado',
    unsupported: 'Não reproduzível',
    denied: 'Sem acesso',
    'viewer-offline': 'Sem rede',
    invalid: 'Desconhecido',
  },

  player: {
    region: (name) => `Player ao vivo: ${name}`,
    play: 'Reproduzir',
    pause: 'Pausar',
    mute: 'Silenciar',
    unmute: 'Ativar som',
    volume: 'Volume',
    atLive: 'Ao vivo. O número é o tempo desde que o servidor recebe a imagem até a sua tela.',
    goLive: 'Ir para o ao vivo',
    seek: 'Distância do ao vivo',
    behind: (duration) => `−${duration}`,
    captions: 'Legendas',
    captionsNone: 'Desativadas',
    captionsNumbered: (number) => `Legendas ${number}`,
    captionsService: (number) => `Legendas, serviço ${number}`,
    captionsWritten: 'Legendas ao vivo',
    captionsIn: (language) => `Legendas ao vivo, ${language}`,
    enterPip: 'Picture-in-picture',
    leavePip: 'Sair do picture-in-picture',
    enterFullscreen: 'Tela cheia',
    leaveFullscreen: 'Sair da tela cheia',
    tapForSound: 'Toque para ativar o som',
    playLive: 'Reproduzir a transmissão ao vivo',
    loading: 'Carregando',
    audioOnly: 'Somente áudio',
    timer: (duration) => ` (${duration})`,
  },

  stats: {
    heading: 'Transmissão',
    video: 'Vídeo',
    audio: 'Áudio',
    frameRate: 'Taxa de quadros',
    resolution: 'Resolução',
    videoCodec: 'Codec de vídeo',
    audioCodec: 'Codec de áudio',
    keyFrames: 'Keyframe a cada',
    viewers: 'Espectadores',
    uptime: 'Ao vivo há',
    encoder: 'Codificador',
    latency: 'Latência',
    target: (duration) => `alvo ${duration}`,
    unknown: '–',
  },
  viewers: (count) => plural(count, { one: (n) => `${n} espectador`, other: (n) => `${n} espectadores` }),

  units: {
    seconds: (seconds) => `${seconds} s`,
    minutes: (minutes, seconds) => `${minutes} min ${seconds} s`,
    hours: (hours, minutes) => `${hours} h ${minutes} min`,
    days: (days, hours) => `${days} d ${hours} h`,
    percent: (percent) => `${percent}%`,
  },
  channels: { mono: 'mono', stereo: 'estéreo', several: (count) => `${count} canais` },

  copy: { button: 'Copiar', done: 'Copiado', failed: 'Use Ctrl+C', label: (what) => `Copiar ${what}` },
  share: {
    heading: 'Compartilhar',
    watch: 'Link',
    embed: 'Código de incorporação',
    hls: 'Endereço HLS',
    onlyHere:
      'Estes links funcionam somente nesta máquina. A configuração http.public-url indica um endereço para os outros.',
  },
};
