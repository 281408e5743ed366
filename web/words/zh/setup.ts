// The texts of en/setup.ts in Chinese, in simplified characters.
import type { SetupWords } from '../en/setup.ts';

export const setup: SetupWords = {
  tagline: '把直播视频推到这里，观众约一秒后即可看到。',
  nameLabel: '直播名称',
  nameHint: '字母、数字、连字符和下划线。本页所有地址都会使用它。',
  nameInvalid: '请使用 1 至 64 个字母、数字、连字符或下划线。',
  serverChoice: '此网关的地址',
  dashboard: '控制台',
  version: (version) => `版本 ${version}`,
  infoFailed: '无法向服务器查询地址。显示的内容由本页地址推测而来。',

  encoder: {
    heading: '连接编码器',
    tabs: { obs: 'OBS Studio', ffmpeg: 'ffmpeg', vmix: 'vMix', hardware: '硬件与应用' },
    server: '服务器',
    secureServer: '服务器（TLS）',
    key: '推流码',
    keyPlaceholder: 'YOUR_STREAM_KEY',
    keyNote: (name) => `此网关只接受保密的推流码：请向管理员索取可以发布 ${name} 的推流码。`,
    obs: [
      '打开“设置 → 直播”，服务选择“自定义…”。',
      '填写服务器和推流码。',
      '在“设置 → 输出”中，将码率控制设为 CBR，关键帧间隔设为 1 秒或 2 秒。间隔设为 0 时，观众要等很久才有画面。',
      '点击“开始直播”。',
    ],
    ffmpegTest: '带声音的测试画面，可立即试用',
    ffmpegFile: '文件：在 -i 后填写您的文件',
    vmix: [
      '点击 Stream 旁的齿轮，Destination 选择 Custom RTMP Server。',
      '填写 URL 以及直播名称或推流码。',
      '在质量设置中选择 H.264 和 AAC，每 1 秒或 2 秒一个关键帧。',
      '点击 Stream。',
    ],
    vmixUrl: 'URL',
    vmixKey: '直播名称或推流码',
    hardware: [
      '协议选择 RTMP。填写完整地址；如果有两个输入框，则填写服务器和推流码。',
      '视频：H.264，固定码率，每 1 秒或 2 秒一个关键帧；不用 B 帧延迟最小。',
      '音频：AAC，48 kHz，立体声。',
    ],
    whole: '完整地址',
  },

  test: {
    label: '仅测试编码器',
    hint: '没有人能观看测试。网关会指出需要更改的设置。',
    where: '上面的地址现已带有 ?test=1。测试进行时，管理员可在此打开报告；网关日志中也有链接。',
    report: '打开测试报告',
  },

  checklist: {
    heading: '是否正常？',
    steps: {
      reachable: '服务器可连接',
      connected: '编码器已连接',
      keyFrame: '第一个关键帧',
      playing: '正在播放',
    },
    marks: { done: '完成', active: '进行中', waiting: '尚未', fault: '有问题' },
    details: {
      asking: '正在询问服务器…',
      unreachable: '服务器没有响应，本页会自动重试。',
      noEncoder: '正在等待编码器，请现在启动它。',
      ended: '直播已结束。编码器再次推流时会重新开始。',
      noMedia: '编码器已连接，但尚未发送任何内容。',
      noKeyFrame: '已收到数据，正在等待播放器可以起播的画面。',
      slowKeyFrame: '仍然没有关键帧。请将编码器的关键帧间隔设为 1 秒或 2 秒：播放从关键帧开始。',
      silent: '编码器已连接，但没有收到数据。可能是上行网络太慢。',
      lost: '与编码器的连接已中断，名称会为它保留几秒。',
      stopped: '编码器已停止，名称会为它保留几秒。',
      byOperator: '管理员已断开编码器，或已结束直播。',
      byServer: '服务器无法继续此直播，原因见服务器日志。',
      loading: '正在加载下方的画面。',
      closed: '观看此直播需要令牌，因此无法在此播放。',
    },
    refusedMedia: (detail) => `服务器无法处理编码器发送的内容：${detail}。`,
    behind: (duration) => `到达此处后 ${duration}`,
    preview: (name) => `${name} 的预览`,
    noPreview: '您的画面会显示在这里。',
    previewNote: '此预览没有声音，并计为一名观众。',
  },

  rejected: {
    heading: '服务器拒绝了一个编码器',
    of: (name, time, address) => `${name}，${time}，来自 ${address}`,
    unnamed: (time, address) => `${time}，来自 ${address}`,
    often: (note, count) => `${note} · ${count} 次`,
  },

  issues: {
    heading: '可以改进之处',
    observed: (observed, expected) => `当前：${observed}。建议：${expected}。`,
  },

  viewers: {
    heading: '给您的观众',
    hint: '现在就可以打开观看页：您开播时它会自动播放。',
    watch: '观看页',
    embed: '嵌入代码',
    hls: 'HLS 地址',
    open: (name) => `观看 ${name}`,
    playground: '测试嵌入',
    qr: '观看页的二维码',
    qrHint: '扫码即可在手机上观看。',
    onlyHere: '这些链接只能在本机使用。可通过设置 http.public-url 指定供他人使用的地址。',
  },

  liveNow: '正在直播',
  noneLive: '目前没有直播。您的直播会显示在这里。',
  listFailed: '无法连接服务器，正在自动重试。',
  sinceStart: (duration) => `已直播 ${duration}`,
};
