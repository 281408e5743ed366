// The texts of en/setup.ts in Japanese.
import type { SetupWords } from '../en/setup.ts';

export const setup: SetupWords = {
  tagline: 'ここにライブ映像を送信すると、視聴者には約 1 秒後に届きます。',
  nameLabel: '配信名',
  nameHint: '英数字、ハイフン、アンダースコア。このページのすべてのアドレスに使われます。',
  nameInvalid: '英数字、ハイフン、アンダースコアの 1～64 文字にしてください。',
  serverChoice: 'このゲートウェイのアドレス',
  dashboard: 'ダッシュボード',
  version: (version) => `バージョン ${version}`,
  infoFailed:
    'サーバーにアドレスを問い合わせできませんでした。表示しているのは、このページのアドレスからの推測です。',

  encoder: {
    heading: 'エンコーダーを接続',
    tabs: { obs: 'OBS Studio', ffmpeg: 'ffmpeg', vmix: 'vMix', hardware: '機器・アプリ' },
    server: 'サーバー',
    secureServer: 'サーバー（TLS）',
    key: 'ストリームキー',
    keyPlaceholder: 'YOUR_STREAM_KEY',
    keyNote: (name) =>
      `このゲートウェイは秘密のキーだけを受け付けます。${name} を配信できるキーを管理者に依頼してください。`,
    obs: [
      '「設定 → 配信」を開き、サービスに「カスタム…」を選びます。',
      'サーバーとストリームキーを入力します。',
      '「設定 → 出力」で、レート制御を CBR、キーフレーム間隔を 1 秒または 2 秒にします。間隔を 0 にすると、視聴者は映像を長く待つことになります。',
      '「配信開始」を押します。',
    ],
    ffmpegTest: 'すぐに試せるテスト映像と音',
    ffmpegFile: 'ファイル: -i の後に自分のファイルを指定',
    vmix: [
      'Stream の横の歯車を押し、Destination に Custom RTMP Server を選びます。',
      'URL と、ストリーム名またはキーを入力します。',
      '品質の設定で H.264 と AAC を選び、キーフレームを 1 秒または 2 秒ごとにします。',
      'Stream を押します。',
    ],
    vmixUrl: 'URL',
    vmixKey: 'ストリーム名またはキー',
    hardware: [
      'プロトコルに RTMP を選びます。アドレスを 1 つ、または欄が 2 つあればサーバーとキーを入力します。',
      '映像: H.264、固定ビットレート、キーフレームは 1 秒または 2 秒ごと、遅延を最小にするには B フレームなし。',
      '音声: AAC、48 kHz、ステレオ。',
    ],
    whole: '1 つのアドレス',
  },

  test: {
    label: 'エンコーダーのテストだけを行う',
    hint: 'テストは誰も視聴できません。変更すべき設定をゲートウェイが示します。',
    where:
      '上のアドレスに ?test=1 が付きました。テスト中は、管理者用にレポートへのリンクがここに表示されます。リンクはゲートウェイのログにもあります。',
    report: 'テストのレポートを開く',
  },

  checklist: {
    heading: '動作の確認',
    steps: {
      reachable: 'サーバーに接続できる',
      connected: 'エンコーダーが接続済み',
      keyFrame: '最初のキーフレーム',
      playing: '再生中',
    },
    marks: { done: '完了', active: '進行中', waiting: 'まだ', fault: '問題あり' },
    details: {
      asking: 'サーバーに問い合わせています…',
      unreachable: 'サーバーが応答しません。自動的に再試行します。',
      noEncoder: 'エンコーダーを待っています。開始してください。',
      ended: '配信は終了しました。エンコーダーが再開すると、また始まります。',
      noMedia: 'エンコーダーは接続していますが、まだ何も送っていません。',
      noKeyFrame: 'データが届いています。再生を始められる映像を待っています。',
      slowKeyFrame:
        'まだキーフレームがありません。エンコーダーのキーフレーム間隔を 1 秒または 2 秒にしてください。視聴はキーフレームから始まります。',
      silent: 'エンコーダーは接続していますが、何も届きません。上り回線が遅い可能性があります。',
      lost: 'エンコーダーとの接続が切れました。配信名は数秒間確保されます。',
      stopped: 'エンコーダーが停止しました。配信名は数秒間確保されます。',
      byOperator: '管理者がエンコーダーを切断したか、配信を終了しました。',
      byServer: 'サーバーがこの配信を続けられませんでした。理由はサーバーのログにあります。',
      loading: '下の映像を読み込んでいます。',
      closed: 'この配信の視聴にはトークンが必要なため、ここでは再生できません。',
    },
    refusedMedia: (detail) => `エンコーダーが送ったデータをサーバーが処理できません: ${detail}。`,
    behind: (duration) => `到着から ${duration}`,
    preview: (name) => `${name} のプレビュー`,
    noPreview: 'ここに映像が表示されます。',
    previewNote: 'このプレビューは無音で、視聴者 1 人と数えられます。',
  },

  rejected: {
    heading: 'サーバーがエンコーダーを拒否しました',
    of: (name, time, address) => `${name}、${time}、${address} から`,
    unnamed: (time, address) => `${time}、${address} から`,
    often: (note, count) => `${note} · ${count} 回`,
  },

  issues: {
    heading: '改善できること',
    observed: (observed, expected) => `現在: ${observed}。推奨: ${expected}。`,
  },

  viewers: {
    heading: '視聴者向け',
    hint: '視聴ページを今すぐ開けます。配信を始めると再生が始まります。',
    watch: '視聴ページ',
    embed: '埋め込みコード',
    hls: 'HLS アドレス',
    open: (name) => `${name} を見る`,
    playground: '埋め込みを試す',
    qr: '視聴ページの QR コード',
    qrHint: '読み取るとスマートフォンで視聴できます。',
    onlyHere:
      'これらのリンクはこのコンピューターでのみ使えます。他の人のためのアドレスは設定 http.public-url で指定します。',
  },

  liveNow: 'ライブ配信中',
  noneLive: '配信中のものはありません。あなたの配信はここに表示されます。',
  listFailed: 'サーバーに接続できません。自動的に再試行します。',
  sinceStart: (duration) => `開始から ${duration}`,
};
