// The findings of the doctor in Chinese, in simplified characters. The English sentences are in server/doctor/.
import type { GatewayWords } from '../gateway-words.ts';
import {
  bitRateFlag,
  bitRateText,
  frameRateText,
  kilohertzText,
  millisecondsText,
  paceText,
  percentText,
  secondsText,
  sizeText,
} from '../measures.ts';
import { obs } from './obs.ts';

const FASTER_PRESET = `${obs.cpuPreset}：faster（x264），或 ${obs.nvencPreset}（NVENC）`;
const EVERY_TWO_SECONDS = '每 2 秒一个关键帧';
const REAL_TIME = '每秒一秒的媒体';
const LOWER_BITRATE = '-b:v 使用更小的值';
const ENCODE_AGAIN = '重新编码，不要使用 -c copy';
const FASTER_FLAGS = '-preset veryfast（或更快），并用 -vf scale 缩小画面';
const notPlayed = ({ track, error }: { readonly track: string; readonly error: string }) =>
  `轨道 ${track} 无法播放：${error}`;
const lower = (bps: number | undefined) => (bps === undefined ? '当前的 70%' : bitRateText(bps));

export const rules: GatewayWords['rules'] = {
  gopLong: {
    title: '关键帧间隔太长',
    expected: EVERY_TWO_SECONDS,
    observed: ({ kind, longestMs }) =>
      kind === 'noneFor' ? `已有 ${secondsText(longestMs)}没有关键帧` : `最长 ${secondsText(longestMs)}`,
    fix: {
      obs: obs.keyFrames,
      generic: '将关键帧间隔 (GOP) 设为 2 秒；“自动”通常意味着 250 帧。',
    },
  },
  gopShort: {
    title: '关键帧过于频繁',
    expected: EVERY_TWO_SECONDS,
    observed: ({ meanMs }) => `每 ${secondsText(meanMs)}一个`,
    fix: {
      obs: obs.keyFrames,
      generic: '将关键帧间隔 (GOP) 设为 2 秒：关键帧占用的码率最多。',
    },
  },
  gopVariable: {
    title: '关键帧间隔不规律',
    expected: '固定的 2 秒间隔',
    observed: ({ minMs, maxMs }) => `${secondsText(minMs)}至 ${secondsText(maxMs)}`,
    fix: {
      obs: obs.x264('scenecut=0'),
      generic: '在编码器中关闭场景检测（scene cut、自适应关键帧）。',
    },
  },
  openGop: {
    title: '关键帧不完整',
    expected: '封闭 GOP：每个关键帧都是 IDR 图像',
    observed: (values) =>
      values.kind === 'open' ? `最近 30 秒有 ${values.count} 个开放关键帧` : '使用帧内刷新代替关键帧',
    fix: {
      obs: obs.x264('open-gop=0 intra-refresh=0'),
      ffmpeg: '-x264-params open-gop=0:intra-refresh=0，或 -flags +cgop',
      generic: '启用封闭 GOP，并关闭帧内刷新。',
    },
  },
  bFrames: {
    title: 'B 帧增加了延迟',
    expected: '不使用 B 帧，延迟最低',
    observed: ({ share, laterMs }) => `${percentText(share)} 的画面，最多晚 ${millisecondsText(laterMs)}`,
    fix: {
      obs: ({ obsVersion }) => `${obs.x264('bframes=0')}；或 ${obs.nvencBFrames(obsVersion)}`,
      ffmpeg: '-bf 0（或 -tune zerolatency）',
      generic: '将 B 帧设为 0。B 帧可节省码率，如果两三帧的延迟无关紧要，可以保留。',
    },
  },
  bitrateUnstable: {
    title: '码率波动很大',
    expected: '固定码率 (CBR)',
    observed: ({ share, bps }) => `在 ${bitRateText(bps)} 上下波动 ±${percentText(share)}`,
    fix: {
      obs: obs.cbr,
      generic: '请使用固定码率：复杂画面超出观众的网络能力时，播放会卡顿。',
    },
  },
  bitrateLow: {
    title: '对此画面尺寸来说码率偏低',
    expected: '不低于表中该画面尺寸的码率',
    observed: ({ bps, leastBps, width, height }) =>
      `${sizeText(width, height)} 为 ${bitRateText(bps)}；至少 ${bitRateText(leastBps)} 才清晰`,
    fix: {
      obs: `提高 ${obs.bitrate}，或减小 ${obs.scaledSize}`,
      ffmpeg: '-b:v 使用更大的值，或 -vf scale=-2:720',
      generic: '提高码率，或发送更小的画面。',
    },
  },
  bitrateHigh: {
    title: '对此画面尺寸来说码率偏高',
    expected: '不高于表中该画面尺寸的码率',
    observed: ({ bps, mostBps, width, height }) =>
      `${sizeText(width, height)} 为 ${bitRateText(bps)}；${bitRateText(mostBps)} 就够了`,
    fix: {
      obs: `降低 ${obs.bitrate}`,
      ffmpeg: LOWER_BITRATE,
      generic: '降低码率：每位观众的网络都必须承受得住。',
    },
  },
  framesDropped: {
    title: '画面有缺失',
    expected: '帧率应有的每一帧',
    observed: ({ share }) => `缺失 ${percentText(share)}`,
    fix: {
      obs: `${FASTER_PRESET}；状态栏会显示丢帧的原因`,
      ffmpeg: FASTER_FLAGS,
      generic: '编码器或上传太慢：请使用更快的预设、更小的画面或更低的码率。',
    },
  },
  resolutionChanged: {
    title: '画面尺寸发生了变化',
    expected: '直播期间尺寸不变',
    observed: ({ from, to }) => `${from} → ${to}`,
    fix: {
      generic: '每次变化时播放器都要重启解码器；请在编码器中固定输出尺寸。',
    },
  },
  metaMismatch: {
    title: 'onMetaData 与画面不一致',
    expected: '与画面一致的值',
    observed: (values) =>
      values.kind === 'size'
        ? `声明 ${sizeText(values.announcedWidth, values.announcedHeight)}，实际 ${sizeText(values.width, values.height)}`
        : `声明 ${frameRateText(values.announcedFps)}，实际 ${frameRateText(values.fps)}`,
    fix: {
      generic: '网关以画面为准；请重启编码器，让其他工具也得到正确的值。',
    },
  },
  renderLag: {
    title: '编码器渲染太慢',
    expected: '每一帧都按时渲染',
    observed: ({ share }) => `${percentText(share)} 的画面渲染过晚`,
    fix: {
      obs: `降低 ${obs.fpsValues}，并减少场景中的来源和滤镜`,
      generic: '显卡过载：请限制游戏的帧率，关闭其他占用显卡的程序，或降低每秒帧数。',
    },
  },
  encoderOverload: {
    title: '编码器跳过了画面',
    expected: '每一帧都被编码',
    observed: ({ share }) => `跳过了 ${percentText(share)} 的画面`,
    fix: {
      obs: `${FASTER_PRESET}；或减小 ${obs.scaledSize}`,
      ffmpeg: FASTER_FLAGS,
      generic: '处理器或硬件编码器过载：请使用更快的预设、硬件编码器、更小的画面或更低的每秒帧数。',
    },
  },
  networkDrops: {
    title: '编码器丢弃了画面：其网络太慢',
    expected: '每一帧都被发送',
    observed: ({ share }) => `丢弃了 ${percentText(share)} 的画面`,
    fix: {
      obs: `降低 ${obs.bitrate}；或 ${obs.dynamicBitrate}`,
      ffmpeg: LOWER_BITRATE,
      generic: '降低码率，用网线代替 Wi-Fi，并停止其他上传。',
    },
  },
  videoStarved: {
    title: '上传太慢',
    expected: REAL_TIME,
    observed: ({ rate }) => `每秒 ${paceText(rate)}的媒体`,
    fix: {
      obs: ({ lowerBps }) => `${obs.bitrate}：${lower(lowerBps)}`,
      ffmpeg: ({ lowerBps }) => bitRateFlag(lowerBps) ?? LOWER_BITRATE,
      generic: ({ lowerBps }) =>
        `将码率降到${lower(lowerBps)}，用网线代替 Wi-Fi，并停止其他上传。如果编码器提示过载，请使用更快的预设。`,
    },
  },
  fasterThanRealtime: {
    title: '媒体到达的速度快于实时',
    expected: REAL_TIME,
    observed: ({ rate }) => `每秒 ${paceText(rate)}的媒体`,
    fix: {
      ffmpeg: '在 -i 前加上 -re',
      generic: '请以播放速度发送文件，否则直播播放器无法跟上。',
    },
  },
  avDrift: {
    title: '声音与画面不同步',
    expected: '小于 100 ms',
    observed: ({ kind, apartMs }) => {
      const apart = millisecondsText(apartMs);
      return {
        ahead: `声音的时间戳比画面超前 ${apart}`,
        behind: `声音的时间戳比画面落后 ${apart}`,
        beginsAfter: `声音比画面晚 ${apart} 开始`,
        beginsBefore: `声音比画面早 ${apart} 开始`,
      }[kind];
    },
    fix: {
      obs: obs.syncOffset,
      ffmpeg: '两个输入使用同一个 -itsoffset；如果声音逐渐偏移，使用 -af aresample=async=1',
      generic: '将编码器的音频延迟设为 0，并从同一设备采集画面和声音。',
    },
  },
  timestampJump: {
    title: '时间戳跳变',
    expected: '连续的时间戳',
    observed: ({ kind, count }) =>
      kind === 'jumps' ? `最近 30 秒跳变 ${count} 次` : `最近 30 秒有 ${count} 个时间戳没有前进`,
    fix: {
      obs: '停止直播后重新开始；循环播放的媒体源可能是原因',
      ffmpeg: `在 -i 前加上 -fflags +genpts，或${ENCODE_AGAIN}`,
      generic: '重启编码器。文件播放列表中的每个文件都需要新的时间戳。',
    },
  },
  noVideo: {
    title: '没有画面',
    expected: '一条视频轨道',
    observed: (values) =>
      values.kind === 'announced'
        ? '没有画面，与编码器的声明一致'
        : `${secondsText(values.ageMs)}后仍没有画面`,
    fix: {
      obs: `检查场景中是否有来源，以及 ${obs.videoEncoder}`,
      generic: '如果直播应当有画面，请添加视频轨道。',
    },
  },
  noAudio: {
    title: '没有声音',
    expected: '一条音频轨道',
    observed: (values) =>
      values.kind === 'announced'
        ? '没有声音，与编码器的声明一致'
        : `${secondsText(values.ageMs)}后仍没有声音`,
    fix: {
      obs: obs.audioTrack,
      ffmpeg: '-map 0:a -c:a aac，静音可用 -f lavfi -i anullsrc',
      generic: '请添加音频轨道，静音也可以：有些播放器会一直等待它。',
    },
  },
  codecUnsupported: {
    title: '浏览器无法解码',
    expected: 'H.264 8 位 4:2:0，以及 AAC-LC',
    observed: (values) =>
      values.kind === 'track' ? notPlayed(values) : `H.264 ${values.bitDepth} 位 ${values.chroma}`.trim(),
    fix: {
      obs: ({ obsVersion }) =>
        `${obs.colourFormat(obsVersion)}；${obs.videoEncoder}：x264 或支持 H.264 的硬件编码器`,
      generic: '请发送 H.264 8 位 4:2:0（Baseline、Main 或 High 档次）和 AAC-LC 声音。',
    },
  },
  trackUnreadable: {
    title: '有一条轨道无法读取',
    expected: '每条轨道都能播放',
    observed: notPlayed,
    fix: {
      ffmpeg: ENCODE_AGAIN,
      generic: '重启编码器；错误代码的说明见 docs/errors.md。',
    },
  },
  codecReach: {
    title: '有些播放器无法播放',
    expected: '逐行扫描的 H.264，以及 AAC-LC',
    observed: (values) =>
      values.kind === 'interlaced'
        ? '隔行扫描画面：许多硬件解码器会显示条纹或没有画面'
        : `AAC 对象类型 ${values.objectType}：大多数浏览器只能播放 LC 和 HE`,
    fix: {
      obs: `${obs.fpsValues} 和 ${obs.scaledSize}；OBS 本身发送逐行扫描画面`,
      generic: '请发送逐行扫描画面和 AAC-LC。',
    },
  },
  audioRateOdd: {
    title: '采样率不常见',
    expected: '48 kHz',
    observed: ({ sampleRate }) => kilohertzText(sampleRate),
    fix: {
      obs: obs.sampleRate,
      generic: '将采样率设为 48 kHz：有些设备不能播放其他采样率。',
    },
  },
  audioChannels: {
    title: '声道多于两个',
    expected: '立体声',
    observed: ({ channels }) => `${channels} 个声道`,
    fix: {
      obs: obs.stereo,
      generic: '将声音设为立体声：并非所有浏览器都能混合更多声道。',
    },
  },
  flapping: {
    title: '编码器反复重连',
    expected: '只有一次连接',
    observed: ({ count }) => `5 分钟内 ${count} 次`,
    fix: {
      obs: obs.dynamicBitrate,
      ffmpeg: LOWER_BITRATE,
      generic: '用网线代替 Wi-Fi，并降低码率。日志说明了每次连接结束的原因。',
    },
  },
  viewersStalling: {
    title: '观众播放卡顿',
    expected: '不超过 5%',
    observed: ({ share }) => `${percentText(share)} 的播放器`,
    fix: {
      generic: '降低码率。如果码率合适，观众可以在播放器设置中选择稳定的延迟；并检查网关的网络。',
    },
  },
  noHttps: {
    title: 'Apple 设备的观众没有使用 HTTPS',
    expected: '支持 HTTP/2 的 HTTPS',
    observed: ({ count }) => `${count} 个播放器使用 HTTP`,
    fix: {
      generic:
        '设置 tls.certificate 和 tls.key，或在网关前放置支持 HTTPS 和 HTTP/2 的代理 (docs/deploy.md)。',
    },
  },
  serverBusy: {
    title: '网关过载',
    expected: '低于 50 ms',
    observed: ({ delayMs }) => millisecondsText(delayMs),
    fix: {
      generic: '这台机器处理不了这么多直播和观众：请停止其他程序，或换一台机器。更改编码器设置没有用。',
    },
  },
};
