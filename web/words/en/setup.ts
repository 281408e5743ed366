// The texts of the set-up page, in English, the source of the type.
import type { Shape } from '../shape.ts';

export const setup = {
  tagline: 'Push live video here. Viewers see it about a second later.',
  nameLabel: 'Name your stream',
  nameHint: 'Letters, digits, hyphens and underscores. All addresses on this page use it.',
  nameInvalid: 'Use 1 to 64 letters, digits, hyphens or underscores.',
  serverChoice: 'Address of this gateway',
  dashboard: 'Dashboard',
  version: (version: string) => `Version ${version}`,
  infoFailed:
    'Can’t ask the server for its addresses. What is shown is guessed from this page’s own address.',

  encoder: {
    heading: 'Connect your encoder',
    tabs: { obs: 'OBS Studio', ffmpeg: 'ffmpeg', vmix: 'vMix', hardware: 'Hardware & apps' },
    server: 'Server',
    secureServer: 'Server, over TLS',
    key: 'Stream key',
    keyPlaceholder: 'YOUR_STREAM_KEY',
    keyNote: (name: string) =>
      `This gateway takes secret keys only: ask its operator for one that publishes ${name}.`,
    obs: [
      'Open Settings → Stream, and choose the service Custom…',
      'Enter the server and the stream key.',
      'In Settings → Output, set Rate Control to CBR and Keyframe Interval to 1 s or 2 s. With the interval at 0, viewers wait long for a picture.',
      'Press Start Streaming.',
    ],
    ffmpegTest: 'A test picture with a tone, to try it now',
    ffmpegFile: 'A file: put your own after -i',
    vmix: [
      'Press the gear beside Stream, and choose the destination Custom RTMP Server.',
      'Enter the URL, and the stream name or key.',
      'In the quality settings choose H.264 and AAC, and a key frame every 1 s or 2 s.',
      'Press Stream.',
    ],
    vmixUrl: 'URL',
    vmixKey: 'Stream name or key',
    hardware: [
      'Choose RTMP as the protocol. Enter the one address, or the server and the key where there are two fields.',
      'Video: H.264, constant bitrate, a key frame every 1 s or 2 s, no B-frames for the least delay.',
      'Audio: AAC, 48 kHz, stereo.',
    ],
    whole: 'One address',
  },

  test: {
    label: 'Only test the encoder',
    hint: 'Nobody can watch a test. The gateway says what to change.',
    where:
      'The addresses above have ?test=1 now. While the test runs, its report is linked here for operators; the log of the gateway has the link too.',
    report: 'Open the report of the test',
  },

  checklist: {
    heading: 'Is it working?',
    steps: {
      reachable: 'Server reachable',
      connected: 'Encoder connected',
      keyFrame: 'First key frame',
      playing: 'Playing',
    },
    marks: { done: 'Done', active: 'In progress', waiting: 'Not yet', fault: 'Problem' },
    details: {
      asking: 'Asking the server…',
      unreachable: 'The server does not answer. This page tries again by itself.',
      noEncoder: 'Waiting for your encoder. Start it now.',
      ended: 'The stream has ended. It begins again when your encoder does.',
      noMedia: 'The encoder is connected, and has sent nothing yet.',
      noKeyFrame: 'Media arrives. Waiting for a picture that players can begin with.',
      slowKeyFrame:
        'Still no key frame. Set the key frame interval of your encoder to 1 s or 2 s: viewers begin at key frames.',
      silent: 'The encoder is connected, but nothing arrives. Its upload may be too slow.',
      lost: 'The connection to your encoder was lost. Its name is kept for it for some seconds.',
      stopped: 'The encoder has stopped. Its name is kept for it for some seconds.',
      byOperator: 'The operator has disconnected the encoder, or ended its stream.',
      byServer: 'The server could not go on with this stream. Its log says why.',
      loading: 'Loading the picture below.',
      closed: 'Viewers of this stream need a token, so it can’t be played here.',
    },
    refusedMedia: (detail: string) => `The server cannot use what the encoder sends: ${detail}.`,
    behind: (duration: string) => `${duration} after it arrived here`,
    preview: (name: string) => `Preview of ${name}`,
    noPreview: 'Your picture appears here.',
    previewNote: 'This preview is silent, and counts as one viewer.',
  },

  rejected: {
    heading: 'The server refused an encoder',
    of: (name: string, time: string, address: string) => `${name}, at ${time}, from ${address}`,
    unnamed: (time: string, address: string) => `At ${time}, from ${address}`,
    often: (note: string, count: number) => `${note} · ${count} times`,
  },

  issues: {
    heading: 'What to improve',
    observed: (observed: string, expected: string) => `Now: ${observed}. Better: ${expected}.`,
  },

  viewers: {
    heading: 'For your viewers',
    hint: 'Open the watch page now: it starts when you do.',
    watch: 'Watch page',
    embed: 'Embed code',
    hls: 'HLS address',
    open: (name: string) => `Watch ${name}`,
    playground: 'Try the embed',
    qr: 'QR code of the watch page',
    qrHint: 'Scan it to watch on a phone.',
    onlyHere:
      'These links work on this machine only. The setting http.public-url names an address for others.',
  },

  liveNow: 'Live now',
  noneLive: 'Nobody is live. Your stream will appear here.',
  listFailed: 'Can’t reach the server. This page keeps trying.',
  sinceStart: (duration: string) => `for ${duration}`,
} as const;

export type SetupWords = Shape<typeof setup>;
