// The texts of en/stream.ts in Japanese.
import type { Words } from '../en/stream.ts';
import { countText } from '../language.ts';

export const stream: Words = {
  product: 'Sluice',
  live: 'LIVE',

  test: { title: 'テスト配信です', detail: '配信者が設定を試しています。視聴はできません。' },

  state: {
    unknown: { title: '接続中…', detail: 'サーバーに配信の状態を問い合わせています。' },
    unreachable: { title: 'サーバーに接続できません', detail: '自動的に再試行します。' },
    offline: { title: '配信はまだ始まっていません', detail: '始まると自動的に再生されます。' },
    connecting: { title: '開始しています…', detail: '最初の映像を待っています。' },
    starting: { title: '開始しています…', detail: '最初の映像を待っています。' },
    live: { title: 'ライブ', detail: '' },
    stalled: {
      title: '配信者の回線が遅くなっています…',
      detail: 'データが届きしだい再開します。',
    },
    reconnecting: { title: '配信者の接続が切れました', detail: 'そのままお待ちください。' },
    ended: { title: '配信は終了しました', detail: '再び始まると自動的に再生されます。' },
    unsupported: { title: 'このブラウザではこの配信を再生できません', detail: '' },
    denied: {
      title: 'アクセスできません',
      detail: 'この配信の視聴には専用のリンクが必要です。配信の管理者にお問い合わせください。',
    },
    'viewer-offline': {
      title: 'お使いの端末がオフラインです',
      detail: 'Wi-Fi またはモバイル回線を確認してください。つながると自動的に再開します。',
    },
    invalid: {
      title: 'この配信は存在しません',
      detail: '配信名に使えるのは、英数字、ハイフン、アンダースコアの 1～64 文字です。',
    },
  },
  gone: {
    stopped: {
      title: '配信者が配信を停止しました',
      detail: '再開するかもしれません。そのままお待ちください。',
      banner: '配信者が配信を停止しました – そのままお待ちください',
    },
    lost: {
      title: '配信者の接続が切れました',
      detail: 'そのままお待ちください。',
      banner: '配信者の接続が切れました – そのままお待ちください',
    },
    refused: {
      title: '配信者が送ったデータをサーバーが処理できません',
      detail: '',
      banner: '配信者が送ったデータをサーバーが処理できません',
    },
    byOperator: {
      title: '管理者が配信者を切断しました',
      detail: 'そのままお待ちください。',
      banner: '管理者が配信者を切断しました – そのままお待ちください',
    },
    byServer: {
      title: 'サーバーがこの配信を続けられませんでした',
      detail: 'そのままお待ちください。',
      banner: 'サーバーが配信を続けられませんでした – そのままお待ちください',
    },
    replaced: {
      title: '別のエンコーダーに切り替わりました',
      detail: '最初の映像を待っています。',
      banner: '別のエンコーダーに切り替わりました…',
    },
    draining: {
      title: 'サーバーを停止しています',
      detail: 'サーバーが戻ると自動的に再開します。',
      banner: 'サーバーを停止しています',
    },
  },
  refusedBecause: (detail) => `理由: ${detail}。再び始まると自動的に再生されます。`,
  refusedBeforeMedia: (detail) => `配信者が送ったデータをサーバーが処理できません: ${detail}。`,
  denied: {
    playback_token_expired: {
      title: 'アクセスの有効期限が切れました',
      detail: 'ページを再読み込みするか、新しいリンクを入手してください。',
    },
    playback_token_invalid: {
      title: 'このリンクは使えません',
      detail:
        'リンクが途中で切れている可能性があります。全体をコピーするか、新しいリンクを入手してください。',
    },
    playback_token_not_yet: {
      title: 'まだ視聴できません',
      detail: 'このリンクはまだ有効ではありません。後でページを再読み込みしてください。',
    },
    playback_token_wrong_stream: {
      title: 'このリンクは別の配信のものです',
      detail: 'この配信のリンクを入手してください。',
    },
    playback_token_wrong_network: {
      title: 'ここからはアクセスできません',
      detail: 'このリンクは別のネットワークでのみ有効です。',
    },
  },
  serverStopped: {
    title: 'サーバーが停止しました',
    detail: 'サーバーが戻ると自動的に再開します。',
  },
  endedLost: '配信者の接続が切れました。再び始まると自動的に再生されます。',
  banner: {
    connecting: '開始しています…',
    starting: '開始しています…',
    stalled: '配信者の回線が遅くなっています…',
    unreachable: 'サーバーに接続できません – 自動的に再試行します',
    'viewer-offline': '端末がオフラインです – 接続を待っています',
  },
  slowLine: {
    title: 'この配信を見るには回線が遅すぎます',
    detail: '他のダウンロードを止める、Wi-Fi ルーターに近づく、有線で接続するなどをお試しください。',
  },
  endedAt: (time, duration) =>
    duration === '' ? `配信は ${time} に終了しました` : `配信は ${time} に終了しました · ${duration}`,
  unsupportedCodec: {
    profile: (codec) =>
      `${codec} をデコードできません。配信者に 8 ビット 4:2:0（H.264 の High または Main プロファイル）を依頼してください。`,
    h264: (codec) =>
      `${codec} をデコードできません。このコーデックを含まないブラウザもあります。Chrome、Edge、Firefox、Safari をお試しください。`,
    hevc: (codec) =>
      `この端末では ${codec} をデコードできません。Safari を試すか、配信者に H.264 を依頼してください。`,
    audio: (codec) => `音声（${codec}）をデコードできません。配信者に AAC-LC を依頼してください。`,
    other: (codec) =>
      `${codec} をデコードできません。別のブラウザを試すか、配信者に H.264 と AAC を依頼してください。`,
  },
  unsupportedBrowser: 'ライブ動画を再生できません。新しいブラウザをお使いください。',
  pill: {
    unknown: '接続中',
    unreachable: '接続なし',
    offline: 'オフライン',
    connecting: '開始中',
    starting: '開始中',
    live: 'ライブ',
    stalled: '低速',
    reconnecting: '再接続中',
    stopped: '停止',
    ended: '終了',
    unsupported: '再生不可',
    denied: 'アクセス不可',
    'viewer-offline': 'ネット接続なし',
    invalid: '不明',
  },

  player: {
    region: (name) => `ライブプレーヤー: ${name}`,
    play: '再生',
    pause: '一時停止',
    mute: 'ミュート',
    unmute: 'ミュート解除',
    volume: '音量',
    atLive: 'ライブ再生中。数字は、サーバーが映像を受け取ってから画面に表示されるまでの時間です。',
    goLive: 'ライブに移動',
    seek: 'ライブからの遅れ',
    behind: (duration) => `−${duration}`,
    captions: '字幕',
    captionsNone: 'オフ',
    captionsNumbered: (number) => `字幕 ${number}`,
    captionsService: (number) => `字幕（サービス ${number}）`,
    captionsWritten: 'ライブ字幕',
    captionsIn: (language) => `ライブ字幕（${language}）`,
    enterPip: 'ピクチャー イン ピクチャー',
    leavePip: 'ピクチャー イン ピクチャーを終了',
    enterFullscreen: '全画面',
    leaveFullscreen: '全画面を終了',
    tapForSound: 'タップで音声オン',
    playLive: 'ライブ配信を再生',
    loading: '読み込み中',
    audioOnly: '音声のみ',
    timer: (duration) => ` (${duration})`,
  },

  stats: {
    heading: '配信',
    video: '映像',
    audio: '音声',
    frameRate: 'フレームレート',
    resolution: '解像度',
    videoCodec: '映像コーデック',
    audioCodec: '音声コーデック',
    keyFrames: 'キーフレーム間隔',
    viewers: '視聴者',
    uptime: '配信時間',
    encoder: 'エンコーダー',
    latency: '遅延',
    target: (duration) => `目標 ${duration}`,
    unknown: '–',
  },
  viewers: (count) => `${countText(count)} 人が視聴中`,

  units: {
    seconds: (seconds) => `${seconds} 秒`,
    minutes: (minutes, seconds) => `${minutes} 分 ${seconds} 秒`,
    hours: (hours, minutes) => `${hours} 時間 ${minutes} 分`,
    days: (days, hours) => `${days} 日 ${hours} 時間`,
    percent: (percent) => `${percent}%`,
  },
  channels: { mono: 'モノラル', stereo: 'ステレオ', several: (count) => `${count} チャンネル` },

  copy: {
    button: 'コピー',
    done: 'コピー済み',
    failed: 'Ctrl+C でコピー',
    label: (what) => `${what}をコピー`,
  },
  share: {
    heading: '共有',
    watch: 'リンク',
    embed: '埋め込みコード',
    hls: 'HLS アドレス',
    onlyHere:
      'これらのリンクはこのコンピューターでのみ使えます。他の人のためのアドレスは設定 http.public-url で指定します。',
  },
};
