// One message is handled in one turn of its connection, so what it may hold is limited: 16 MiB would be millions of pictures or frames.

import { expect, it } from 'vitest';
import { MAX_MESSAGE_PICTURES } from '../../../server/codec/avc-pictures.ts';
import { MAX_MESSAGE_FRAMES } from '../../../server/ingest/audio-assembler.ts';
import { TrackAssembler } from '../../../server/ingest/track-assembler.ts';
import { AUDIO_CONFIG, VIDEO_CONFIG } from '../../hostile/media-bytes.ts';

/** An IDR slice that begins a picture, with its length. */
const PICTURE = Buffer.from('000000026588', 'hex');
/** AAC-LC, 44.1 kHz, stereo; a frame of one byte behind a header of seven. */
const FRAME = Buffer.from('fff15080011ffc21', 'hex');

it.each([
  ['pictures', 'video', '1701000000', PICTURE, VIDEO_CONFIG, MAX_MESSAGE_PICTURES],
  ['frames with ADTS headers', 'audio', 'af01', FRAME, AUDIO_CONFIG, MAX_MESSAGE_FRAMES],
] as const)('of the %s in one message the first ones play, and the next message does', (...row) => {
  const [, kind, head, unit, config, most] = row;
  let samples = 0;
  const assembler = new TrackAssembler({
    onStart: () => {},
    onTrack: () => {},
    onSample: () => {
      samples += 1;
    },
  });
  const send = (timestamp: number, count: number): void =>
    assembler[kind](timestamp, Buffer.concat([Buffer.from(head, 'hex'), ...Array<Buffer>(count).fill(unit)]));
  assembler[kind](0, config);
  send(0, most);
  expect([samples, assembler.drops.damagedAccessUnits]).toEqual([most, 0]);
  send(20_000, 10 * most);
  expect([samples, assembler.drops.damagedAccessUnits]).toEqual([2 * most, 1]);
  send(40_000, 1);
  assembler.finish();
  expect(samples).toBe(2 * most + 1);
});
