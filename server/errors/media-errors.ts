// Errors of publishers in their media: tag bodies, codecs, timestamps, amounts.

import type { ErrorTable } from './error-row.ts';

const DAMAGED = 'check the encoder and the network path; they damage data';

export const MEDIA_ERRORS = {
  // Codecs.
  unsupported_video_codec: { what: 'the video codec is not supported', remedy: 'set the encoder to H.264' },
  unsupported_audio_codec: { what: 'the audio codec is not supported', remedy: 'set the encoder to AAC' },
  unsupported_audio_object_type: {
    what: 'the kind of AAC is not supported',
    remedy: 'set the encoder to AAC-LC',
  },
  unsupported_audio_payload: {
    what: 'this form of AAC is not supported (LATM/LOAS, or ADTS without a channel configuration)',
    remedy: 'set the encoder to raw AAC, as in FLV',
  },
  track_not_played: {
    what: 'HLS plays the first video and the first audio track of a source; this is another track',
    remedy: 'send the track to be watched as track 0',
  },
  track_stopped: {
    what: 'a track of the source has stopped; silence or the last key frame replaces it, or the line says why nothing does',
    remedy: 'check the microphone or the camera of the encoder',
  },
  too_many_tracks: {
    what: 'the source has too many tracks, and this one is left out',
    remedy: 'send fewer tracks',
  },

  // Tag bodies and configurations. A damaged item is left out if the rest can be played.
  truncated: { what: 'a record ends too early', remedy: DAMAGED },
  bad_exp_golomb: { what: 'an Exp-Golomb number in a parameter set is too long', remedy: DAMAGED },
  bad_video_tag: { what: 'the packet type of a video message does not exist', remedy: DAMAGED },
  bad_audio_tag: { what: 'the packet type of an audio message does not exist', remedy: DAMAGED },
  bad_ex_header: { what: 'the Enhanced RTMP header is damaged', remedy: DAMAGED },
  bad_avc_config: { what: 'the H.264 configuration record cannot be used', remedy: DAMAGED },
  bad_sps: { what: 'the H.264 sequence parameter set cannot be used', remedy: DAMAGED },
  bad_annex_b: { what: 'there are start codes without NAL units', remedy: DAMAGED },
  bad_aac_config: { what: 'the AAC configuration cannot be used', remedy: DAMAGED },
  no_config: {
    what: 'media arrived without a sequence header and cannot be decoded',
    remedy: 'publish again: encoders send it at the start',
  },
  damaged_video: {
    what: 'most pictures are damaged or missing',
    remedy: "check the encoder's H.264 output",
  },
  no_keyframe: {
    what: 'no key frame arrived (rtmp.key-frame-wait), so the video cannot be shown',
    remedy: "set the encoder's keyframe interval to 2 s; switch off intra refresh",
  },
  no_media: {
    what: 'no usable picture or sound arrived for a while (rtmp.media-wait)',
    remedy: 'check the sources of picture and sound in the encoder',
  },
  media_lost: {
    what: 'some media is not played; the log line counts it by reason',
    remedy: DAMAGED,
  },

  // Amounts.
  bitrate: { what: 'the bitrate is above rtmp.max-bitrate', remedy: "lower the encoder's bitrate" },
  stream_memory: {
    what: 'the stream exceeds hls.max-memory',
    remedy:
      'lower the bitrate, raise the limit, or check why the timestamps of audio and video are far apart',
  },
  part_too_large: {
    what: 'the media of one part is more than a quarter of hls.max-memory, or than 16 MiB',
    remedy: 'lower the bitrate, raise hls.max-memory, or check whether the timestamps stop',
  },
  too_fast: {
    what: 'the media runs far ahead of real time (stream.max-ahead)',
    remedy:
      'send in real time, with ffmpeg by -re before -i; if the clock of the encoder runs fast, repair it',
  },
  too_many_changes: {
    what: 'the codec configuration, the tracks or the clock change too often',
    remedy: 'check why the encoder restarts its output',
  },
} as const satisfies ErrorTable;
