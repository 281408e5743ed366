// What the checker asserts: one row a rule, with a stable code, the clause it comes from, and how bad a breach is.
// Clauses without a document are of RFC 8216bis (draft 22).

export type Level = 'error' | 'warning';

export type Rule = {
  /** An error breaks a MUST or stalls players; a warning breaks a SHOULD or costs viewers something. */
  readonly level: Level;
  readonly clause: string;
  /** What holds when nothing is found. */
  readonly meaning: string;
};

export const RULES = {
  // Playlist syntax
  extm3u_missing: error('4.4.1.1', 'a playlist begins with the line #EXTM3U'),
  playlist_encoding: error('4.1', 'a playlist is UTF-8 without a byte order mark or control characters'),
  tag_syntax: error('4.4', 'a tag has the form that its clause gives'),
  tag_missing: error('4.4', 'a required tag is there'),
  tag_repeated: error('4.4.3', 'a tag of the playlist as a whole stands in it once'),
  tag_too_late: error('4.4.3', 'sequence numbers stand before the first segment'),
  tag_after_part: error('4.4.4.9', 'tags of a segment stand before its first EXT-X-PART'),
  mixed_playlist: error('4.4', 'tags of media and multivariant playlists are not mixed'),
  attribute_syntax: error('4.2', 'an attribute list is well formed, each value in the form of its name'),
  attribute_missing: error('4.2', 'a required attribute is there'),
  version_too_low: error('8', 'EXT-X-VERSION is as high as the tags used need'),

  // One media playlist
  extinf_above_target: error('4.4.3.1', 'EXTINF rounds to TARGETDURATION at most'),
  part_too_long: error('4.4.4.9', 'a part lasts PART-TARGET at most'),
  part_too_short: error('4.4.4.9', 'a part lasts at least 85 % of PART-TARGET, but the last of a segment'),
  part_short_independent: warning('4.4.4.9', 'an independent part lasts at least 85 % of PART-TARGET'),
  parts_sum: error('3.2', 'the parts of a segment last as long as its EXTINF'),
  part_hold_back_below_two: error('4.4.3.8', 'PART-HOLD-BACK is at least twice PART-TARGET'),
  part_hold_back_below_three: warning('4.4.3.8', 'PART-HOLD-BACK is at least three times PART-TARGET'),
  hold_back_too_small: error('4.4.3.8', 'HOLD-BACK is at least three times TARGETDURATION'),
  skip_boundary_too_small: error('4.4.3.8', 'CAN-SKIP-UNTIL is at least six times TARGETDURATION'),
  blocking_reload_missing: warning('B.1', 'a playlist with parts offers CAN-BLOCK-RELOAD=YES'),
  date_missing: warning('B.1', 'a playlist with parts has EXT-X-PROGRAM-DATE-TIME'),
  date_step: error('6.2.1', 'dates advance by EXTINF, to a millisecond, between discontinuities'),
  hint_missing: warning('4.4.5.3', 'a live playlist with parts hints at the next one'),
  hint_after_end: error('4.4.5.3', 'a playlist that has ended hints at nothing'),
  hint_repeated: warning('6.2.6', 'there is one EXT-X-PRELOAD-HINT of a TYPE'),

  // From one media playlist to the next
  target_duration_changed: error('6.2.1', 'TARGETDURATION never changes'),
  part_target_changed: error('4.4.3.7', 'PART-TARGET never changes'),
  media_sequence_back: error('6.2.2', 'MEDIA-SEQUENCE never goes back'),
  media_sequence_jump: error('6.2.2', 'MEDIA-SEQUENCE rises by one for each segment removed'),
  sequence_number_reused: error('6.2.2', 'one sequence number has one URI'),
  segment_uri_reused: error('6.2.1', 'one URI is one segment'),
  segment_changed: error('6.2.1', 'a segment once listed keeps duration, date, map and tags'),
  segment_withdrawn: error('6.2.1', 'a segment leaves the playlist at its beginning only'),
  discontinuity_sequence_wrong: error('6.2.2', 'a segment keeps its discontinuity sequence number'),
  part_changed: error('6.2.1', 'a part once listed stays as it is and where it is'),
  part_withdrawn: error('6.2.2', 'parts leave the playlist in their order'),
  window_too_short: error('6.2.2', 'no segment is removed that leaves less than three target durations'),
  live_playlist_type: error('6.2.2', 'a playlist that loses segments has no EXT-X-PLAYLIST-TYPE'),
  changed_after_end: error('4.4.3.4', 'nothing is added after EXT-X-ENDLIST'),
  hint_not_kept: warning('6.2.6', 'the part that comes next is the one that was hinted'),
  playlist_stalled: error('6.2.1', 'a new segment comes within 1.5 target durations'),
  part_late: warning('6.2.1', 'a new part comes within a part target duration, and a second of network'),

  // Delivery directives
  blocking_reload_unmet: error('6.2.5.2', 'a blocking reload is answered with what was asked for'),
  blocking_reload_slow: error('6.2.5.2', 'a hold ends within three target durations'),
  directive_accepted: error('6.2.5.2', '_HLS_part without _HLS_msn is refused with 400'),
  far_directive_held: warning('6.2.5.2', '_HLS_msn more than two past the end is refused at once with 400'),
  past_directive_held: error('6.2.5.2', '_HLS_msn of a listed segment is answered at once'),
  delta_missing: error('6.2.5.1', '_HLS_skip is answered with a delta update'),
  delta_wrong: error('6.2.5.1', 'a delta update on the playlist before gives the whole playlist'),
  delta_skips_too_much: error('6.2.5.1', 'segments nearer to the end than CAN-SKIP-UNTIL are not skipped'),
  rendition_report_missing: warning('B.1', 'every other rendition is reported'),
  rendition_report_wrong: error('4.4.5.4', 'a rendition report agrees with the rendition'),

  // Multivariant playlist
  codecs_wrong: error('4.4.6.2', 'CODECS names what the segments hold'),
  codecs_missing: warning('4.4.6.2', 'a variant has CODECS'),
  resolution_wrong: error('4.4.6.2', 'RESOLUTION is that of the pictures'),
  frame_rate_wrong: warning('4.4.6.2', 'FRAME-RATE is not exceeded by the pictures'),
  bandwidth_too_low: error('4.4.6.2', 'BANDWIDTH is at least the peak of the segments'),

  // HTTP
  playlist_status: error('6.2.1', 'a playlist is answered with 200 while the stream lives'),
  media_status: error('6.2.1', 'what a playlist lists can be fetched'),
  removed_media_gone: error('6.2.2', 'what has just left the playlist can still be fetched'),
  hint_not_served: error('6.2.6', 'a request for the hinted part is held until the part is there'),
  request_failed: error('6.2.1', 'a request gets an answer'),
  stream_lost: error('6.2.1', 'a stream that goes away says so with EXT-X-ENDLIST'),
  content_type: warning('4', 'playlists and media have content types of their own'),
  cors_missing: warning('Fetch 3.3', 'pages elsewhere may fetch playlists and media'),
  playlist_cached_too_long: warning(
    'B.1',
    'a live playlist that nobody waited for is not cached beyond a target duration',
  ),
  media_not_cacheable: warning('RFC 9111 5.2.2', 'segments and parts may be cached'),
  error_cacheable: warning('B.1', 'an error is not cached for long: the same URI may be right in a second'),
  coding_differs: error('6.2.1', 'a playlist in gzip or br is the same playlist'),

  // Media
  box_syntax: error('ISO 14496-12 4.2', 'boxes add up'),
  map_missing: error('4.4.4.5', 'fragmented MP4 has an EXT-X-MAP'),
  init_wrong: error('3.1.2', 'an EXT-X-MAP is ftyp and moov with tracks and no samples'),
  map_without_discontinuity: error('6.2.1', 'another EXT-X-MAP comes with a discontinuity'),
  fragment_wrong: error('ISO 14496-12 8.8', 'fragments name known tracks and their samples fill the mdat'),
  fragment_sequence: warning('ISO 14496-12 8.8.5', 'mfhd sequence numbers rise'),
  part_not_in_segment: error('3.2', 'the parts of a segment are the segment'),
  media_changed: error('6.2.1', 'the same URI gives the same bytes'),
  track_gap: error('ISO 14496-12 8.8.12', 'a track goes on where it stopped'),
  track_overlap: error('ISO 14496-12 8.8.12', 'a track does not go back'),
  track_rounding: warning('ISO 14496-12 8.8.12', 'a track goes on at the very tick where it stopped'),
  sample_duration: error('ISO 14496-12 8.8.8', 'samples last longer than nothing'),
  negative_time: error('ISO 14496-12 8.6.1.3', 'nothing is shown before time 0'),
  media_span: error('4.4.4.1', 'the media of a part or segment lasts as long as the playlist says'),
  tracks_apart: warning('3', 'sound and picture of a part are of the same time'),
  independent_without_sync: error('4.4.4.9', 'a part marked INDEPENDENT holds a sync sample'),
  independent_unmarked: warning('4.4.4.9', 'a part with a sync sample is marked INDEPENDENT'),
  segment_not_independent: error('4.4.2.1', 'with EXT-X-INDEPENDENT-SEGMENTS each segment starts in sync'),
  sync_without_idr: warning('ISO 14496-15 5.4.3', 'a sample marked sync holds an IDR picture'),
  nal_lengths: error('ISO 14496-15 5.3.4.2', 'NAL unit lengths add up to the sample'),
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleCode = keyof typeof RULES;

function error(clause: string, meaning: string): Rule {
  return { level: 'error', clause, meaning };
}

function warning(clause: string, meaning: string): Rule {
  return { level: 'warning', clause, meaning };
}
