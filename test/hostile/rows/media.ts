// Rows 26 to 28, 37, 61 to 63 and 73: accepted publishers whose media or endings are wrong.

import { AAC_48000, BAD_AAC_CONFIG_CASES } from '../../cases/aac-configs.ts';
import { AVC_720P, BAD_AVC_CONFIG_CASES } from '../../cases/avc-configs.ts';
import { aggregateBody, type EncoderScript } from '../../cases/rtmp-script.ts';
import { cut, pseudoRandom } from '../../cases/rtmp-splits.ts';
import { wire } from '../../cases/rtmp-wire.ts';
import {
  closed,
  connected,
  greeted,
  type HostileCase,
  type HostileRows,
  LIVES,
  publishing,
  RESET,
  type Step,
  writing,
} from '../hostile-input.ts';
import {
  AUDIO_CONFIG,
  AUDIO_FRAME,
  avcTag,
  configured,
  framesAt,
  nalUnit,
  steps,
  TINY_TAGS,
  VIDEO_CONFIG,
  videoFrame,
} from '../media-bytes.ts';

const START_CODE = Buffer.from('00000001', 'hex');

/** The clip in one write, with a normal end. */
function wholeClip(script: EncoderScript, streamName: string): Buffer {
  const media = TINY_TAGS.filter(({ kind }) => kind !== 'script').map(({ kind, timestamp, body }) =>
    kind === 'video' ? script.video(timestamp, body) : script.audio(timestamp, body),
  );
  return Buffer.concat([...media, script.command('FCUnpublish', 9, null, [streamName])]);
}

const SPLITS: readonly HostileCase[] = [1, 2, 3, 5, 7, 11, 127, 128, 129, 1_460, 4_096, 65_535].map(
  (longest) =>
    publishing(`a clip in writes of at most ${longest} bytes`, closed('unpublished'), (script, name) => {
      const random = pseudoRandom(longest);
      // Short writes for the first kilobytes with headers and configurations; then the rest at once.
      const clip = wholeClip(script, name);
      const parts = cut(clip.subarray(0, 800 * longest), () => 1 + Math.floor(random() * longest));
      return [...parts, clip.subarray(800 * longest)].map(writing);
    }),
);

const INTERLEAVED: readonly HostileCase[] = [2, 3, 10, 60].map((controls) =>
  publishing(`audio and ${controls} control messages between the chunks of every frame`, LIVES, (script) => {
    const frame = videoFrame(600, true);
    const chunks = steps(0, 20).flatMap((time) =>
      Array.from({ length: Math.ceil(frame.length / 128) }, (_, at) => [
        wire({
          type: at === 0 ? 0 : 3,
          chunkStreamId: 20,
          time,
          length: frame.length,
          payload: frame.subarray(at * 128, at * 128 + 128),
        }),
        script.audio(time + at, AUDIO_FRAME),
        ...Array.from({ length: controls }, (_each, number) =>
          wire({
            type: 0,
            chunkStreamId: 2,
            messageType: 3,
            messageStreamId: 0,
            payload: Buffer.of(0, 0, at, number),
          }),
        ),
      ]).flat(),
    );
    return Buffer.concat([configured(script), ...chunks]);
  }),
);

const NO_KEY_FRAMES: readonly HostileCase[] = [
  publishing('8 MB of frames without a key frame', LIVES, (script) =>
    Buffer.concat([
      script.control({ kind: 'set-chunk-size', chunkBytes: 65_536 }),
      script.video(0, VIDEO_CONFIG),
      ...steps(0, 200).map((time) => script.video(time, videoFrame(40_000))),
    ]),
  ),
  publishing('sound alone', LIVES, (script) =>
    Buffer.concat([
      script.audio(0, AUDIO_CONFIG),
      ...steps(0, 500, 21).map((time) => script.audio(time, AUDIO_FRAME)),
    ]),
  ),
];

const reset: Step = { kind: 'reset' };
const RESETS: readonly HostileCase[] = [
  ...[1, 10, 25, 50, 75, 90, 99].flatMap((percent) =>
    [20_000, 400_000].map((byteCount) =>
      publishing(`a reset at ${percent} % of a key frame of ${byteCount} bytes`, RESET, (script) => {
        const before = Buffer.concat([configured(script), framesAt(script, steps(0, 25))]);
        const frame = script.video(1_000, videoFrame(byteCount, true));
        return [writing(before), writing(frame.subarray(0, (frame.length * percent) / 100)), reset];
      }),
    ),
  ),
  publishing('a reset behind the consent', RESET, () => [reset]),
];

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const avcConfig = (record: Buffer): Buffer => Buffer.concat([hex('1700000000'), record]);
const aacConfig = (record: Buffer): Buffer => Buffer.concat([hex('af00'), record]);
/** End of the record's parameter sets; the rest is optional. */
const AVC_NEEDED_BYTES = 6 + 2 + AVC_720P.spsNal.length + 3 + 4;

