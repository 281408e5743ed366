// All limits of RTMP, with their reasons. The values of those that are settings are in settings/. Memory is charged for received
// bytes, never for announced lengths.

import { FIXED_LIMITS } from '../limit-tally.ts';
import { RTMP_SETTINGS } from '../settings/rtmp-settings.ts';

const KIB = 1024;

/** Limits of one session, in counts or bytes. */
export type RtmpLimits = {
  /** The longest RTMP message. */
  readonly maxMessageBytes: number;
  /** Memory of all unfinished messages. */
  readonly maxAssemblingBytes: number;
  /** Chunk streams a peer may open. */
  readonly maxChunkStreams: number;
  /** Bytes before the publish request, including the handshake. */
  readonly maxBytesBeforePublish: number;
  /** Unread bytes that may wait for a publish decision or for the next turn. */
  readonly maxHeldBytes: number;
  /** A longer data message (such as onMetaData) is not decoded. */
  readonly maxDataBytes: number;
  /** Messages inside one aggregate message. */
  readonly maxAggregateMessages: number;
  /** Containers nested in one AMF value. */
  readonly maxAmfDepth: number;
  /** AMF values in one message; a reference counts all values of its target. */
  readonly maxAmfNodes: number;
  /** UTF-8 bytes of all AMF strings and keys in one message. */
  readonly maxAmfStringBytes: number;
};

export const DEFAULT_RTMP_LIMITS: RtmpLimits = {
  // A 4K key frame exceeds 1 MiB; the 24-bit length field ends one byte below 16 MiB.
  maxMessageBytes: RTMP_SETTINGS['rtmp.max-message'].defaultValue,
  // One message of the greatest length; real encoders interleave one video message with small ones.
  maxAssemblingBytes: RTMP_SETTINGS['rtmp.max-assembling'].defaultValue,
  // Encoders use two to eight. Their ids go up to 65599.
  maxChunkStreams: RTMP_SETTINGS['rtmp.max-chunk-streams'].defaultValue,
  // Handshake (3 073 bytes) and commands need less than 5 KiB; the rest is for a large `connect`.
  maxBytesBeforePublish: RTMP_SETTINGS['rtmp.max-before-publish'].defaultValue,
  // One socket read has up to 64 KiB; 64 KiB more may arrive until the socket pauses.
  maxHeldBytes: FIXED_LIMITS['rtmp.held'].limit,
  // Real onMetaData is below 2 KiB.
  maxDataBytes: RTMP_SETTINGS['rtmp.max-metadata'].defaultValue,
  // Aggregates bundle some tens of audio and video messages; a limit is needed because an empty message has only 11 bytes.
  maxAggregateMessages: FIXED_LIMITS['rtmp.aggregated'].limit,
  // Real commands and metadata nest two or three deep; recursion stays far from the stack's end.
  maxAmfDepth: RTMP_SETTINGS['rtmp.max-amf-depth'].defaultValue,
  // Real metadata has about 30 values; the keyframe index of a recorded file, pushed live, some hundreds.
  maxAmfNodes: RTMP_SETTINGS['rtmp.max-amf-values'].defaultValue,
  // A long tcUrl with a token is below 4 KiB.
  maxAmfStringBytes: RTMP_SETTINGS['rtmp.max-amf-text'].defaultValue,
};

/** Chunk size until a peer sets another one (RTMP 1.0, clause 5.4.1). */
export const DEFAULT_CHUNK_BYTES = 128;
/** Clause 5.4.1: a size MUST be at least 1 (and SHOULD be at least 128); MAX_TURN_CHUNKS bounds what small chunks cost. */
export const MIN_CHUNK_BYTES = 1;
/**
 * Messages that one turn of a session handles; then other connections get theirs. A read of 64 KiB holds 13,000 messages of
 * five bytes, and some tens from a real encoder.
 */
export const MAX_TURN_MESSAGES = 256;
/** Bytes of aggregated messages that one turn handles: as many as one read has. One aggregate may have 16 MiB. */
export const MAX_TURN_AGGREGATED_BYTES = 64 * KIB;
/** Chunks that one turn reads: a read of 64 KiB holds 512 chunks of 128 bytes, the default size, and 32,000 of one byte. */
export const MAX_TURN_CHUNKS = 1_024;
/** Clause 5.4.1: the top bit MUST be zero. Sizes beyond the longest message are valid and mean the same. */
export const MAX_CHUNK_BYTES = 0x7fff_ffff;
/** The chunk size that we send: one chunk for any reply. Encoders use the same. */
export const OWN_CHUNK_BYTES = 4096;
/** The window that we announce, and assume until the peer sets one: a few seconds at 4 Mbit/s. */
export const DEFAULT_WINDOW_BYTES = 2_500_000;
/** Least bytes between acknowledgements, even if the peer's window is smaller. */
export const MIN_ACKNOWLEDGEMENT_BYTES = 64 * KIB;
