// The texts of en/doctor.ts in Portuguese, as in Brazil.
import type { DoctorWords } from '../en/doctor.ts';

export const doctor: DoctorWords = {
  verdict: {
    good: 'Bom',
    ok: 'Pode melhorar',
    bad: 'Problema',
    noData: 'Sem dados ainda',
  },
  severity: { error: 'Erro', warning: 'Aviso', info: 'Dica' },

  list: {
    heading: 'Doutor',
    nothing: 'Nada a melhorar.',
    waiting: 'O doutor precisa de alguns segundos de mídia.',
    observed: 'Observado',
    expected: 'Esperado',
    since: 'Desde',
    fix: 'O que fazer',
    fixFor: { obs: 'OBS', ffmpeg: 'ffmpeg', generic: 'Qualquer codificador' },
    code: (code) => `Código ${code}`,
  },

  report: {
    title: 'Relatório de teste',
    heading: (stream) => `Teste de ${stream}`,
    running: 'O teste está em andamento',
    over: 'O teste terminou',
    lasted: 'Duração',
    waiting: 'Aguardando o relatório…',
    missing: 'Não há relatório neste endereço.',
    missingDetail:
      'Confira o endereço. Um relatório fica guardado por uma hora após o fim do teste, e um reinício do gateway o remove.',
    unreachable: 'Não foi possível acessar o gateway. Tentando de novo…',
    privacy: 'Ninguém pode assistir a um teste. Quem tiver o endereço desta página pode ler o relatório.',
    again:
      'Para testar outra configuração, altere-a no codificador e transmita de novo com ?test=1 depois da chave. Cada teste tem seu próprio relatório.',
    copy: 'Endereço deste relatório',
    facts: 'O que foi enviado',
    video: 'Vídeo',
    audio: 'Áudio',
    resolution: 'Imagem',
    keyFrames: 'Keyframe a cada',
    encoder: 'Codificador',
    started: 'Início',
    checklist: 'Lista de verificação',
    fine: 'Tudo certo',
    unknown: 'Ainda não se sabe',
    isOver: (title) => `${title}: já resolvido`,
    past: 'Encontrado antes e já resolvido',
    checks: {
      tracks: 'Imagem e som',
      codecs: 'Codecs',
      keyFrames: 'Keyframes',
      bFrames: 'Quadros B',
      bitrate: 'Taxa de bits',
      pictures: 'Imagens perdidas',
      size: 'Tamanho da imagem',
      pace: 'Ritmo do upload',
      sync: 'Som em sincronia com a imagem',
      sound: 'Taxa de amostragem e canais',
      gateway: 'Carga do gateway',
    },
  },
};
