// The types of the sentences that say why the gateway ended a publication, for viewers and for the streamer. There is no English set: pages
// in English show what the gateway says, with its numbers.

/** Codes of docs/errors.md with a sentence of their own, and two groups of codes that are alike for everybody but the author of an encoder. */
export type RefusalReason =
  | 'unsupported_video_codec'
  | 'unsupported_audio_codec'
  | 'unsupported_audio_object_type'
  | 'unsupported_audio_payload'
  | 'no_config'
  | 'damaged_video'
  | 'no_keyframe'
  | 'no_media'
  | 'bitrate'
  | 'stream_memory'
  | 'part_too_large'
  | 'too_fast'
  | 'too_many_changes'
  | 'publish_revoked'
  | 'kicked'
  | 'stream_ended'
  | 'server_busy'
  | 'internal_error'
  /** Tag bodies and configurations that cannot be read. */
  | 'damaged'
  /** Bytes that are not RTMP as it is standardised. */
  | 'protocol';

export type RefusalValues = {
  /** The name of a codec; absent if it has none. */
  readonly codec?: string;
  /** In the words of the operator; absent if there are none. */
  readonly reason?: string;
};

/** Without a full stop: the text stands after a colon. */
export type RefusalWords = Readonly<Record<RefusalReason, string | ((values: RefusalValues) => string)>>;
