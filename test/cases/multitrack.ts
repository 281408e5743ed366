// Messages that name their tracks (Enhanced RTMP v2), as an encoder with several tracks writes them; and the other forms.

import type { TrackKind } from '../../server/media/track.ts';

/** Multitrack types. */
export type MultitrackForm = 'one-track' | 'many-tracks' | 'many-codecs';

export type WrittenTrack = { readonly number: number; readonly fourCc: string; readonly data: Buffer };

const MULTITRACK_TYPES: Readonly<Record<MultitrackForm, number>> = {
  'one-track': 0,
  'many-tracks': 1,
  'many-codecs': 2,
};
const PACKET_SEQUENCE_START = 0;
const PACKET_CODED_FRAMES = 1;
/** Coded frames of video whose composition time is 0. */
const PACKET_CODED_FRAMES_X = 3;

export function multitrackBody(
  kind: TrackKind,
  form: MultitrackForm,
  packetType: number,
  tracks: readonly WrittenTrack[],
  isKey = true,
): Buffer {
  const first = kind === 'video' ? 0x80 | ((isKey ? 1 : 2) << 4) | 6 : 0x95;
  const shared = form === 'many-codecs' ? Buffer.alloc(0) : Buffer.from(tracks[0]?.fourCc ?? '');
  return Buffer.concat([
    Buffer.of(first, (MULTITRACK_TYPES[form] << 4) | packetType),
    shared,
    ...tracks.flatMap(({ number, fourCc, data }) => {
      const size = Buffer.alloc(form === 'one-track' ? 0 : 3);
      if (size.length > 0) size.writeUIntBE(data.length, 0, 3);
      return [Buffer.from(form === 'many-codecs' ? fourCc : ''), Buffer.of(number), size, data];
    }),
  ]);
}

/** A plain H.264 or AAC tag body as a message for one or more tracks. Composition times are treated as 0. */
export function asMultitrack(
  kind: TrackKind,
  body: Buffer,
  form: MultitrackForm,
  numbers: readonly number[],
): Buffer {
  const [header, fourCc] = kind === 'video' ? [5, 'avc1'] : [2, 'mp4a'];
  const isConfig = body[1] === 0;
  const frames = kind === 'video' ? PACKET_CODED_FRAMES_X : PACKET_CODED_FRAMES;
  const tracks = numbers.map((number) => ({ number, fourCc, data: body.subarray(header) }));
  const isKey = (body[0] ?? 0) >> 4 === 1;
  return multitrackBody(kind, form, isConfig ? PACKET_SEQUENCE_START : frames, tracks, isKey);
}

const A = Buffer.from('a1a2a3', 'hex');
const B = Buffer.from('b1', 'hex');

/** Examples for tests that compare bytes. */
export const MULTITRACK_BODIES: readonly Buffer[] = (['video', 'audio'] as const).flatMap((kind) => {
  const fourCc = kind === 'video' ? 'avc1' : 'mp4a';
  const tracks = [
    { number: 1, fourCc, data: A },
    { number: 0, fourCc: 'hvc1', data: B },
  ];
  return [
    multitrackBody(kind, 'one-track', 1, tracks.slice(0, 1)),
    multitrackBody(kind, 'many-tracks', 1, tracks),
    multitrackBody(kind, 'many-codecs', 0, tracks),
  ];
});
