// The texts of en/embed.ts in Portuguese, as in Brazil.
import type { EmbedWords } from '../en/embed.ts';

export const embed: EmbedWords = {
  watchPage: (name) => `${name}: abrir a página da transmissão em outra aba`,
  brand: 'Ao vivo com Sluice',

  playground: {
    title: (name) => `Página de testes: ${name}`,
    intro:
      'Esta página incorpora o player como outro site faria e o controla por mensagens do Player.js. Todas as mensagens são exibidas.',
    frame: 'O player incorporado',
    options: 'Opções do endereço',
    optionsHint: 'Opções do player, como autoplay=1&accent=ff8800. O quadro é carregado de novo.',
    apply: 'Carregar',
    sandbox: 'Em uma sandbox sem origem, como alguns sites incorporam provedores desconhecidos',
    methods: 'Métodos',
    value: 'Valor',
    call: (method) => `Chamar ${method}`,
    messages: 'Mensagens',
    messagesHint: 'A mais recente fica no topo.',
    clear: 'Limpar',
    toFrame: 'para o player',
    fromFrame: 'do player',
    often: 'Mostrar também timeupdate, progress, latency e stats',
    code: 'Código para a sua página',
    iframe: 'Código de incorporação',
    element: 'Elemento de sluice/embed',
    waiting: 'Aguardando o player avisar que está pronto.',
    ready: (methods, events) => `Pronto: ${methods} métodos, ${events} eventos.`,
    back: 'Página da transmissão',
  },
};
