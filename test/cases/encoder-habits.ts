// The messages of encoders that cannot run here, rebuilt from their public logs and packet dissections, each with its
// source. Every step waits for the server's answer to the previous one, as those encoders do.

import { type AmfValue, amfObject } from '../../server/rtmp/amf-value.ts';
import { writeAmfValues } from '../../server/rtmp/amf0.ts';
import type { EncoderScript } from './rtmp-script.ts';
import { pattern } from './rtmp-splits.ts';
import { wire } from './rtmp-wire.ts';

export type EncoderHabit = {
  readonly encoder: string;
  /** Where the habit is documented. */
  readonly source: string;
  /** App and stream name as the gateway reads them. */
  readonly app: string;
  readonly streamName: string;
  /** The messages, step by step, and the names of the commands that the encoder must receive before it continues. */
  readonly steps: (script: EncoderScript) => readonly HabitStep[];
  /** Audio and video messages among the steps. */
  readonly media: number;
};

export type HabitStep = { readonly bytes: Buffer; readonly hears: readonly string[] };

const AMF3_COMMAND = 17;
const AMF3_DATA = 15;
const AUDIO = 8;
const VIDEO = 9;
const STARTED: readonly string[] = ['onStatus NetStream.Publish.Start'];
const ENDED: readonly string[] = ['onStatus NetStream.Unpublish.Success'];

const say = (bytes: Buffer, ...hears: readonly string[]): HabitStep => ({ bytes, hears });

/** A call whose encoder needs an answer. */
function call(script: EncoderScript, name: string, id: number, ...args: readonly AmfValue[]): HabitStep {
  return say(script.command(name, id, null, args), `_result ${id}`);
}

function connect(script: EncoderScript, object: Readonly<Record<string, AmfValue>>, id = 1): HabitStep {
  return say(script.command('connect', id, amfObject(object), []), `_result ${id}`);
}

function publish(script: EncoderScript, name: AmfValue, id = 0): HabitStep {
  return say(script.command('publish', id, null, [name, 'live'], 1), ...STARTED);
}

function frames(script: EncoderScript): HabitStep[] {
  return [say(script.video(0, pattern(300))), say(script.audio(0, pattern(9)))];
}

/** releaseStream, FCPublish, createStream, publish: the order of Adobe's encoder, which most others use. */
function asFmle(script: EncoderScript, name: string): HabitStep[] {
  return [
    call(script, 'releaseStream', 2, name),
    call(script, 'FCPublish', 3, name),
    call(script, 'createStream', 4),
    publish(script, name, 5),
  ];
}

function endAsFmle(script: EncoderScript, name: string): HabitStep[] {
  return [
    say(script.command('FCUnpublish', 6, null, [name]), '_result 6', ...ENDED),
    say(script.command('closeStream', 0, null, [], 1)),
    say(script.command('deleteStream', 7, null, [1])),
  ];
}

/** A message in the first chunk of a chunk stream, of type 1: it names no message stream. */
function firstOfTypeOne(chunkStreamId: number, messageType: number, length: number): HabitStep {
  return say(wire({ type: 1, chunkStreamId, messageType, time: 0, payload: pattern(length) }));
}

function wrapped(script: EncoderScript, type: number, values: readonly AmfValue[], streamId = 0): Buffer {
  const body = Buffer.concat([Buffer.of(0), writeAmfValues(values)]);
  return script.message({ type, messageStreamId: streamId, timestamp: 0, body }, 3);
}

const FLASH_CONNECT = {
  app: 'live',
  flashVer: 'WIN 21,0,0,213',
  swfUrl: 'http://host/publisher.swf',
  tcUrl: 'rtmp://host/live',
  fpad: false,
  audioCodecs: 3575,
  videoCodecs: 252,
  pageUrl: 'http://host/publisher.php',
  objectEncoding: 3,
};

