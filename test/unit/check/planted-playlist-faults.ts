// One fault each in the playlists: the codes that must be reported, and the script with the fault.
import type { RuleCode } from '../../../server/check/rules.ts';
import type { Script } from './scripted-origin.ts';

export type PlantedFault = {
  readonly name: string;
  /** Exactly these codes are reported. */
  readonly codes: readonly RuleCode[];
  readonly script: Script;
};

const replace = (from: string | RegExp, to: string): Script => ({
  playlist: (text) => text.replace(from, to),
});
const append = (line: string): Script => ({ playlist: (text) => `${text}${line}\n` });
/** From this many parts on. */
const from = (edge: number, change: (text: string) => string): Script => ({
  playlist: (text, at) => (at >= edge ? change(text) : text),
});
const only = (edge: number, change: (text: string) => string): Script => ({
  playlist: (text, at) => (at === edge ? change(text) : text),
});
const inMultivariant = (search: string | RegExp, to: string): Script => ({
  multivariant: (text) => text.replace(search, to),
});
const hasEnded = (text: string): boolean => text.includes('#EXT-X-ENDLIST');

export const SYNTAX_FAULTS: readonly PlantedFault[] = [
  fault('no #EXTM3U', 'extm3u_missing', replace('#EXTM3U\n', '')),
  fault('a byte order mark', 'playlist_encoding', replace('#EXTM3U', '\ufeff#EXTM3U')),
  fault('version 5 with EXT-X-MAP', 'version_too_low', replace('VERSION:9', 'VERSION:5')),
  fault('EXTINF without a comma', 'tag_syntax', replace(/(#EXTINF:\d+),/, '$1')),
  fault('no TARGETDURATION', 'tag_missing', replace(/#EXT-X-TARGETDURATION:1\n/, '')),
  fault('TARGETDURATION twice', 'tag_repeated', replace(/(#EXT-X-TARGETDURATION:1\n)/, '$1$1')),
  fault('a sequence number behind segments', 'tag_too_late', {
    playlist: (text) => {
      const tag = '#EXT-X-DISCONTINUITY-SEQUENCE:0\n';
      return text.includes(tag) ? `${text.replace(tag, '')}${tag}` : text;
    },
  }),
  fault(
    'a date behind the first part',
    'tag_after_part',
    replace(/(#EXT-X-PROGRAM-DATE-TIME:.*\n)(#EXT-X-PART:.*\n)/g, '$2$1'),
  ),
  fault('session data', 'mixed_playlist', append('#EXT-X-SESSION-DATA:DATA-ID="a",VALUE="b"')),
  fault('a number in quotes', 'attribute_syntax', replace('HOLD-BACK=3', 'HOLD-BACK="3"')),
  fault('no PART-HOLD-BACK', 'attribute_missing', replace(',PART-HOLD-BACK=0.8', '')),
  fault(
    'a rendition without NAME',
    'attribute_missing',
    inMultivariant('\n#EXT-X-STREAM', '\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a"\n#EXT-X-STREAM'),
  ),
];

export const TIMING_FAULTS: readonly PlantedFault[] = [
  fault('segments of 1.6 s', 'extinf_above_target', { partsPerSegment: 8 }),
  fault('parts above PART-TARGET', 'part_too_long', replace('PART-TARGET=0.2', 'PART-TARGET=0.19')),
  fault('a part of 0.16 s', 'part_too_short', { media: { frames: [5, 5, 4, 5, 5] } }),
  fault('an independent part of 0.16 s', 'part_short_independent', { media: { frames: [4, 5, 5, 5, 5] } }),
  fault('EXTINF off the sum of the parts', 'parts_sum', { extinfOff: 0.02 }),
  fault(
    'PART-HOLD-BACK 0.3',
    'part_hold_back_below_two',
    replace('PART-HOLD-BACK=0.8', 'PART-HOLD-BACK=0.3'),
  ),
  fault(
    'PART-HOLD-BACK 0.5',
    'part_hold_back_below_three',
    replace('PART-HOLD-BACK=0.8', 'PART-HOLD-BACK=0.5'),
  ),
  fault('HOLD-BACK 2.9', 'hold_back_too_small', { holdBack: 2.9 }),
  fault('CAN-SKIP-UNTIL 5', 'skip_boundary_too_small', { canSkipUntil: 5 }),
  fault('a date 5 ms off', 'date_step', {
    playlist: (text) => text.replace('00:00:05.000Z\n', '00:00:05.005Z\n'),
  }),
  fault('no dates', 'date_missing', replace(/#EXT-X-PROGRAM-DATE-TIME:.*\n/g, '')),
  fault('no hint', 'hint_missing', replace(/#EXT-X-PRELOAD-HINT:.*\n/, '')),
  fault('two hints', 'hint_repeated', replace(/(#EXT-X-PRELOAD-HINT:.*\n)/, '$1$1')),
  fault('a hint after the end', 'hint_after_end', {
    playlist: (text) => (hasEnded(text) ? `${text}#EXT-X-PRELOAD-HINT:TYPE=PART,URI="x.m4s"\n` : text),
  }),
  fault(
    'a hint that is not kept',
    'hint_not_kept',
    only(33, (text) => text.replace('part-33.m4s', 'part-x.m4s')),
  ),
];

export const HISTORY_FAULTS: readonly PlantedFault[] = [
  fault('TARGETDURATION changes', 'target_duration_changed', {
    ...from(42, (text) => text.replace('DURATION:1', 'DURATION:2')),
    holdBack: 6,
    canSkipUntil: 12,
  }),
  fault(
    'PART-TARGET changes',
    'part_target_changed',
    from(42, (text) => text.replace('TARGET=0.2', 'TARGET=0.21')),
  ),
  fault('MEDIA-SEQUENCE goes back', 'media_sequence_back', { relistsAt: 52, canSkipUntil: 60 }),
  fault(
    'a sequence number with another URI',
    'sequence_number_reused',
    from(42, (text) => text.replace('seg-104.m4s', 'seg-104b.m4s')),
  ),
  fault(
    'a segment becomes a gap',
    'segment_changed',
    from(42, (text) => text.replace('seg-104.m4s', '#EXT-X-GAP\nseg-104.m4s')),
  ),
  fault('a discontinuity leaves uncounted', 'discontinuity_sequence_wrong', {
    keepsDiscontinuitySequence: true,
  }),
  fault(
    'a part changes its duration',
    'part_changed',
    from(32, (text) => text.replace('DURATION=0.2,URI="part-27', 'DURATION=0.19,URI="part-27')),
  ),
  fault('a window of two segments', 'window_too_short', { window: 2 }),
  fault(
    'EXT-X-PLAYLIST-TYPE:EVENT',
    'live_playlist_type',
    replace('#EXT-X-PART-INF', '#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-PART-INF'),
  ),
  fault('a playlist that goes on after its end', 'changed_after_end', afterEnd()),
];

export const MULTIVARIANT_FAULTS: readonly PlantedFault[] = [
  fault('CODECS of another profile', 'codecs_wrong', inMultivariant('avc1.42c00a', 'avc1.640028')),
  fault('CODECS without the sound', 'codecs_wrong', inMultivariant(',mp4a.40.2', '')),
  fault('no CODECS', 'codecs_missing', inMultivariant(/CODECS="[^"]*",/, '')),
  fault('another RESOLUTION', 'resolution_wrong', inMultivariant('96x54', '1920x1080')),
  fault('FRAME-RATE 20', 'frame_rate_wrong', inMultivariant('RATE=25.000', 'RATE=20.000')),
  fault('BANDWIDTH 30 kbit/s', 'bandwidth_too_low', inMultivariant(':BANDWIDTH=900000', ':BANDWIDTH=30000')),
  fault('a report five segments back', 'rendition_report_wrong', {
    renditions: 2,
    playlist: (text) => text.replace(/LAST-MSN=(\d+)/, (_, msn) => `LAST-MSN=${Number(msn) - 5}`),
  }),
  fault('no rendition reports', 'rendition_report_missing', {
    renditions: 2,
    ...replace(/#EXT-X-RENDITION-REPORT:.*\n/, ''),
  }),
];

export const DELTA_FAULTS: readonly PlantedFault[] = [
  fault('_HLS_skip is not heard', 'delta_missing', { skipDistance: 60 }),
  fault('a delta update with another URI', 'delta_wrong', {
    playlist: (text) => (text.includes('#EXT-X-SKIP') ? text.replace(/seg-1/, 'seg-9') : text),
  }),
  fault('a delta update skips too much', 'delta_skips_too_much', { skipDistance: 4 }),
];

export function fault(name: string, codes: RuleCode | readonly RuleCode[], script: Script): PlantedFault {
  return { name, codes: typeof codes === 'string' ? [codes] : codes, script };
}

/** After its end, the playlist has one more comment in each answer. */
function afterEnd(): Script {
  let asked = 0;
  return { playlist: (text) => (hasEnded(text) ? `${text}# ${asked++}\n` : text) };
}

export const ALL_PLAYLIST_FAULTS: readonly PlantedFault[] = [
  ...SYNTAX_FAULTS,
  ...TIMING_FAULTS,
  ...HISTORY_FAULTS,
  ...MULTIVARIANT_FAULTS,
  ...DELTA_FAULTS,
];
