// The texts of en/embed.ts in Japanese.
import type { EmbedWords } from '../en/embed.ts';

export const embed: EmbedWords = {
  watchPage: (name) => `${name}: 視聴ページを新しいタブで開く`,
  brand: 'Sluice でライブ配信',

  playground: {
    title: (name) => `テストページ: ${name}`,
    intro:
      'このページは、他のサイトと同じようにプレーヤーを埋め込み、Player.js のメッセージで操作します。すべてのメッセージを表示します。',
    frame: '埋め込みプレーヤー',
    options: 'アドレスのオプション',
    optionsHint: 'プレーヤーのオプション（例: autoplay=1&accent=ff8800）。フレームを読み込み直します。',
    apply: '読み込む',
    sandbox: 'オリジンのないサンドボックスで表示（未知の提供元をこう埋め込むサイトがあります）',
    methods: 'メソッド',
    value: '値',
    call: (method) => `${method} を呼び出す`,
    messages: 'メッセージ',
    messagesHint: '新しいものが上です。',
    clear: '消去',
    toFrame: 'プレーヤーへ',
    fromFrame: 'プレーヤーから',
    often: 'timeupdate、progress、latency、stats も表示',
    code: 'ページに貼るコード',
    iframe: '埋め込みコード',
    element: 'sluice/embed の要素',
    waiting: 'プレーヤーの準備を待っています。',
    ready: (methods, events) => `準備完了: メソッド ${methods}、イベント ${events}。`,
    back: '視聴ページ',
  },
};