export const ENCODER_HABITS: readonly EncoderHabit[] = [
  {
    encoder: 'Flash Media Live Encoder 3.2',
    source: 'arut/nginx-rtmp-module issue 85; iizukanao/node-rtsp-rtmp-server issue 27 (_checkbw)',
    app: 'live',
    streamName: 'test',
    steps: (script) => [
      connect(script, {
        app: 'live',
        flashVer: 'FMLE/3.0 (compatible; FMSc/1.0)',
        swfUrl: 'rtmp://host/live',
        tcUrl: 'rtmp://host/live',
      }),
      say(script.command('_checkbw', 8, null, []), '_result 8'),
      ...asFmle(script, 'test'),
      say(script.data('@setDataFrame', ['onMetaData', amfObject({ width: 640, videocodecid: 'avc1' })])),
      ...frames(script),
      ...endAsFmle(script, 'test'),
    ],
    media: 2,
  },
  {
    encoder: 'Flash Media Encoder 2.5, without objectEncoding',
    source: 'theintencity/rtmplite issue 18',
    app: 'live',
    streamName: 'test',
    steps: (script) => [
      connect(script, { app: 'live', flashVer: 'FME/2.5 (compatible; FMSc 1.0)' }),
      ...asFmle(script, 'test'),
      ...frames(script),
      ...endAsFmle(script, 'test'),
    ],
    media: 2,
  },
  {
    encoder: 'Wirecast, which stops with publish(false)',
    source: 'arut/nginx-rtmp-module issue 789 (its log); iizukanao/node-rtsp-rtmp-server issue 79',
    app: 'live',
    streamName: 'stream',
    steps: (script) => [
      connect(script, { app: 'live', flashVer: 'Wirecast/FM 1.0', tcUrl: 'rtmp://host:1935/live' }),
      ...asFmle(script, 'stream'),
      say(script.data('@setDataFrame', ['onMetaData', amfObject({ framerate: 30 })])),
      ...frames(script),
      say(script.command('publish', 0, null, [false], 1), ...ENDED),
    ],
    media: 2,
  },
  {
    encoder: 'Haivision Makito X, which publishes only after onFCPublish',
    source: 'sergey-dryabzhinsky/nginx-rtmp-module issue 38; arut/nginx-rtmp-module issue 681',
    app: 'tween',
    streamName: 'stream_name',
    steps: (script) => [
      connect(script, { app: 'tween', flashVer: 'LNX 10,0,32,18', tcUrl: 'rtmp://172.16.0.183:1935/tween' }),
      call(script, 'createStream', 2),
      say(script.command('FCPublish', 3, null, ['stream_name']), 'onFCPublish NetStream.Publish.Start'),
      publish(script, 'stream_name', 4),
      ...frames(script),
      say(script.command('FCUnpublish', 5, null, ['stream_name']), ...ENDED),
      say(script.command('deleteStream', 6, null, [1])),
    ],
    media: 2,
  },
  {
    encoder: 'DJI drones, whose chunk streams begin with type 1',
    source:
      'bluenviron/mediamtx pull request 2409; rockcarry/LiveDesk issue 7 (what a server says that refuses it)',
    app: 'live',
    streamName: 'dji',
    steps: (script) => [
      connect(script, { app: 'live', tcUrl: 'rtmp://host/live' }),
      ...asFmle(script, 'dji'),
      firstOfTypeOne(6, VIDEO, 100),
      firstOfTypeOne(4, AUDIO, 9),
      say(wire({ type: 3, chunkStreamId: 6, payload: pattern(100) })),
      say(script.command('deleteStream', 6, null, [1]), ...ENDED),
    ],
    media: 3,
  },
  {
    encoder: 'an encoder on chunk streams from 64 on',
    source: 'arut/nginx-rtmp-module issue 246; bluenviron/mediamtx issue 4807 (PTZOptics)',
    app: 'live',
    streamName: 'cam',
    steps: (script) => [
      connect(script, { app: 'live', flashVer: 'WIN 9,0,115,0', tcUrl: 'rtmp://172.17.208.65:1935/live' }),
      call(script, 'createStream', 2),
      publish(script, 'cam', 3),
      ...[64, 319, 320, 65_599].map((id) =>
        say(script.message({ type: VIDEO, messageStreamId: 1, timestamp: 0, body: pattern(200) }, id)),
      ),
      say(script.command('deleteStream', 4, null, [1]), ...ENDED),
    ],
    media: 4,
  },
  {
    encoder: 'a client without tcUrl, as OSEE switchers',
    source: 'KallDrexx/rust-media-libs pull request 17',
    app: 'live',
    streamName: 'switcher',
    steps: (script) => [
      connect(script, { app: 'live' }),
      ...asFmle(script, 'switcher'),
      ...frames(script),
      ...endAsFmle(script, 'switcher'),
    ],
    media: 2,
  },
  {
    encoder: 'OpenIPC cameras, without an app',
    source: 'AlexxIT/go2rtc issue 1354 (the bytes of its connect)',
    app: '',
    streamName: 'mystream',
    steps: (script) => [
      connect(script, {
        app: '',
        type: 'nonprivate',
        supportsGoAway: true,
        swfUrl: 'rtmp://192.168.0.2',
        tcUrl: 'rtmp://192.168.0.2',
      }),
      ...asFmle(script, 'mystream'),
      ...frames(script),
      ...endAsFmle(script, 'mystream'),
    ],
    media: 2,
  },
  {
    encoder: 'GoPro, with all of the address in its app',
    source: 'illuspas/Node-Media-Server issue 235 (streamPath=/gopro/)',
    app: 'gopro',
    streamName: '',
    steps: (script) => [
      connect(script, { app: 'gopro', type: 'nonprivate', tcUrl: 'rtmp://host/gopro' }),
      ...asFmle(script, ''),
      ...frames(script),
      say(script.command('FCUnpublish', 6, null, ['']), ...ENDED),
    ],
    media: 2,
  },
  {
    encoder: 'Streamlabs mobile, which waits for each answer',
    source: 'ossrs/srs issue 1883; bluenviron/mediamtx issues 1244 and 2352',
    app: 'live',
    streamName: 'phone',
    steps: (script) => [
      connect(script, { app: 'live', tcUrl: 'rtmp://host/live', type: 'nonprivate', objectEncoding: 0 }),
      say(script.control({ kind: 'set-chunk-size', chunkBytes: 8_192 })),
      call(script, 'releaseStream', 2, 'phone'),
      call(script, 'createStream', 3),
      call(script, 'FCPublish', 4, 'phone'),
      publish(script, 'phone', 5),
      ...frames(script),
      say(script.command('FCUnpublish', 0, null, ['phone']), ...ENDED),
      say(script.command('deleteStream', 0, null, [1])),
    ],
    media: 2,
  },
  {
    encoder: 'Flash in a browser, its commands and metadata wrapped for AMF3',
    source:
      'sergey-dryabzhinsky/nginx-rtmp-module issue 127 (its connect); arut/nginx-rtmp-module issue 1043',
    app: 'live',
    streamName: 'cam',
    steps: (script) => [
      connect(script, FLASH_CONNECT),
      say(wrapped(script, AMF3_COMMAND, ['createStream', 2, null]), '_result 2'),
      say(wrapped(script, AMF3_COMMAND, ['publish', 3, null, 'cam', 'live'], 1), ...STARTED),
      say(wrapped(script, AMF3_DATA, ['@setDataFrame', 'onMetaData', amfObject({ width: 320 })], 1)),
      ...frames(script),
      say(wrapped(script, AMF3_COMMAND, ['closeStream', 0, null], 1), ...ENDED),
    ],
    media: 2,
  },
  {
    encoder: 'ffmpeg with an AAC file, an empty audio message among the others',
    source: 'bluenviron/mediamtx pull request 3414',
    app: 'live',
    streamName: 'radio',
    steps: (script) => [
      connect(script, { app: 'live', type: 'nonprivate', flashVer: 'FMLE/3.0 (compatible; Lavf59)' }),
      ...asFmle(script, 'radio'),
      say(script.audio(0, pattern(9))),
      say(script.audio(23, Buffer.alloc(0))),
      say(script.audio(46, pattern(9))),
      say(script.command('FCUnpublish', 6, null, ['radio']), ...ENDED),
    ],
    media: 2,
  },
  {
    encoder: 'librtmp, which pings and reads its pongs',
    source: 'obsproject/obs-studio, plugins/obs-outputs/librtmp/rtmp.c',
    app: 'live/room',
    streamName: 'key?token=1',
    steps: (script) => [
      say(script.control({ kind: 'set-chunk-size', chunkBytes: 4_096 })),
      connect(script, {
        app: 'live/room',
        type: 'nonprivate',
        flashVer: 'FMLE/3.0 (compatible; FMSc/1.0)',
        swfUrl: 'rtmp://host/live/room',
        tcUrl: 'rtmp://host/live/room',
      }),
      ...asFmle(script, 'key?token=1'),
      say(script.control({ kind: 'user-control', event: 3, value: 1 })),
      ...frames(script),
      ...endAsFmle(script, 'key?token=1'),
    ],
    media: 2,
  },
];
