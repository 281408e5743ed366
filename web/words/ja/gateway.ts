// What the gateway says about a stream, in Japanese. The English sentences are in server/doctor/ and server/stats/stream-events.ts.
import type { GatewayWords } from '../gateway-words.ts';
import { secondsText } from '../measures.ts';
import { rules } from './rules.ts';

const more = (count: number) => (count === 0 ? '' : `、ほか ${count} 件`);

export const gateway: GatewayWords = {
  rules,

  summary: {
    noData: '判定に必要なデータがまだ足りません。',
    fine: '良好: 変更の必要はありません。',
    good: (worst, others) => `良好（ヒントあり）: ${worst}${more(others)}。`,
    ok: (worst, others) => `改善の余地あり: ${worst}${more(others)}。`,
    bad: (worst, others) => `問題あり: ${worst}${more(others)}。`,
  },

  events: {
    offline: () => 'この名前で配信しているエンコーダーはありません。',
    connecting: ({ address = '不明なアドレス', encoder }) =>
      `${address} からエンコーダーが接続しました${encoder === undefined ? '' : `（${encoder}）`}。`,
    starting: () => '最初のデータが届きました。',
    live: () => '配信を再生できます。',
    stalled: ({ silentMs }) => `${secondsText(silentMs)}間、何も届いていません。`,
    reconnecting: ({ kind, publishedMs, error = '', detail = '' }) => {
      const reason = {
        stopped: 'エンコーダーが配信を終了しました。',
        lost: 'エンコーダーとの接続が切れました。',
        replaced: '別のエンコーダーに切り替わりました。',
        draining: 'ゲートウェイを停止しています。',
        refused: `ゲートウェイが配信を終了しました: ${detail} (${error})。`,
      }[kind];
      return `${reason}配信時間は ${secondsText(publishedMs)}でした。`;
    },
    ended: ({ mediaMs }) => `配信は ${secondsText(mediaMs)}で終了しました。`,
    timestampJump: () => 'エンコーダーのタイムスタンプが飛びました。',
    issueCleared: (title) => `解消: ${title}`,
  },
};
