// The rules of the checker: a stable code, the clause, the level, and what must hold. Clauses without a document are of
// RFC 8216bis (draft 22).

export type Level = 'error' | 'warning';

export type Rule = {
  /** An error violates a MUST or stalls players; a warning violates a SHOULD or affects viewers. */
  readonly level: Level;
  readonly clause: string;
  /** The rule. */
  readonly meaning: string;
};

export const RULES = {
  // Playlist syntax
  extm3u_missing: error('4.4.1.1', 'a playlist begins with the line #EXTM3U'),
  playlist_encoding: error('4.1', 'a playlist is UTF-8 without a byte order mark or control characters'),
  tag_syntax: error('4.4', 'a tag has the form that its clause gives'),
  tag_missing: error('4.4', 'required tags exist'),
  tag_repeated: error('4.4.3', 'a tag for the whole playlist occurs once'),
  tag_too_late: error('4.4.3', 'sequence numbers come before the first segment'),
  tag_after_part: error('4.4.4.9', 'tags of a segment come before its first EXT-X-PART'),
  mixed_playlist: error('4.4', 'tags of media and multivariant playlists are not mixed'),
  attribute_syntax: error('4.2', 'an attribute list is well formed, each value in the form of its name'),
  attribute_missing: error('4.2', 'required attributes exist'),
  version_too_low: error('8', 'EXT-X-VERSION is high enough for the tags'),

  // One media playlist
  extinf_above_target: error('4.4.3.1', 'EXTINF rounds to TARGETDURATION at most'),
  part_too_long: error('4.4.4.9', 'a part lasts PART-TARGET at most'),
  part_too_short: error(
    '4.4.4.9',
    'a part other than the last of a segment lasts at least 85 % of PART-TARGET',
  ),
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
  hint_after_end: error('4.4.5.3', 'an ended playlist has no hint'),
  hint_repeated: warning('6.2.6', 'there is one EXT-X-PRELOAD-HINT of each TYPE'),

  // From one media playlist to the next
  target_duration_changed: error('6.2.1', 'TARGETDURATION never changes'),
  part_target_changed: error('4.4.3.7', 'PART-TARGET never changes'),
  media_sequence_back: error('6.2.2', 'MEDIA-SEQUENCE never goes back'),
  media_sequence_jump: error('6.2.2', 'MEDIA-SEQUENCE increases by one for each removed segment'),
  sequence_number_reused: error('6.2.2', 'one sequence number has one URI'),
  segment_uri_reused: error('6.2.1', 'one URI is one segment'),
  segment_changed: error('6.2.1', 'a listed segment keeps duration, date, map and tags'),
  segment_withdrawn: error('6.2.1', 'segments are removed from the start of the playlist only'),
  discontinuity_sequence_wrong: error('6.2.2', 'a segment keeps its discontinuity sequence number'),
  part_changed: error('6.2.1', 'a listed part does not change or move'),
  part_withdrawn: error('6.2.2', 'parts are removed in order'),
  window_too_short: error('6.2.2', 'at least three target durations remain when segments are removed'),
  live_playlist_type: error('6.2.2', 'a playlist that loses segments has no EXT-X-PLAYLIST-TYPE'),
  changed_after_end: error('4.4.3.4', 'nothing is added after EXT-X-ENDLIST'),
  hint_not_kept: warning('6.2.6', 'the next part is the hinted one'),
  playlist_stalled: error('6.2.1', 'a new segment comes within 1.5 target durations'),
  part_late: warning('6.2.1', 'a new part arrives within a part target duration plus the network allowance'),

  // Delivery directives
  blocking_reload_unmet: error('6.2.5.2', 'a blocking reload returns the requested position'),
  blocking_reload_slow: error('6.2.5.2', 'a hold ends within three target durations'),
  directive_accepted: error('6.2.5.2', '_HLS_part without _HLS_msn is refused with 400'),
  far_directive_held: warning('6.2.5.2', '_HLS_msn more than two past the end is refused at once with 400'),
  past_directive_held: error('6.2.5.2', '_HLS_msn of a listed segment is answered at once'),
  delta_missing: error('6.2.5.1', '_HLS_skip is answered with a delta update'),
  delta_wrong: error('6.2.5.1', 'a delta update on the previous playlist gives the whole playlist'),
  delta_skips_too_much: error('6.2.5.1', 'segments nearer to the end than CAN-SKIP-UNTIL are not skipped'),
  rendition_report_missing: warning('B.1', 'every other rendition is reported'),
  rendition_report_wrong: error('4.4.5.4', 'a rendition report agrees with the rendition'),

  // Multivariant playlist
  codecs_wrong: error('4.4.6.2', 'CODECS matches the segments'),
  codecs_missing: warning('4.4.6.2', 'a variant has CODECS'),
  resolution_wrong: error('4.4.6.2', 'RESOLUTION is the size of the pictures, as they are coded or shown'),
  frame_rate_wrong: warning('4.4.6.2', 'the frame rate does not exceed FRAME-RATE'),
  bandwidth_too_low: error('4.4.6.2', 'BANDWIDTH is at least the peak of the segments'),

  // HTTP
  playlist_status: error('6.2.1', 'a playlist is answered with 200 while the stream lives'),
  media_status: error('6.2.1', 'listed media can be loaded'),
  removed_media_gone: error('6.2.2', 'media that has just left the playlist can still be loaded'),
  hint_not_served: error('6.2.6', 'a request for the hinted part is held until the part exists'),
  request_failed: error('6.2.1', 'a request gets an answer'),
  stream_lost: error('6.2.1', 'a stream that ends has EXT-X-ENDLIST'),
  content_type: warning('4', 'playlists and media have the right content types'),
  cors_missing: warning('Fetch 3.3', 'pages of other origins may load playlists and media'),
  playlist_cached_too_long: warning(
    'B.1',
    'a live playlist without blocking reload is cached for a target duration at most',
  ),
  media_not_cacheable: warning('RFC 9111 5.2.2', 'segments and parts may be cached'),
  error_cacheable: warning('B.1', 'an error is not cached for long'),
  coding_differs: error('6.2.1', 'a playlist with gzip or br has the same content'),

  // Media
  box_syntax: error('ISO 14496-12 4.2', 'boxes add up'),
  map_missing: error('4.4.4.5', 'fragmented MP4 has an EXT-X-MAP'),
  init_wrong: error('3.1.2', 'an EXT-X-MAP is ftyp and moov with tracks and no samples'),
  map_without_discontinuity: error('6.2.1', 'another EXT-X-MAP comes with a discontinuity'),
  fragment_wrong: error('ISO 14496-12 8.8', 'fragments name known tracks and their samples fill the mdat'),
  fragment_sequence: warning('ISO 14496-12 8.8.5', 'mfhd sequence numbers rise'),
  part_not_in_segment: error('3.2', 'the parts of a segment have the media of the segment'),
  media_changed: error('6.2.1', 'the same URI gives the same bytes'),
  track_gap: error('ISO 14496-12 8.8.12', 'a track continues where it stopped'),
  track_overlap: error('ISO 14496-12 8.8.12', 'a track does not go back'),
  track_rounding: warning('ISO 14496-12 8.8.12', 'a track continues at the exact tick where it stopped'),
  sample_duration: error('ISO 14496-12 8.8.8', 'samples have a duration above 0'),
  negative_time: error('ISO 14496-12 8.6.1.3', 'nothing is shown before time 0'),
  media_span: error('4.4.4.1', 'the media of a part or segment lasts as long as the playlist says'),
  tracks_apart: warning('3', 'sound and picture of a part have the same time'),
  independent_without_sync: error('4.4.4.9', 'an INDEPENDENT part has a sync sample'),
  independent_unmarked: warning('4.4.4.9', 'a part with a sync sample is marked INDEPENDENT'),
  segment_not_independent: error(
    '4.4.2.1',
    'with EXT-X-INDEPENDENT-SEGMENTS each segment starts with a sync sample',
  ),
  sync_without_idr: warning('ISO 14496-15 5.4.3', 'a sync sample has an IDR picture'),
  nal_lengths: error('ISO 14496-15 5.3.4.2', 'NAL unit lengths add up to the sample'),
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleCode = keyof typeof RULES;

function error(clause: string, meaning: string): Rule {
  return { level: 'error', clause, meaning };
}

function warning(clause: string, meaning: string): Rule {
  return { level: 'warning', clause, meaning };
}
