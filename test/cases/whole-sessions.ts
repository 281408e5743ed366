// Fifty whole sessions: ten ways to send a small real clip, each in chunks of five sizes.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type FlvTag, parseFlvFile } from '../../server/flv/flv-file.ts';
import { amfEcmaArray, amfObject } from '../../server/rtmp/amf-value.ts';
import { writeAmfValues } from '../../server/rtmp/amf0.ts';
import { aggregateBody, EncoderScript } from './rtmp-script.ts';

export type WholeSession = { readonly name: string; readonly bytes: Buffer };

/** Key frames at 0 and 1 s: two segments and the beginning of a third, if segments are short. */
const CLIP_MS = 1_400;
const CHUNK_BYTES = [128, 200, 1_000, 4_096, 65_536];
const AUDIO_TYPE = 8;
const VIDEO_TYPE = 9;
const AGGREGATE_TYPE = 22;
const AMF3_DATA_TYPE = 15;
const TAGS_IN_AGGREGATE = 8;

const TAGS: readonly FlvTag[] = parseFlvFile(readFileSync(path.join(import.meta.dirname, 'tiny.flv')));
const MEDIA = TAGS.filter(({ kind, timestamp }) => kind !== 'script' && timestamp < CLIP_MS);
const METADATA = amfEcmaArray({ width: 96, height: 54, framerate: 25, audiosamplerate: 44_100 });

type Say = (script: EncoderScript) => readonly Buffer[];

const HABITS: Readonly<Record<string, Say>> = {
  'metadata, then media': (script) => [
    script.data('@setDataFrame', ['onMetaData', METADATA]),
    ...MEDIA.map((tag) => said(script, tag)),
  ],
  'no metadata': (script) => MEDIA.map((tag) => said(script, tag)),
  'sound alone': (script) => MEDIA.filter(({ kind }) => kind === 'audio').map((tag) => said(script, tag)),
  'pictures alone': (script) => MEDIA.filter(({ kind }) => kind === 'video').map((tag) => said(script, tag)),
  'a clock that wraps at 24 bits': (script) => MEDIA.map((tag) => said(script, tag, 0xff_ffff - 700)),
  'a clock that wraps at 32 bits': (script) => MEDIA.map((tag) => said(script, tag, 2 ** 32 - 700)),
  'a clock that jumps an hour': (script) =>
    MEDIA.map((tag) => said(script, tag, tag.timestamp < 1_000 ? 0 : 3_600_000)),
  'aggregates and AMF3 metadata': (script) => [
    script.message(
      {
        type: AMF3_DATA_TYPE,
        messageStreamId: 1,
        timestamp: 0,
        body: Buffer.concat([Buffer.of(0), writeAmfValues(['onMetaData', METADATA])]),
      },
      8,
    ),
    ...inAggregates(script),
  ],
  'pings, acknowledgements and unknown commands between': (script) =>
    MEDIA.flatMap((tag, at) => [
      said(script, tag),
      script.control({ kind: 'user-control', event: 6, value: at }),
      script.control({ kind: 'acknowledgement', receivedBytes: at }),
      script.command('FCSubscribe', 0, null, [amfObject({ at })]),
    ]),
  'configurations again with each key frame': (script) =>
    MEDIA.flatMap((tag) => {
      const isKey = tag.kind === 'video' && tag.body[0] === 0x17 && tag.body[1] === 1;
      const again = MEDIA.filter(({ body }) => body[1] === 0).map((config) => ({
        ...config,
        timestamp: tag.timestamp,
      }));
      return [...(isKey ? again : []), tag].map((each) => said(script, each));
    }),
};

export const WHOLE_SESSIONS: readonly WholeSession[] = Object.entries(HABITS).flatMap(([habit, say]) =>
  CHUNK_BYTES.map((chunkBytes) => {
    const script = new EncoderScript();
    const bytes = Buffer.concat([
      script.opening(),
      ...(chunkBytes === 128 ? [] : [script.control({ kind: 'set-chunk-size', chunkBytes })]),
      script.publish(),
      ...say(script),
      script.command('FCUnpublish', 6, null, ['key']),
      script.command('deleteStream', 0, null, [1]),
    ]);
    return { name: `${habit}, chunks of ${chunkBytes}`, bytes };
  }),
);

function said(script: EncoderScript, { kind, timestamp, body }: FlvTag, from = 0): Buffer {
  const time = (timestamp + from) % 2 ** 32;
  return kind === 'audio' ? script.audio(time, body) : script.video(time, body);
}

function inAggregates(script: EncoderScript): Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at < MEDIA.length; at += TAGS_IN_AGGREGATE) {
    const tags = MEDIA.slice(at, at + TAGS_IN_AGGREGATE);
    const parts = tags.map(({ kind, timestamp, body }) => ({
      type: kind === 'audio' ? AUDIO_TYPE : VIDEO_TYPE,
      time: timestamp,
      body,
    }));
    const body = aggregateBody(parts);
    const timestamp = tags[0]?.timestamp ?? 0;
    messages.push(script.message({ type: AGGREGATE_TYPE, messageStreamId: 1, timestamp, body }, 7));
  }
  return messages;
}
