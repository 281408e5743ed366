// The texts of the page that a browser gets at a wrong address, in the languages of the other pages.

import type { PageLanguage } from './page-language.ts';

type Text = { readonly title: string; readonly detail: string };

/** `badName` is the text of the watch page about the same fault. */
export type ProblemText = 'notFound' | 'badName';

type ProblemWords = Readonly<Record<ProblemText, Text>> & { readonly streams: string };

export const PROBLEM_WORDS: Readonly<Record<PageLanguage, ProblemWords>> = {
  en: {
    notFound: { title: 'Page not found', detail: 'There is nothing at this address.' },
    badName: {
      title: 'No such stream',
      detail: 'A stream’s name has 1 to 64 letters, digits, hyphens or underscores.',
    },
    streams: 'All streams',
  },
  de: {
    notFound: { title: 'Seite nicht gefunden', detail: 'Unter dieser Adresse gibt es nichts.' },
    badName: {
      title: 'Diesen Stream gibt es nicht',
      detail: 'Der Name eines Streams hat 1 bis 64 Buchstaben, Ziffern, Binde- oder Unterstriche.',
    },
    streams: 'Alle Streams',
  },
  es: {
    notFound: { title: 'Página no encontrada', detail: 'No hay nada en esta dirección.' },
    badName: {
      title: 'No existe esa transmisión',
      detail: 'El nombre de una transmisión tiene de 1 a 64 letras, cifras, guiones o guiones bajos.',
    },
    streams: 'Todas las transmisiones',
  },
  ja: {
    notFound: { title: 'ページが見つかりません', detail: 'このアドレスには何もありません。' },
    badName: {
      title: 'この配信は存在しません',
      detail: '配信名に使えるのは、英数字、ハイフン、アンダースコアの 1～64 文字です。',
    },
    streams: 'すべての配信',
  },
  pt: {
    notFound: { title: 'Página não encontrada', detail: 'Não há nada neste endereço.' },
    badName: {
      title: 'Esta transmissão não existe',
      detail: 'O nome de uma transmissão tem de 1 a 64 letras, números, hifens ou sublinhados.',
    },
    streams: 'Todas as transmissões',
  },
  zh: {
    notFound: { title: '找不到页面', detail: '此地址没有任何内容。' },
    badName: {
      title: '没有这个直播',
      detail: '直播名称由 1 至 64 个字母、数字、连字符或下划线组成。',
    },
    streams: '全部直播',
  },
};
