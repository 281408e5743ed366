// Why the gateway ended a publication, in Japanese. The English sentences are in server/errors/ and where the errors are thrown.
import type { RefusalWords } from '../refusal-words.ts';

export const refusals: RefusalWords = {
  unsupported_video_codec: ({ codec = 'この映像コーデック' }) =>
    `${codec} には対応していません。エンコーダーを H.264 に設定してください`,
  unsupported_audio_codec: ({ codec = 'この音声コーデック' }) =>
    `${codec} には対応していません。エンコーダーを AAC に設定してください`,
  unsupported_audio_object_type:
    'この種類の AAC には対応していません。エンコーダーを AAC-LC に設定してください',
  unsupported_audio_payload: 'この形式の AAC には対応していません。FLV と同じ生の AAC を送ってください',
  no_config: 'シーケンスヘッダーなしで届いたため、デコードできません。配信し直してください',
  damaged_video: 'ほとんどの映像が壊れているか、届いていません。エンコーダーの H.264 出力を確認してください',
  no_keyframe:
    'キーフレームが届きません。エンコーダーのキーフレーム間隔を 2 秒にし、イントラリフレッシュを無効にしてください',
  no_media: '映像も音声も届きません。エンコーダーのソースを確認してください',
  bitrate: 'ビットレートが上限を超えています。エンコーダーで下げてください',
  stream_memory:
    '配信に必要なメモリが多すぎます。ビットレートを下げるか、映像と音声のタイムスタンプが大きくずれていないか確認してください',
  part_too_large:
    '短い区間のデータが多すぎます。ビットレートを下げるか、タイムスタンプが止まっていないか確認してください',
  too_fast:
    '実時間より速く送られています。ffmpeg では -i の前に -re を付け、それ以外ではエンコーダーの時計を確認してください',
  too_many_changes:
    'コーデック、トラック、タイムスタンプの変更が多すぎます。エンコーダーが出力を再開し続ける原因を確認してください',
  publish_revoked: '配信の許可が取り消されました。新しいストリームキーを管理者に依頼してください',
  kicked: ({ reason }) => `管理者がエンコーダーを切断しました${reason === undefined ? '' : `: ${reason}`}`,
  stream_ended: ({ reason }) => `管理者が配信を終了しました${reason === undefined ? '' : `: ${reason}`}`,
  server_busy: 'ゲートウェイに空きがありません。後でもう一度お試しください',
  internal_error: 'ゲートウェイに障害が発生しました。原因はログにあります',
  damaged: 'データが壊れています。エンコーダーとネットワークを確認してください',
  protocol: 'データが RTMP に従っていません。配信し直すか、別のエンコーダーを使ってください',
};
