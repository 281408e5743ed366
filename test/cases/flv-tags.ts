// Tag bodies of RTMP audio and video messages (Adobe FLV 10.1, annex E.4), shared by readers, writers and fuzz seeds.

import type { AudioTag } from '../../server/flv/audio-tag.ts';
import type { VideoTag } from '../../server/flv/video-tag.ts';
import { AAC_44100 } from './aac-configs.ts';
import { AVC_720P } from './avc-configs.ts';

export type TagCase<Tag> = {
  readonly name: string;
  readonly body: Buffer;
  readonly tag: Tag;
  /** The writer produces exactly these bytes. */
  readonly isWritten: boolean;
};

export type BadTagCase = {
  readonly name: string;
  readonly hex: string;
  readonly code: string;
  /** The message for the user of the encoder. */
  readonly message: string;
};

const ACCESS_UNIT = Buffer.from('0000000465888400', 'hex');
const AAC_FRAME = Buffer.from('2110046000', 'hex');
const frame = (isKey: boolean, compositionMs: number): VideoTag => ({
  kind: 'frame',
  isKey,
  compositionMs,
  data: ACCESS_UNIT,
});
const hex = (head: string, data: Buffer = Buffer.alloc(0)) => Buffer.concat([Buffer.from(head, 'hex'), data]);

export const VIDEO_TAG_CASES: readonly TagCase<VideoTag>[] = [
  {
    name: 'a configuration',
    body: hex('1700000000', AVC_720P.record),
    tag: { kind: 'config', record: AVC_720P.record },
    isWritten: true,
  },
  { name: 'a key frame', body: hex('1701000000', ACCESS_UNIT), tag: frame(true, 0), isWritten: true },
  { name: 'an inter frame', body: hex('2701000042', ACCESS_UNIT), tag: frame(false, 66), isWritten: true },
  {
    name: 'the largest composition offset',
    body: hex('27017fffff', ACCESS_UNIT),
    tag: frame(false, 8_388_607),
    isWritten: true,
  },
  {
    name: 'the smallest composition offset',
    body: hex('2701800000', ACCESS_UNIT),
    tag: frame(false, -8_388_608),
    isWritten: true,
  },
  {
    name: 'a composition offset of −1',
    body: hex('2701ffffff', ACCESS_UNIT),
    tag: frame(false, -1),
    isWritten: true,
  },
  {
    name: 'a generated key frame',
    body: hex('4701000000', ACCESS_UNIT),
    tag: frame(true, 0),
    isWritten: false,
  },
  {
    name: 'a disposable inter frame',
    body: hex('3701000000', ACCESS_UNIT),
    tag: frame(false, 0),
    isWritten: false,
  },
  {
    name: 'the end of the sequence',
    body: hex('1702000000'),
    tag: { kind: 'end-of-sequence' },
    isWritten: false,
  },
  ...(
    [
      ['a configuration of avc1', '9061766331', AVC_720P.record, { kind: 'config', record: AVC_720P.record }],
      ['coded frames of avc1', '9161766331ffffdf', ACCESS_UNIT, frame(true, -33)],
      ['coded frames without a composition time', 'a361766331', ACCESS_UNIT, frame(false, 0)],
      ['an end of avc1', '9261766331', Buffer.alloc(0), { kind: 'end-of-sequence' }],
      ['metadata of colours', '9461766331', Buffer.of(2, 0, 0), { kind: 'nothing' }],
      ['coded frames behind a ModEx of nanoseconds', '9702aabbcc0361766331', ACCESS_UNIT, frame(true, 0)],
      [
        'coded frames behind a long ModEx',
        `97ff0100${'00'.repeat(257)}0361766331`,
        ACCESS_UNIT,
        frame(true, 0),
      ],
    ] as const
  ).map(
    ([name, head, data, tag]): TagCase<VideoTag> => ({
      name: `Enhanced RTMP: ${name}`,
      body: hex(head, data),
      tag,
      isWritten: false,
    }),
  ),
  { name: 'a seek command', body: hex('5700'), tag: { kind: 'nothing' }, isWritten: false },
  { name: 'a seek command of another codec', body: hex('5201'), tag: { kind: 'nothing' }, isWritten: false },
  ...[
    '',
    '17',
    '1701',
    '170100',
    '17010000',
    '1701000000',
    '1700',
    '1702',
    '1703',
    '17020000',
    '1700000000',
    '27010000',
  ].map(
    (short): TagCase<VideoTag> => ({
      name: `${short.length / 2} bytes of a tag (${short})`,
      body: hex(short),
      tag: { kind: 'nothing' },
      isWritten: false,
    }),
  ),
];

const VIDEO_ADVICE = 'is not supported; set the encoder to H.264';

