// Errors that concern a publisher for what it sends: tag bodies, codecs, timestamps, amounts.

import type { ErrorTable } from './error-row.ts';

const DAMAGED = "check the encoder's output; something damages it";

export const MEDIA_ERRORS = {
  // Codecs.
  unsupported_video_codec: { what: 'the video codec is not supported', remedy: 'set the encoder to H.264' },
  unsupported_audio_codec: { what: 'the audio codec is not supported', remedy: 'set the encoder to AAC' },
  unsupported_audio_object_type: {
    what: 'the kind of AAC is not supported',
    remedy: 'set the encoder to AAC-LC',
  },
  unsupported_audio_payload: {
    what: 'AAC comes in a form that is not supported (LATM/LOAS, or ADTS without a channel configuration)',
    remedy: 'set the encoder to raw AAC, as FLV carries it',
  },
  track_not_played: {
    what: 'HLS plays the first video and the first audio track of a source, and this is another one',
    remedy: 'nothing, unless it is the one to be watched: then send it as track 0',
  },
  too_many_tracks: {
    what: 'the source has more tracks than a source may have, and this one is left out',
    remedy: 'send fewer tracks',
  },

  // Tag bodies and configurations. What is damaged is left out where the rest can be played.
  truncated: { what: 'a record ends too early', remedy: DAMAGED },
  bad_exp_golomb: { what: 'a number in a parameter set is too long to be one', remedy: DAMAGED },
  bad_video_tag: { what: 'the packet type of a video message does not exist', remedy: DAMAGED },
  bad_audio_tag: { what: 'the packet type of an audio message does not exist', remedy: DAMAGED },
  bad_ex_header: { what: 'the Enhanced RTMP header is damaged', remedy: DAMAGED },
  bad_avc_config: { what: 'the H.264 configuration record cannot be used', remedy: DAMAGED },
  bad_sps: { what: 'the H.264 sequence parameter set cannot be used', remedy: DAMAGED },
  bad_annex_b: { what: 'start codes have no NAL units behind them', remedy: DAMAGED },
  bad_aac_config: { what: 'the AAC configuration cannot be used', remedy: DAMAGED },
  no_config: {
    what: 'media came without its sequence header, so nothing can decode it',
    remedy: 'publish again: encoders send it at the beginning',
  },
  damaged_video: {
    what: 'most pictures are damaged, or none came',
    remedy: "check the encoder's H.264 output",
  },
  no_keyframe: {
    what: 'no key frame came (rtmp.key-frame-wait), so nothing can show the video',
    remedy: "set the encoder's keyframe interval to 2 s; switch off open GOPs and intra refresh",
  },
  no_media: {
    what: 'no picture and no sound that can be used came for a while (rtmp.media-wait)',
    remedy: 'check what the encoder takes its picture and sound from',
  },
  media_lost: {
    what: 'some media is not played; the line counts what and why',
    remedy: DAMAGED,
  },

  // Amounts.
  bitrate: { what: 'the bitrate is above rtmp.max-bitrate', remedy: "lower the encoder's bitrate" },
  stream_memory: {
    what: 'the stream keeps more media than it may (hls.max-memory)',
    remedy: 'lower the bitrate, raise the limit, or see why the timestamps of audio and video are far apart',
  },
  part_too_large: {
    what: 'the media of one part is over the limit',
    remedy: 'lower the bitrate, or see whether the timestamps stand still',
  },
  too_many_changes: {
    what: 'the codec configuration, the tracks or the clock change too often for players',
    remedy: 'see why the encoder restarts its output again and again',
  },
} as const satisfies ErrorTable;
