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

  refused: {
    no_stream_name: 'ストリームキーが空です。エンコーダーに入力してください。',
    bad_stream_name:
      '配信名に使えない文字があるか、長すぎます。英数字、ハイフン、アンダースコアの 1～64 文字にしてください。',
    bad_publish_name:
      'エンコーダーが配信名を送りませんでした。ストリームキーを入力するか、別のエンコーダーを使ってください。',
    name_taken: 'この名前はすでに配信中です。別のストリームキーを使うか、もう一方の配信を終了してください。',
    name_closed:
      '管理者が配信を終了し、この名前をしばらく使えなくしました。しばらく待つか、管理者に問い合わせてください。',
    public_address:
      '配信できるのはプライベートネットワークからのみで、このアドレスはパブリックです。ストリームキーを作成するか、rtmp.trusted-networks にネットワークを追加してください。',
    unknown_key:
      'ストリームキーが登録されていません。管理者に問い合わせてください。視聴ページのアドレスにある名前はキーではありません。',
    key_expired: 'ストリームキーの有効期限が切れています。新しいキーを管理者に依頼してください。',
    key_network:
      'このアドレスではストリームキーを使えません。キーに許可されたネットワークから配信するか、別のキーを管理者に依頼してください。',
    key_attempts:
      'このアドレスから誤ったストリームキーが多く届きました。エンコーダーのキーを直し、数分後にもう一度お試しください。',
    stream_ended: '管理者が配信を終了しました。再び配信する前に管理者に確認してください。',
    publish_rate: '1 分間に配信の要求が多すぎました。しばらく待ってから、もう一度お試しください。',
    publish_deadline:
      '配信の可否が時間内に決まりませんでした。もう一度お試しください。応答しなかったサーバーはログにあります。',
    server_busy:
      'ゲートウェイにこれ以上の配信を受け入れる余裕がありません。後でもう一度試すか、stream.max-streams、stream.max-tests、media.max-memory のいずれかを増やしてください。',
    authorizer_failed: 'ゲートウェイは配信の可否を判断できませんでした。理由はログにあります。',
    callback_refused: ({ reason }) =>
      `管理者のサーバーがストリームキーを拒否しました${reason === undefined ? '' : `: ${reason}`}。`,
    callback_timeout: '管理者のサーバーが時間内に応答しませんでした。サーバーの名前はログにあります。',
    callback_failed: '管理者のサーバーに接続できないか、応答が正しくありません。詳細はログにあります。',
    shutting_down: 'ゲートウェイを停止しています。再起動後に接続し直してください。',
  },
};
