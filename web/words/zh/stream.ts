// The texts of en/stream.ts in Chinese, in simplified characters.
import type { Words } from '../en/stream.ts';
import { countText } from '../language.ts';

export const stream: Words = {
  product: 'Sluice',
  live: '直播',

  test: { title: '这是测试', detail: '主播正在调试设置，测试无法观看。' },

  state: {
    unknown: { title: '正在连接…', detail: '正在向服务器查询此直播。' },
    unreachable: { title: '无法连接服务器', detail: '正在自动重试。' },
    offline: { title: '尚未开播', detail: '开播后本页会自动播放。' },
    connecting: { title: '即将开始…', detail: '正在等待第一帧画面。' },
    starting: { title: '即将开始…', detail: '正在等待第一帧画面。' },
    live: { title: '直播中', detail: '' },
    stalled: {
      title: '主播的网络较慢…',
      detail: '收到数据后会立即继续。',
    },
    reconnecting: { title: '主播连接中断', detail: '请稍候，恢复后自动继续。' },
    ended: { title: '直播已结束', detail: '再次开播时本页会自动播放。' },
    unsupported: { title: '您的浏览器无法播放此直播', detail: '' },
    denied: { title: '无权访问', detail: '观看此直播需要授权链接，请向主办方索取。' },
    'viewer-offline': {
      title: '您的设备已离线',
      detail: '请检查 Wi-Fi 或移动网络。恢复后本页会自动继续。',
    },
    invalid: {
      title: '没有这个直播',
      detail: '直播名称由 1 至 64 个字母、数字、连字符或下划线组成。',
    },
  },
  gone: {
    stopped: {
      title: '主播已停止推流',
      detail: '请稍候，直播可能会继续。',
      banner: '主播已停止推流 – 请稍候',
    },
    lost: {
      title: '主播连接中断',
      detail: '请稍候，恢复后自动继续。',
      banner: '主播连接中断 – 请稍候',
    },
    refused: {
      title: '服务器无法处理主播发送的内容',
      detail: '',
      banner: '服务器无法处理主播发送的内容',
    },
    byOperator: {
      title: '管理员已断开主播',
      detail: '请稍候，恢复后自动继续。',
      banner: '管理员已断开主播 – 请稍候',
    },
    byServer: {
      title: '服务器无法继续此直播',
      detail: '请稍候，恢复后自动继续。',
      banner: '服务器无法继续此直播 – 请稍候',
    },
    replaced: {
      title: '已切换到另一个编码器',
      detail: '正在等待它的第一帧画面。',
      banner: '已切换到另一个编码器…',
    },
    draining: {
      title: '服务器正在停止',
      detail: '服务器恢复后本页会自动继续。',
      banner: '服务器正在停止',
    },
  },
  refusedBecause: (detail) => `原因：${detail}。再次开播时本页会自动播放。`,
  refusedBeforeMedia: (detail) => `服务器无法处理主播发送的内容：${detail}。`,
  denied: {
    playback_token_expired: {
      title: '访问权限已过期',
      detail: '请刷新本页，或索取新的链接。',
    },
    playback_token_invalid: {
      title: '此链接无效',
      detail: '链接可能不完整：请复制完整链接，或索取新的链接。',
    },
    playback_token_not_yet: {
      title: '尚未开放',
      detail: '链接稍后才生效，届时请刷新本页。',
    },
    playback_token_wrong_stream: {
      title: '此链接属于另一个直播',
      detail: '请索取此直播的链接。',
    },
    playback_token_wrong_network: {
      title: '无法从此处访问',
      detail: '此链接仅在另一个网络中有效。',
    },
  },
  serverStopped: {
    title: '服务器已停止',
    detail: '服务器恢复后本页会自动继续。',
  },
  endedLost: '主播的连接已中断。再次开播时本页会自动播放。',
  banner: {
    connecting: '即将开始…',
    starting: '即将开始…',
    stalled: '主播的网络较慢…',
    unreachable: '无法连接服务器 – 正在自动重试',
    'viewer-offline': '您的设备已离线 – 正在等待网络',
  },
  slowLine: {
    title: '您的网络太慢，无法流畅观看',
    detail: '可以停止其他下载、靠近 Wi-Fi 路由器，或改用网线。',
  },
  endedAt: (time, duration) =>
    duration === '' ? `直播已于 ${time} 结束` : `直播已于 ${time} 结束 · ${duration}`,
  unsupportedCodec: {
    profile: (codec) => `它无法解码 ${codec}。请主播使用 8 位 4:2:0，即 H.264 的 High 或 Main 档次。`,
    h264: (codec) =>
      `它无法解码 ${codec}：部分浏览器版本不含此编解码器。请使用 Chrome、Edge、Firefox 或 Safari。`,
    hevc: (codec) => `它无法在此设备上解码 ${codec}。请使用 Safari，或请主播改用 H.264。`,
    audio: (codec) => `它无法解码声音 ${codec}。请主播改用 AAC-LC。`,
    other: (codec) => `它无法解码 ${codec}。请换一个浏览器，或请主播改用 H.264 和 AAC。`,
  },
  unsupportedBrowser: '它无法播放直播视频，请使用较新的浏览器。',
  pill: {
    unknown: '连接中',
    unreachable: '无连接',
    offline: '未开播',
    connecting: '即将开始',
    starting: '即将开始',
    live: '直播中',
    stalled: '网络慢',
    reconnecting: '重连中',
    stopped: '已停止',
    ended: '已结束',
    unsupported: '无法播放',
    denied: '无权访问',
    'viewer-offline': '无网络',
    invalid: '未知',
  },

  player: {
    region: (name) => `直播播放器：${name}`,
    play: '播放',
    pause: '暂停',
    mute: '静音',
    unmute: '取消静音',
    volume: '音量',
    atLive: '正在直播。数字表示从服务器收到画面到您屏幕显示的时间。',
    goLive: '回到直播',
    seek: '落后直播的时间',
    behind: (duration) => `−${duration}`,
    captions: '字幕',
    captionsNone: '关闭',
    captionsNumbered: (number) => `字幕 ${number}`,
    captionsService: (number) => `字幕（服务 ${number}）`,
    captionsWritten: '实时字幕',
    captionsIn: (language) => `实时字幕（${language}）`,
    enterPip: '画中画',
    leavePip: '退出画中画',
    enterFullscreen: '全屏',
    leaveFullscreen: '退出全屏',
    tapForSound: '点击开启声音',
    playLive: '播放直播',
    loading: '加载中',
    audioOnly: '仅音频',
    timer: (duration) => `(${duration})`,
  },

  stats: {
    heading: '直播',
    video: '视频',
    audio: '音频',
    frameRate: '帧率',
    resolution: '分辨率',
    videoCodec: '视频编码',
    audioCodec: '音频编码',
    keyFrames: '关键帧间隔',
    viewers: '观众',
    uptime: '已直播',
    encoder: '编码器',
    latency: '延迟',
    target: (duration) => `目标 ${duration}`,
    unknown: '–',
  },
  viewers: (count) => `${countText(count)} 人观看`,

  units: {
    seconds: (seconds) => `${seconds} 秒`,
    minutes: (minutes, seconds) => `${minutes} 分 ${seconds} 秒`,
    hours: (hours, minutes) => `${hours} 小时 ${minutes} 分`,
    days: (days, hours) => `${days} 天 ${hours} 小时`,
    percent: (percent) => `${percent}%`,
  },
  channels: { mono: '单声道', stereo: '立体声', several: (count) => `${count} 声道` },

  copy: { button: '复制', done: '已复制', failed: '请按 Ctrl+C', label: (what) => `复制${what}` },
  share: {
    heading: '分享',
    watch: '链接',
    embed: '嵌入代码',
    hls: 'HLS 地址',
    onlyHere: '这些链接只能在本机使用。可通过设置 http.public-url 指定供他人使用的地址。',
  },
};
