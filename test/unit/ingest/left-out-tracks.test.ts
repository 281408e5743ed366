// Messages that cannot be played, between those of a track that plays.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseFlvFile } from '../../../server/flv/flv-file.ts';
import { TrackAssembler } from '../../../server/ingest/track-assembler.ts';
import { TINY_FLV } from '../gateway-fixture.ts';

const TAGS = parseFlvFile(readFileSync(TINY_FLV));
const CLIP_MS = 4_000;
const ROUNDS = 4;

const isConfig = (body: Buffer): boolean => body[1] === 0;
const isFrame = (body: Buffer): boolean => body[1] === 1;
const isKey = (body: Buffer): boolean => body.readUInt8(0) === 0x17;

/** Plays one kind of the clip several times, with a key frame at the start only, and `odd` at the end of each round. */
function play(kind: 'audio' | 'video', odd: string, hasMetadata = false) {
  const leftOut: string[] = [];
  const heard = { samples: 0, leftOut };
  const assembler = new TrackAssembler({
    onStart: () => {},
    onTrack: () => {},
    onSample: () => {
      heard.samples += 1;
    },
    onLeftOut: (what, { code }) => leftOut.push(`${what}: ${code}`),
  });
  const metadata = { frameRate: undefined, width: undefined, height: undefined, encoder: undefined };
  if (hasMetadata)
    assembler.metadata({ ...metadata, hasVideo: kind === 'video', hasAudio: kind === 'audio' });
  let sent = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const tag of TAGS) {
      if (tag.kind !== kind || (round > 0 && (isConfig(tag.body) || isKey(tag.body)))) continue;
      assembler[kind](round * CLIP_MS + tag.timestamp, tag.body);
      if (isFrame(tag.body)) sent += 1;
    }
    if (round < ROUNDS - 1) assembler[kind]((round + 1) * CLIP_MS, Buffer.from(odd, 'hex'));
  }
  assembler.finish();
  return { assembler, heard, sent };
}

describe.each([
  ['sound alone', 'audio', 'af0200', 'audio track a0: bad_audio_tag'],
  ['sound alone, beside MP3', 'audio', '2f00', 'audio track a0: unsupported_audio_codec'],
  ['pictures alone', 'video', '2703000000', 'video track v0: bad_video_tag'],
  ['pictures alone, beside HEVC', 'video', '9168766331aa', 'video track v0: unsupported_video_codec'],
] as const)('single messages that cannot be played, seconds apart: %s', (_name, kind, odd, told) => {
  it.each([
    ['without metadata', false],
    ['with metadata that names no other track', true],
  ])('do not end the source, and are told once, %s', (_case, hasMetadata) => {
    const { assembler, heard, sent } = play(kind, odd, hasMetadata);
    expect(heard).toEqual({ samples: sent, leftOut: [told] });
    expect(assembler.drops).toMatchObject({ leftOut: ROUNDS - 1, leftOutTracks: {} });
  });
});

it('a track that stops to play is left out, and ends its source after some seconds', () => {
  const { assembler } = play('audio', 'af0200');
  const end = ROUNDS * CLIP_MS;
  const mp3 = Buffer.from('2f00', 'hex');
  assembler.audio(end, mp3);
  assembler.audio(end + 2_900, mp3);
  expect(assembler.drops.leftOutTracks).toEqual({ a0: 'unsupported_audio_codec' });
  expect(() => assembler.audio(end + 3_000, mp3)).toThrow('MP3 is not supported');
});

it('pictures that never had a further key frame go on after an odd message: intra refresh has none', () => {
  const clock = { ms: 0 };
  const assembler = new TrackAssembler(
    { onStart: () => {}, onTrack: () => {}, onSample: () => {} },
    { keyFrameWaitMs: 30_000, maxBytesBeforeKeyFrame: 1024 * 1024 },
    { monotonicMs: () => clock.ms },
  );
  const bodies = TAGS.filter(({ kind }) => kind === 'video').map(({ body }) => body);
  const delta = bodies.find((body) => !isKey(body)) ?? Buffer.alloc(0);
  for (const body of bodies.slice(0, 2)) assembler.video(0, body);
  assembler.video(40, delta);
  assembler.video(40, Buffer.from('2703000000', 'hex'));
  for (let at = 2; at < 1_000; at += 1) {
    clock.ms = at * 40;
    assembler.video(at * 40, delta);
  }
  expect(assembler.drops).toMatchObject({ leftOut: 1, leftOutTracks: {} });
});