const CONFIGS: readonly HostileCase[] = [
  ...BAD_AVC_CONFIG_CASES.filter(({ hex: record }) => record !== '').map(({ name, hex: record, code }) =>
    publishing(`AVC: ${name}`, closed(code), (script) => script.video(0, avcConfig(hex(record)))),
  ),
  ...BAD_AAC_CONFIG_CASES.filter(({ record }) => record.length > 0).map(({ name, record, code }) =>
    publishing(`AAC: ${name}`, closed(code), (script) => script.audio(0, aacConfig(record))),
  ),
  ...Array.from({ length: AVC_NEEDED_BYTES - 1 }, (_, at) => at + 1).map((byteCount) =>
    publishing(`an AVC record of which ${byteCount} bytes are there`, closed('truncated'), (script) =>
      script.video(0, avcConfig(AVC_720P.record.subarray(0, byteCount))),
    ),
  ),
  // The track goes on with the configuration that it has.
  publishing('a bad AVC record behind a good one', LIVES, (script) =>
    Buffer.concat([
      configured(script),
      framesAt(script, [0, 40]),
      script.video(80, avcConfig(hex('00640000'))),
    ]),
  ),
  publishing('configurations in turns, 100 times', closed('too_many_changes'), (script) =>
    Buffer.concat(
      steps(0, 100).flatMap((time, at) => [
        script.video(time, at % 2 === 0 ? VIDEO_CONFIG : avcConfig(AVC_720P.record)),
        script.audio(time, at % 2 === 0 ? AUDIO_CONFIG : aacConfig(AAC_48000.record)),
        framesAt(script, [time]),
      ]),
    ),
  ),
  ...[0, 1, 2, 3, 4, 5, 6, 8, 12, 13, 15].map((codec) =>
    publishing(`video codec id ${codec}`, closed('unsupported_video_codec'), (script) =>
      script.video(0, Buffer.of(0x10 | codec, 1, 0, 0, 0, 1)),
    ),
  ),
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15].map((format) =>
    publishing(`sound format ${format}`, closed('unsupported_audio_codec'), (script) =>
      script.audio(0, Buffer.of(format << 4, 1, 0)),
    ),
  ),
  ...[3, 4, 127, 255].map((packetType) =>
    publishing(`AVCPacketType ${packetType}`, closed('bad_video_tag'), (script) =>
      script.video(0, Buffer.of(0x17, packetType, 0, 0, 0, 0)),
    ),
  ),
  ...[2, 3, 255].map((packetType) =>
    publishing(`AACPacketType ${packetType}`, closed('bad_audio_tag'), (script) =>
      script.audio(0, Buffer.of(0xaf, packetType, 0)),
    ),
  ),
];

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const UNITS: Readonly<Record<string, Buffer>> = {
  'a length of 0': Buffer.concat([u32(0), Buffer.of(0x65)]),
  'lengths of 0 alone': Buffer.alloc(400),
  'a length one beyond the body': Buffer.concat([u32(11), Buffer.alloc(10, 0x65)]),
  'a length of 2^31 - 1': Buffer.concat([u32(0x7fff_ffff), Buffer.alloc(10, 0x65)]),
  'a length of 2^32 - 1': Buffer.concat([u32(0xffff_ffff), Buffer.alloc(10, 0x65)]),
  'half a length': Buffer.of(0, 0),
  'a unit, then half a length': Buffer.concat([nalUnit(0x65, 30), Buffer.of(0, 0, 1)]),
  'a unit, then a length beyond the body': Buffer.concat([nalUnit(0x65, 30), u32(400)]),
  'Annex B': Buffer.concat([START_CODE, Buffer.alloc(30, 0x65), START_CODE, Buffer.alloc(30, 0x41)]),
  'Annex B with short start codes': Buffer.concat([hex('000001'), Buffer.alloc(30, 0x65)]),
  '100 000 units of one byte': Buffer.alloc(500_000, nalUnit(0x65, 1)),
  noise: Buffer.alloc(300, 0xa5),
};

const ACCESS_UNITS: readonly HostileCase[] = Object.entries(UNITS).flatMap(([what, data]) =>
  [true, false].map((isKey) =>
    publishing(`${what} in a ${isKey ? 'key' : 'plain'} frame`, LIVES, (script) =>
      Buffer.concat([
        configured(script),
        framesAt(script, steps(0, 10)),
        script.video(400, avcTag(data, isKey)),
        framesAt(script, steps(440, 10)),
      ]),
    ),
  ),
);

