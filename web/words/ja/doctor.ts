// The texts of en/doctor.ts in Japanese.
import type { DoctorWords } from '../en/doctor.ts';

export const doctor: DoctorWords = {
  verdict: {
    good: '良好',
    ok: '改善の余地あり',
    bad: '問題あり',
    noData: 'データなし',
  },
  severity: { error: 'エラー', warning: '警告', info: 'ヒント' },

  list: {
    heading: '診断',
    nothing: '改善点はありません。',
    waiting: '診断には数秒分のメディアが必要です。',
    observed: '実測',
    expected: '期待値',
    since: '開始',
    fix: '対処方法',
    fixFor: { obs: 'OBS', ffmpeg: 'ffmpeg', generic: 'すべてのエンコーダー' },
    code: (code) => `コード ${code}`,
  },

  report: {
    title: 'テストレポート',
    heading: (stream) => `${stream} のテスト`,
    running: 'テスト中',
    over: 'テスト終了',
    lasted: '時間',
    waiting: 'レポートを待っています…',
    missing: 'このアドレスのレポートはありません。',
    missingDetail:
      'アドレスを確認してください。レポートはテスト終了後 1 時間保存され、ゲートウェイを再起動すると消えます。',
    unreachable: 'ゲートウェイに接続できません。再試行しています…',
    privacy: 'テストは誰も視聴できません。このページのアドレスを知っている人は誰でもレポートを読めます。',
    again:
      '別の設定を試すには、エンコーダーで設定を変え、キーの後ろに ?test=1 を付けて再び配信してください。テストごとに別のレポートが作られます。',
    copy: 'このレポートのアドレス',
    facts: '送信された内容',
    video: '映像',
    audio: '音声',
    resolution: '画面',
    keyFrames: 'キーフレーム間隔',
    encoder: 'エンコーダー',
    started: '開始',
    checklist: 'チェックリスト',
    fine: '問題なし',
    unknown: 'まだ不明',
    isOver: (title) => `${title}: 解消しました`,
    past: '以前に見つかり、今は解消したもの',
    checks: {
      tracks: '映像と音声',
      codecs: 'コーデック',
      keyFrames: 'キーフレーム',
      bFrames: 'B フレーム',
      bitrate: 'ビットレート',
      pictures: '失われたフレーム',
      size: '画面サイズ',
      pace: 'アップロードの速さ',
      sync: '音声と映像の同期',
      sound: 'サンプルレートとチャンネル',
      gateway: 'ゲートウェイの負荷',
    },
  },
};
