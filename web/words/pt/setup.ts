// The texts of en/setup.ts in Portuguese, as in Brazil.
import type { SetupWords } from '../en/setup.ts';

export const setup: SetupWords = {
  tagline: 'Envie vídeo ao vivo para cá. Os espectadores o veem cerca de um segundo depois.',
  nameLabel: 'Nome da sua transmissão',
  nameHint: 'Letras, números, hifens e sublinhados. Todos os endereços desta página usam o nome.',
  nameInvalid: 'Use de 1 a 64 letras, números, hifens ou sublinhados.',
  serverChoice: 'Endereço deste gateway',
  dashboard: 'Painel',
  version: (version) => `Versão ${version}`,
  infoFailed:
    'Não foi possível pedir os endereços ao servidor. Os exibidos são deduzidos do endereço desta página.',

  encoder: {
    heading: 'Conecte seu codificador',
    tabs: { obs: 'OBS Studio', ffmpeg: 'ffmpeg', vmix: 'vMix', hardware: 'Aparelhos e apps' },
    server: 'Servidor',
    secureServer: 'Servidor, com TLS',
    key: 'Chave de transmissão',
    keyPlaceholder: 'SUA_CHAVE_DE_TRANSMISSAO',
    keyNote: (name) =>
      `Este gateway só aceita chaves secretas: peça ao operador uma que possa transmitir ${name}.`,
    obs: [
      'Abra Configurações → Transmissão e escolha o serviço Personalizado…',
      'Informe o servidor e a chave de transmissão.',
      'Em Configurações → Saída, ajuste o controle da taxa de bits para CBR e o intervalo de keyframes para 1 s ou 2 s. Com o intervalo em 0, os espectadores esperam muito por uma imagem.',
      'Clique em Iniciar transmissão.',
    ],
    ffmpegTest: 'Uma imagem de teste com um tom, para experimentar agora',
    ffmpegFile: 'Um arquivo: coloque o seu depois de -i',
    vmix: [
      'Clique na engrenagem ao lado de Stream e escolha o destino Custom RTMP Server.',
      'Informe a URL e o nome ou a chave.',
      'Nos ajustes de qualidade escolha H.264 e AAC, e um keyframe a cada 1 s ou 2 s.',
      'Clique em Stream.',
    ],
    vmixUrl: 'URL',
    vmixKey: 'Nome ou chave',
    hardware: [
      'Escolha RTMP como protocolo. Informe o endereço único, ou o servidor e a chave se houver dois campos.',
      'Vídeo: H.264, taxa de bits constante, um keyframe a cada 1 s ou 2 s, sem quadros B para o menor atraso.',
      'Áudio: AAC, 48 kHz, estéreo.',
    ],
    whole: 'Endereço único',
  },

  test: {
    label: 'Só testar o codificador',
    hint: 'Ninguém pode assistir a um teste. O gateway diz o que mudar.',
    where:
      'Os endereços acima agora têm ?test=1. Enquanto o teste está em andamento, há aqui um link para o relatório, para operadores; ele também está no log do gateway.',
    report: 'Abrir o relatório do teste',
  },

  checklist: {
    heading: 'Está funcionando?',
    steps: {
      reachable: 'Servidor acessível',
      connected: 'Codificador conectado',
      keyFrame: 'Primeiro keyframe',
      playing: 'Reproduzindo',
    },
    marks: { done: 'Pronto', active: 'Em andamento', waiting: 'Ainda não', fault: 'Problema' },
    details: {
      asking: 'Perguntando ao servidor…',
      unreachable: 'O servidor não responde. Esta página tenta de novo sozinha.',
      noEncoder: 'Aguardando seu codificador. Inicie-o agora.',
      ended: 'A transmissão terminou. Ela recomeça quando seu codificador recomeçar.',
      noMedia: 'O codificador está conectado e ainda não enviou nada.',
      noKeyFrame: 'Os dados chegam. Aguardando uma imagem com que os players possam começar.',
      slowKeyFrame:
        'Ainda sem keyframe. Ajuste o intervalo de keyframes do seu codificador para 1 s ou 2 s: os espectadores começam neles.',
      silent: 'O codificador está conectado, mas nada chega. O upload dele pode ser lento demais.',
      lost: 'A conexão com seu codificador foi perdida. O nome fica reservado por alguns segundos.',
      stopped: 'O codificador parou. O nome fica reservado por alguns segundos.',
      byOperator: 'O operador desconectou o codificador ou encerrou a transmissão.',
      byServer: 'O servidor não conseguiu continuar esta transmissão. O log dele diz por quê.',
      loading: 'Carregando a imagem abaixo.',
      closed:
        'Os espectadores desta transmissão precisam de um token, por isso ela não pode ser reproduzida aqui.',
    },
    refusedMedia: (detail) => `O servidor não consegue usar o que o codificador envia: ${detail}.`,
    behind: (duration) => `${duration} depois de chegar aqui`,
    preview: (name) => `Prévia de ${name}`,
    noPreview: 'Sua imagem aparece aqui.',
    previewNote: 'Esta prévia não tem som e conta como um espectador.',
  },

  rejected: {
    heading: 'O servidor recusou um codificador',
    of: (name, time, address) => `${name}, às ${time}, de ${address}`,
    unnamed: (time, address) => `Às ${time}, de ${address}`,
    often: (note, count) => `${note} · ${count} vezes`,
  },

  issues: {
    heading: 'O que melhorar',
    observed: (observed, expected) => `Agora: ${observed}. Melhor: ${expected}.`,
  },

  viewers: {
    heading: 'Para seus espectadores',
    hint: 'Abra já a página da transmissão: ela começa quando você começar.',
    watch: 'Página da transmissão',
    embed: 'Código de incorporação',
    hls: 'Endereço HLS',
    open: (name) => `Assistir ${name}`,
    playground: 'Testar a incorporação',
    qr: 'Código QR da página da transmissão',
    qrHint: 'Leia para assistir no celular.',
    onlyHere:
      'Estes links funcionam somente nesta máquina. A configuração http.public-url indica um endereço para os outros.',
  },

  liveNow: 'Ao vivo agora',
  noneLive: 'Ninguém está ao vivo. Sua transmissão aparecerá aqui.',
  listFailed: 'Não foi possível acessar o servidor. Tentando de novo automaticamente.',
  sinceStart: (duration) => `há ${duration}`,
};