const UNCONFIGURED: readonly HostileCase[] = [1, 250, 499, 500, 501, 2_000].flatMap((count) => [
  publishing(`${count} frames without a configuration`, count < 500 ? LIVES : closed('no_config'), (script) =>
    Buffer.concat(steps(0, count).map((time) => script.video(time, videoFrame(20, true)))),
  ),
  publishing(`${count} sounds without a configuration`, count < 500 ? LIVES : closed('no_config'), (script) =>
    Buffer.concat(steps(0, count).map((time) => script.audio(time, AUDIO_FRAME))),
  ),
  // The sound is left out, and the video goes on.
  publishing(`${count} sounds without a configuration beside video with one`, LIVES, (script) =>
    Buffer.concat([
      script.video(0, VIDEO_CONFIG),
      script.video(0, videoFrame(20, true)),
      ...steps(0, count).map((time) => script.audio(time, AUDIO_FRAME)),
    ]),
  ),
]);

const PARTS = [
  { type: 9, time: 0, body: videoFrame(30, true) },
  { type: 8, time: 11, body: AUDIO_FRAME },
  { type: 18, time: 12, body: Buffer.from('02000a6f6e4d65746144617461', 'hex') },
];
const AGGREGATE = aggregateBody(PARTS);
/** Each message ends with its body or the back pointer after it, which may be missing or cut. */
const wholeAt = (byteCount: number): boolean => {
  let at = 0;
  if (byteCount === 0) return true;
  for (const { body } of PARTS) {
    at += 11 + body.length;
    if (byteCount >= at && byteCount <= at + 4) return true;
    at += 4;
  }
  return false;
};

const LEGACY: readonly HostileCase[] = [
  ...Array.from({ length: AGGREGATE.length }, (_, byteCount) =>
    publishing(
      `an aggregate of which ${byteCount} bytes are there`,
      wholeAt(byteCount) ? LIVES : closed('truncated'),
      (script) =>
        Buffer.concat([
          configured(script),
          script.message(
            { type: 22, messageStreamId: 1, timestamp: 0, body: AGGREGATE.subarray(0, byteCount) },
            8,
          ),
        ]),
    ),
  ),
  publishing('an aggregate of 1 025 messages', closed('aggregate_limit'), (script) =>
    script.message({ type: 22, messageStreamId: 1, timestamp: 0, body: Buffer.alloc(15 * 1_025) }, 8),
  ),
  publishing('an aggregate of an aggregate', LIVES, (script) =>
    script.message(
      {
        type: 22,
        messageStreamId: 1,
        timestamp: 0,
        body: aggregateBody([{ type: 22, time: 0, body: AGGREGATE }]),
      },
      8,
    ),
  ),
  ...[1, 2, 3, 4, 5, 6, 15, 16, 17, 19, 20].map((type) =>
    publishing(`an aggregate of type ${type}`, LIVES, (script) =>
      script.message(
        {
          type: 22,
          messageStreamId: 1,
          timestamp: 0,
          body: aggregateBody([{ type, time: 0, body: Buffer.alloc(3) }]),
        },
        8,
      ),
    ),
  ),
  ...[16, 19].flatMap((type) =>
    [0, 1, 100, 10_000].map((length) =>
      publishing(`a shared object of type ${type} and ${length} bytes`, LIVES, (script) =>
        script.message({ type, messageStreamId: 0, timestamp: 0, body: Buffer.alloc(length, 0xff) }, 8),
      ),
    ),
  ),
  ...['1100', '11', '110a0b01', '1104ff', '11ffffffff'].map((amf3) =>
    connected(`a command with the AMF3 value ${amf3}`, LIVES, (script) =>
      script.message(
        { type: 17, messageStreamId: 0, timestamp: 0, body: hex(`000200017800${'00'.repeat(8)}05${amf3}`) },
        3,
      ),
    ),
  ),
  greeted('connect in AMF3 alone', closed('bad_command'), (script) =>
    script.message({ type: 17, messageStreamId: 0, timestamp: 0, body: hex('00110a0b01') }, 3),
  ),
];

export const MEDIA_ROWS: HostileRows = {
  26: SPLITS,
  27: INTERLEAVED,
  28: NO_KEY_FRAMES,
  37: RESETS,
  61: CONFIGS,
  62: ACCESS_UNITS,
  63: UNCONFIGURED,
  73: LEGACY,
};
