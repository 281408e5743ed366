// Why the gateway ended a publication, in Chinese, in simplified characters. The English sentences are in server/errors/ and where the errors are thrown.
import type { RefusalWords } from '../refusal-words.ts';

export const refusals: RefusalWords = {
  unsupported_video_codec: ({ codec = '该视频编码' }) => `不支持 ${codec}，请在编码器中改用 H.264`,
  unsupported_audio_codec: ({ codec = '该音频编码' }) => `不支持 ${codec}，请在编码器中改用 AAC`,
  unsupported_audio_object_type: '不支持这种 AAC，请在编码器中改用 AAC-LC',
  unsupported_audio_payload: '不支持这种封装的 AAC，请像 FLV 那样发送原始 AAC',
  no_config: '画面或声音没有序列头，无法解码，请重新推流',
  damaged_video: '大部分画面已损坏或丢失，请检查编码器的 H.264 输出',
  no_keyframe: '没有收到关键帧，请在编码器中将关键帧间隔设为 2 秒，并关闭帧内刷新',
  no_media: '没有收到画面和声音，请检查编码器中的来源',
  bitrate: '码率超过上限，请在编码器中调低',
  stream_memory: '直播占用的内存过多，请调低码率，或检查画面和声音的时间戳是否相差太大',
  part_too_large: '一小段直播的数据过多，请调低码率，或检查时间戳是否停滞',
  too_fast: '发送速度快于实时，使用 ffmpeg 时请在 -i 前加 -re，否则请检查编码器的时钟',
  too_many_changes: '编码、轨道或时间戳变化过于频繁，请检查编码器为何反复重启输出',
  publish_revoked: '推流许可已被撤销，请向管理员索取新的推流码',
  kicked: ({ reason }) => `管理员已断开编码器${reason === undefined ? '' : `：${reason}`}`,
  stream_ended: ({ reason }) => `管理员已结束直播${reason === undefined ? '' : `：${reason}`}`,
  server_busy: '网关没有余量，请稍后重试',
  internal_error: '网关发生故障，原因见日志',
  damaged: '数据已损坏，请检查编码器和网络',
  protocol: '数据不符合 RTMP 协议，请重新推流或换用其他编码器',
};
