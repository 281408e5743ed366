// Texts that several pages show, in English, the source of the type. Sentences about a
// stream say who has the fault (the streamer, the server or the viewer), because each needs a different remedy.
import { plural } from '../language.ts';
import type { Shape } from '../shape.ts';

export const stream = {
  product: 'Sluice',
  live: 'LIVE',

  /** A publish with `?test=1`. */
  test: { title: 'This is a test', detail: 'The streamer tries settings. Nobody can watch it.' },

  state: {
    unknown: { title: 'Connecting…', detail: 'Asking the server about this stream.' },
    unreachable: { title: 'Can’t reach the server', detail: 'This page keeps trying.' },
    offline: { title: 'Not live yet', detail: 'This page starts by itself.' },
    connecting: { title: 'Starting…', detail: 'Waiting for the first picture.' },
    starting: { title: 'Starting…', detail: 'Waiting for the first picture.' },
    live: { title: 'Live', detail: '' },
    stalled: {
      title: 'The streamer’s connection is slow…',
      detail: 'The picture goes on as soon as something arrives.',
    },
    reconnecting: { title: 'Streamer lost connection', detail: 'Holding your place.' },
    ended: { title: 'Stream ended', detail: 'This page starts again by itself.' },
    unsupported: { title: 'Your browser can’t play this stream', detail: '' },
    denied: { title: 'No access', detail: 'This stream needs a link with access. Ask its owner for one.' },
    'viewer-offline': {
      title: 'Your device is offline',
      detail: 'Check its Wi-Fi or mobile network. This page goes on by itself.',
    },
    invalid: {
      title: 'No such stream',
      detail: 'A stream’s name has 1 to 64 letters, digits, hyphens or underscores.',
    },
  },
  /** The publisher of the stream is gone and its place is held: the text for each reason. */
  gone: {
    stopped: {
      title: 'The streamer has stopped',
      detail: 'Holding your place, should the stream go on.',
      banner: 'The streamer has stopped – holding your place',
    },
    lost: {
      title: 'Streamer lost connection',
      detail: 'Holding your place.',
      banner: 'Streamer lost connection – holding your place',
    },
    refused: {
      title: 'The server can’t use what the streamer sends',
      detail: '',
      banner: 'The server can’t use what the streamer sends',
    },
    /** Without the reason, which is for the encoder. */
    byOperator: {
      title: 'The operator has disconnected the streamer',
      detail: 'Holding your place.',
      banner: 'The operator has disconnected the streamer – holding your place',
    },
    byServer: {
      title: 'The server could not go on with this stream',
      detail: 'Holding your place.',
      banner: 'The server could not go on – holding your place',
    },
    replaced: {
      title: 'Another encoder has taken over',
      detail: 'Waiting for its first picture.',
      banner: 'Another encoder has taken over…',
    },
    draining: {
      title: 'The server is stopping',
      detail: 'This page goes on by itself when the server is back.',
      banner: 'The server is stopping',
    },
  },
  refusedBecause: (detail: string) => `Reason: ${detail}. This page starts again by itself.`,
  refusedBeforeMedia: (detail: string) => `The server can’t use what the streamer sends: ${detail}.`,
  /** Access to a signed stream: the texts by the code of the refusal. */
  denied: {
    playback_token_expired: {
      title: 'Access has expired',
      detail: 'Reload this page, or ask for a new link.',
    },
    playback_token_invalid: {
      title: 'This link does not work',
      detail: 'It may be incomplete: copy the whole link, or ask for a new one.',
    },
    playback_token_not_yet: {
      title: 'Not open yet',
      detail: 'The link works later. Reload this page then.',
    },
    playback_token_wrong_stream: {
      title: 'This link is for another stream',
      detail: 'Ask for a link to this one.',
    },
    playback_token_wrong_network: {
      title: 'No access from here',
      detail: 'The link works in another network only.',
    },
  },
  serverStopped: {
    title: 'The server was stopped',
    detail: 'This page goes on by itself when the server is back.',
  },
  endedLost: 'The streamer’s connection was lost. This page starts again by itself.',
  /** One line over a picture that is still shown. */
  banner: {
    connecting: 'Starting…',
    starting: 'Starting…',
    stalled: 'The streamer’s connection is slow…',
    unreachable: 'Can’t reach the server – trying again',
    'viewer-offline': 'Your device is offline – waiting for its network',
  },
  /** The viewer's own line is too slow. */
  slowLine: {
    title: 'Your connection is too slow for this stream',
    detail: 'Stop other downloads, move closer to the Wi-Fi router, or use a cable.',
  },
  endedAt: (time: string, duration: string) =>
    duration === '' ? `Stream ended at ${time}` : `Stream ended at ${time} · ${duration}`,
  /** What helps depends on the codec: another browser, or another setting of the encoder. */
  unsupportedCodec: {
    profile: (codec: string) =>
      `It can’t decode ${codec}. Ask the streamer for 8 bit and 4:2:0: the profile High or Main of H.264.`,
    h264: (codec: string) =>
      `It can’t decode ${codec}: some builds of browsers leave this codec out. Try Chrome, Edge, Firefox or Safari.`,
    hevc: (codec: string) =>
      `It can’t decode ${codec} on this device. Try Safari, or ask the streamer for H.264.`,
    audio: (codec: string) => `It can’t decode the sound, ${codec}. Ask the streamer for AAC-LC.`,
    other: (codec: string) =>
      `It can’t decode ${codec}. Try another browser, or ask the streamer for H.264 and AAC.`,
  },
  unsupportedBrowser: 'It can’t play live video. A current browser can.',
  pill: {
    unknown: 'Connecting',
    unreachable: 'No connection',
    offline: 'Offline',
    connecting: 'Starting',
    starting: 'Starting',
    live: 'Live',
    stalled: 'Slow',
    reconnecting: 'Reconnecting',
    stopped: 'Stopped',
    ended: 'Ended',
    unsupported: 'Not playable',
    denied: 'No access',
    'viewer-offline': 'No network',
    invalid: 'Unknown',
  },

  player: {
    region: (name: string) => `Live player: ${name}`,
    play: 'Play',
    pause: 'Pause',
    mute: 'Mute',
    unmute: 'Unmute',
    volume: 'Volume',
    atLive: 'Playing live. The number is the time from the server receiving the picture to your screen.',
    goLive: 'Go to live',
    seek: 'Position behind live',
    behind: (duration: string) => `−${duration}`,
    captions: 'Captions',
    captionsNone: 'Off',
    captionsNumbered: (number: string) => `Captions ${number}`,
    captionsService: (number: string) => `Captions, service ${number}`,
    /** Sent by the operator, not by the encoder. */
    captionsWritten: 'Live captions',
    captionsIn: (language: string) => `Live captions, ${language}`,
    enterPip: 'Picture in picture',
    leavePip: 'Leave picture in picture',
    enterFullscreen: 'Full screen',
    leaveFullscreen: 'Leave full screen',
    tapForSound: 'Tap for sound',
    playLive: 'Play the live stream',
    loading: 'Loading',
    audioOnly: 'Audio only',
    timer: (duration: string) => ` (${duration})`,
  },

  stats: {
    heading: 'Stream',
    video: 'Video',
    audio: 'Audio',
    frameRate: 'Frame rate',
    resolution: 'Resolution',
    videoCodec: 'Video codec',
    audioCodec: 'Audio codec',
    keyFrames: 'Key frame every',
    viewers: 'Viewers',
    uptime: 'Live for',
    encoder: 'Encoder',
    latency: 'Latency',
    target: (duration: string) => `target ${duration}`,
    unknown: '–',
  },
  viewers: (count: number) => plural(count, { one: (n) => `${n} viewer`, other: (n) => `${n} viewers` }),

  /** Of numbers that are text already. */
  units: {
    seconds: (seconds: string) => `${seconds} s`,
    minutes: (minutes: string, seconds: string) => `${minutes} m ${seconds} s`,
    hours: (hours: string, minutes: string) => `${hours} h ${minutes} m`,
    days: (days: string, hours: string) => `${days} d ${hours} h`,
    percent: (percent: string) => `${percent} %`,
  },
  channels: { mono: 'mono', stereo: 'stereo', several: (count: string) => `${count} channels` },

  copy: { button: 'Copy', done: 'Copied', failed: 'Press Ctrl+C', label: (what: string) => `Copy ${what}` },
  share: {
    heading: 'Share',
    watch: 'Link',
    embed: 'Embed code',
    hls: 'HLS address',
    onlyHere:
      'These links work on this machine only. The setting http.public-url names an address for others.',
  },
} as const;

export type Words = Shape<typeof stream>;