export const BAD_VIDEO_TAG_CASES: readonly BadTagCase[] = [
  ...[
    ['12', 'Sorenson H.263'],
    ['23', 'Screen video'],
    ['14', 'VP6'],
    ['25', 'VP6 with alpha'],
    ['16', 'Screen video 2'],
    ['1c', 'HEVC in the unofficial codec id 12'],
    ['11', 'video codec id 1'],
    ['18', 'video codec id 8'],
    ['1f', 'video codec id 15'],
  ].map(([first = '', what]) => ({
    name: `${what}`,
    hex: `${first}01000000aa`,
    code: 'unsupported_video_codec',
    message: `${what} ${VIDEO_ADVICE}`,
  })),
  ...['hvc1', 'av01', 'vp09', 'avc3'].map((fourCc) => ({
    name: `an enhanced header of ${fourCc}`,
    hex: `90${Buffer.from(fourCc).toString('hex')}01`,
    code: 'unsupported_video_codec',
    message: `Enhanced RTMP video (${fourCc}) ${VIDEO_ADVICE}`,
  })),
  {
    name: 'an enhanced header whose FourCC is no text',
    hex: '91000a7fff',
    code: 'unsupported_video_codec',
    message: `Enhanced RTMP video (????) ${VIDEO_ADVICE}`,
  },
  {
    name: 'an enhanced header without its FourCC',
    hex: '90',
    code: 'unsupported_video_codec',
    message: `Enhanced RTMP video (no FourCC) ${VIDEO_ADVICE}`,
  },
  {
    name: 'a packet type that does not exist',
    hex: '1703000000aa',
    code: 'bad_video_tag',
    message: 'AVCPacketType 3 does not exist; the valid values are 0 to 2',
  },
  {
    name: 'the largest packet type',
    hex: '27ff000000',
    code: 'bad_video_tag',
    message: 'AVCPacketType 255 does not exist; the valid values are 0 to 2',
  },
];

export const AUDIO_TAG_CASES: readonly TagCase<AudioTag>[] = [
  {
    name: 'a configuration',
    body: hex('af00', AAC_44100.record),
    tag: { kind: 'config', record: AAC_44100.record },
    isWritten: true,
  },
  { name: 'a frame', body: hex('af01', AAC_FRAME), tag: { kind: 'frame', data: AAC_FRAME }, isWritten: true },
  {
    name: 'a frame that calls itself mono, 8 bit, 5.5 kHz',
    body: hex('a001', AAC_FRAME),
    tag: { kind: 'frame', data: AAC_FRAME },
    isWritten: false,
  },
  {
    name: 'a frame of one byte',
    body: hex('af0121'),
    tag: { kind: 'frame', data: Buffer.of(0x21) },
    isWritten: true,
  },
  ...(
    [
      ['a configuration of mp4a', '906d703461', { kind: 'config', record: AAC_FRAME }],
      ['a frame of mp4a', '916d703461', { kind: 'frame', data: AAC_FRAME }],
      ['a channel layout', '946d703461', { kind: 'nothing' }],
      ['a frame behind a ModEx', '9702aabbcc016d703461', { kind: 'frame', data: AAC_FRAME }],
    ] as const
  ).map(
    ([name, head, tag]): TagCase<AudioTag> => ({
      name: `Enhanced RTMP: ${name}`,
      body: hex(head, AAC_FRAME),
      tag,
      isWritten: false,
    }),
  ),
  ...['', 'af', 'af00', 'af01'].map(
    (short): TagCase<AudioTag> => ({
      name: `${short.length / 2} bytes of a tag (${short})`,
      body: hex(short),
      tag: { kind: 'nothing' },
      isWritten: false,
    }),
  ),
];

const AUDIO_ADVICE = 'is not supported; set the encoder to AAC';

export const BAD_AUDIO_TAG_CASES: readonly BadTagCase[] = [
  ...[
    ['0f', 'linear PCM'],
    ['1f', 'ADPCM'],
    ['2f', 'MP3'],
    ['3f', 'little-endian PCM'],
    ['4f', 'Nellymoser 16 kHz'],
    ['5f', 'Nellymoser 8 kHz'],
    ['6f', 'Nellymoser'],
    ['7f', 'G.711 A-law'],
    ['8f', 'G.711 mu-law'],
    ['b6', 'Speex'],
    ['cf', 'sound format 12'],
    ['df', 'sound format 13'],
    ['ef', 'MP3 8 kHz'],
    ['ff', 'sound format 15'],
  ].map(([first = '', what]) => ({
    name: `${what}`,
    hex: `${first}fffb90`,
    code: 'unsupported_audio_codec',
    message: `${what} ${AUDIO_ADVICE}`,
  })),
  ...['Opus', 'ac-3', 'fLaC', '.mp3'].map((fourCc) => ({
    name: `an enhanced header of ${fourCc}`,
    hex: `90${Buffer.from(fourCc).toString('hex')}`,
    code: 'unsupported_audio_codec',
    message: `Enhanced RTMP audio (${fourCc}) ${AUDIO_ADVICE}`,
  })),
  {
    name: 'a packet type that does not exist',
    hex: 'af02aa',
    code: 'bad_audio_tag',
    message: 'AACPacketType 2 does not exist; the valid values are 0 and 1',
  },
];
