// One fault each in the media or in HTTP: the codes that must be reported, and the script with the fault.
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import type { FragmentSample } from '../../../server/mp4/fragment.ts';
import { fault, type PlantedFault } from './planted-playlist-faults.ts';
import type { MediaScript } from './scripted-media.ts';
import type { Answer, Asked, Script } from './scripted-origin.ts';

const PART = 33;
const media = (script: MediaScript): Script => ({ media: script });
/** Changes the answers for matching files. */
const served = (file: RegExp, change: (answer: Answer, asked: Asked) => void): Script => ({
  answer: (answer, asked) => {
    if (file.test(asked.file) && answer.status !== 0) change(answer, asked);
  },
});
const PLAYLISTS = /^main\.m3u8$/;
const MEDIA = /\.(?:m4s|mp4)$/;
const aac = 1_024;
/** The first sample of a track in one part. */
const firstOf =
  (change: (sample: FragmentSample) => FragmentSample) =>
  (sample: FragmentSample, frame: number, part: number): FragmentSample =>
    frame === 0 && part === PART ? change(sample) : sample;

export const MEDIA_FAULTS: readonly PlantedFault[] = [
  fault(
    'an EXT-X-MAP without moov',
    'init_wrong',
    served(/^init-/, (answer) => {
      answer.body = answer.body.subarray(0, answer.body.readUInt32BE(0));
    }),
  ),
  fault('no EXT-X-MAP', 'map_missing', { playlist: (text) => text.replace(/#EXT-X-MAP:.*\n/g, '') }),
  fault('another EXT-X-MAP in the middle', 'map_without_discontinuity', { mapChangesAt: 7 }),
  fault(
    'a segment with a byte of its own',
    'part_not_in_segment',
    served(/^seg-106/, (answer) => {
      answer.body = lastByteFlipped(answer.body);
    }),
  ),
  fault(
    'a part that changes',
    'media_changed',
    served(/^part-/, (answer, { times }) => {
      if (times > 0) answer.body = lastByteFlipped(answer.body);
    }),
  ),
  fault('sound that skips 100 ticks', 'track_gap', media({ audioShift: (part) => (part < PART ? 0 : 100) })),
  fault(
    'sound that goes back 100 ticks',
    'track_overlap',
    media({ audioShift: (part) => (part < PART ? 0 : -100) }),
  ),
  fault(
    'sound that is a tick late',
    'track_rounding',
    media({ audioShift: (part) => (part < PART ? 0 : 1) }),
  ),
  fault('sound three seconds late', 'tracks_apart', media({ audioShift: () => 132_300 })),
  fault(
    'a sample of no duration',
    'sample_duration',
    media({
      audioSample: (sample, frame, part) =>
        part === PART && frame < 2 ? { ...sample, duration: frame * 2 * aac } : sample,
    }),
  ),
  fault(
    'a picture before time 0',
    'negative_time',
    media({
      videoSample: firstOf((sample) => ({ ...sample, compositionOffset: -9_000_000 })),
    }),
  ),
  fault('a part of four frames that is said to have five', 'media_span', {
    media: { frames: [5, 5, 4, 6, 5] },
    playlist: (text) =>
      text.replaceAll('DURATION=0.16,', 'DURATION=0.2,').replaceAll('DURATION=0.24,', 'DURATION=0.2,'),
  }),
  fault('INDEPENDENT without a key frame', 'independent_without_sync', {
    playlist: (text) => text.replace(/(URI="part-\d+[38]\.m4s")/g, '$1,INDEPENDENT=YES'),
  }),
  fault('a key frame without INDEPENDENT', 'independent_unmarked', {
    playlist: (text) => text.replaceAll(',INDEPENDENT=YES', ''),
  }),
  fault('segments that begin with no key frame', 'segment_not_independent', {
    media: { keyFrame: 1 },
    playlist: (text) => text.replace('#EXT-X-PART-INF', '#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-PART-INF'),
  }),
  fault(
    'a sync sample without IDR',
    'sync_without_idr',
    media({
      videoSample: (sample) => ({ ...sample, data: withByte(sample.data, 4, 0x41) }),
    }),
  ),
  fault(
    'a NAL unit longer than its sample',
    'nal_lengths',
    media({
      videoSample: firstOf((sample) => ({ ...sample, data: withByte(sample.data, 3, 0xff) })),
    }),
  ),
  fault('fragments that all have number 1', 'fragment_sequence', media({ sequenceNumber: () => 1 })),
  fault(
    'an mdat with a byte too many',
    'fragment_wrong',
    media({
      bytes: (bytes, part) =>
        part === PART ? Buffer.concat([withMdatLength(bytes, 1), Buffer.alloc(1)]) : bytes,
    }),
  ),
  fault(
    'a box longer than its file',
    'box_syntax',
    media({
      bytes: (bytes, part) => (part === PART ? withMdatLength(bytes, 9) : bytes),
    }),
  ),
  fault(
    'bytes after the last box',
    'box_syntax',
    media({
      bytes: (bytes, part) => (part === PART ? Buffer.concat([bytes, Buffer.alloc(3)]) : bytes),
    }),
  ),
];

export const HTTP_FAULTS: readonly PlantedFault[] = [
  fault(
    'a segment that is not there',
    'media_status',
    served(/^seg-106/, (answer) => {
      answer.status = 404;
      answer.headers['cache-control'] = 'no-store';
    }),
  ),
  fault(
    'a connection that is closed',
    'request_failed',
    served(/^seg-106/, (answer) => {
      answer.delayMs = -1;
    }),
  ),
  fault('a hint that is refused', 'hint_not_served', {
    answer: (answer, { file }) => {
      if (answer.status === 0 && file === `part-${PART}.m4s`) answer.status = 404;
    },
  }),
  fault(
    'a segment that goes with its line',
    'removed_media_gone',
    served(/^seg-100/, (answer) => {
      answer.status = 404;
    }),
  ),
  fault(
    'playlists as text/plain',
    'content_type',
    served(PLAYLISTS, (answer) => {
      answer.headers['content-type'] = 'text/plain';
    }),
  ),
  fault(
    'media without a type',
    'content_type',
    served(MEDIA, (answer) => {
      delete answer.headers['content-type'];
    }),
  ),
  fault(
    'media without CORS',
    'cors_missing',
    served(MEDIA, (answer) => {
      delete answer.headers['access-control-allow-origin'];
    }),
  ),
  fault(
    'playlists cached for a minute',
    'playlist_cached_too_long',
    served(PLAYLISTS, (answer) => {
      answer.headers['cache-control'] = 'max-age=60';
    }),
  ),
  fault(
    'media that must not be cached',
    'media_not_cacheable',
    served(MEDIA, (answer) => {
      if (answer.status === 200) answer.headers['cache-control'] = 'no-store';
    }),
  ),
  fault(
    'errors cached for an hour',
    'error_cacheable',
    served(MEDIA, (answer) => {
      if (answer.status === 404) answer.headers['cache-control'] = 'max-age=3600';
    }),
  ),
  fault(
    'another playlist in br',
    'coding_differs',
    served(PLAYLISTS, (answer) => {
      if (answer.headers['content-encoding'] !== 'br') return;
      const text = brotliDecompressSync(answer.body).toString().replace('seg-104', 'seg-904');
      answer.body = brotliCompressSync(Buffer.from(text));
    }),
  ),
  fault(
    'gzip that is none',
    'coding_differs',
    served(PLAYLISTS, (answer) => {
      if (answer.headers['content-encoding'] === 'gzip') answer.body = Buffer.from('#EXTM3U, but not packed');
    }),
  ),
  fault(
    'a playlist that is gone',
    ['playlist_status', 'stream_lost'],
    served(PLAYLISTS, (answer, { edge }) => {
      if (edge > PART) answer.status = 404;
    }),
  ),
  fault(
    '_HLS_part alone is answered',
    'directive_accepted',
    served(PLAYLISTS, (answer, { query }) => {
      if (query.has('_HLS_part') && !query.has('_HLS_msn')) answer.status = 200;
    }),
  ),
  fault('a reload that is answered too early', 'blocking_reload_unmet', {
    playlist: earlyAnswer(),
  }),
];

/** These wait for clocks: a second or more each. */
export const SLOW_FAULTS: readonly PlantedFault[] = [
  fault('a part 1 s late', 'part_late', served(PLAYLISTS, onceAt(PART, 1_000))),
  fault('a segment 2.2 s late', ['playlist_stalled', 'part_late'], served(PLAYLISTS, onceAt(PART, 2_200))),
  fault(
    'a hold without end',
    ['playlist_stalled', 'blocking_reload_slow', 'part_late'],
    served(PLAYLISTS, onceAt(PART, Number.POSITIVE_INFINITY)),
  ),
  fault(
    'a request far ahead is held',
    'far_directive_held',
    served(PLAYLISTS, (answer, { query }) => {
      if (Number(query.get('_HLS_msn')) > 1_000) answer.delayMs = Number.POSITIVE_INFINITY;
    }),
  ),
  fault(
    'a request for the past is held',
    'past_directive_held',
    served(PLAYLISTS, (answer, { query }) => {
      if (query.has('_HLS_msn') && !query.has('_HLS_part')) answer.delayMs = Number.POSITIVE_INFINITY;
      if (Number(query.get('_HLS_msn')) > 1_000) answer.delayMs = 0;
    }),
  ),
];

/** Once, when a playlist has this many parts. */
function onceAt(edge: number, delayMs: number): (answer: Answer, asked: Asked) => void {
  let isDone = false;
  return (answer, asked) => {
    if (isDone || asked.edge !== edge || asked.query.get('_HLS_skip') !== null) return;
    isDone = true;
    answer.delayMs = delayMs;
  };
}

/** Once, the previous playlist. */
function earlyAnswer(): (text: string, edge: number) => string {
  let before = '';
  let isDone = false;
  return (text, edge) => {
    const early = !isDone && edge === PART && before !== '';
    if (early) isDone = true;
    else before = text;
    return early ? before : text;
  };
}

function lastByteFlipped(bytes: Buffer): Buffer {
  return withByte(bytes, bytes.length - 1, (bytes.at(-1) ?? 0) ^ 0xff);
}

function withByte(bytes: Uint8Array, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = value;
  return copy;
}

/** Sets the size of the mdat too large by `more` bytes. */
function withMdatLength(bytes: Buffer, more: number): Buffer {
  const copy = Buffer.from(bytes);
  const at = bytes.readUInt32BE(0);
  copy.writeUInt32BE(bytes.readUInt32BE(at) + more, at);
  return copy;
}

export const ALL_MEDIA_FAULTS: readonly PlantedFault[] = [...MEDIA_FAULTS, ...HTTP_FAULTS, ...SLOW_FAULTS];
