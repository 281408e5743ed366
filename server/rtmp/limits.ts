// Every cap of the RTMP floor, with its reason. Memory is charged on what a peer sent, never on what it announced.

const KIB = 1024;
const MIB = 1024 * KIB;

/** The caps of one RTMP session; all are counts or bytes of one connection. */
export type RtmpLimits = {
  /** The longest RTMP message. */
  readonly maxMessageBytes: number;
  /** Memory that unfinished messages may hold together. */
  readonly maxAssemblingBytes: number;
  /** Chunk streams a peer may open. */
  readonly maxChunkStreams: number;
  /** All that a peer may send, handshake included, before it asks to publish. */
  readonly maxBytesBeforePublish: number;
  /** What may wait unread while a publish request is being decided, or until the next turn. */
  readonly maxHeldBytes: number;
  /** A data message (onMetaData and its like) longer than this is not decoded. */
  readonly maxDataBytes: number;
  /** Messages inside one aggregate message. */
  readonly maxAggregateMessages: number;
  /** Containers nested in one AMF value. */
  readonly maxAmfDepth: number;
  /** AMF values in one message, those behind references counted each time. */
  readonly maxAmfNodes: number;
  /** UTF-8 bytes of all AMF strings and keys in one message. */
  readonly maxAmfStringBytes: number;
};

export const DEFAULT_RTMP_LIMITS: RtmpLimits = {
  // A 4K key frame exceeds 1 MiB; the 24-bit length field ends one byte below 16 MiB.
  maxMessageBytes: 16 * MIB,
  // One message of the greatest length; a real encoder interleaves one video message with small ones.
  maxAssemblingBytes: 16 * MIB,
  // Encoders use two to eight. It is the number of streams that counts, not the ids, which go up to 65599.
  maxChunkStreams: 32,
  // Handshake (3 073 bytes) and commands need less than 5 KiB; the rest is room for a fat `connect`.
  maxBytesBeforePublish: 64 * KIB,
  // One socket read holds up to 64 KiB and cannot be un-read; 64 KiB more may be on its way until the socket pauses.
  maxHeldBytes: 128 * KIB,
  // Real onMetaData is below 2 KiB.
  maxDataBytes: 64 * KIB,
  // Aggregates bundle some tens of audio and video messages; empty ones must not multiply 11 bytes into objects for ever.
  maxAggregateMessages: 1024,
  // Real commands and metadata nest two or three deep; recursion stays far from the stack's end.
  maxAmfDepth: 16,
  // Real metadata has about 30 values; the keyframe index of a recorded file, pushed live, some hundreds.
  maxAmfNodes: 1024,
  // A long tcUrl with a token is below 4 KiB.
  maxAmfStringBytes: 64 * KIB,
};

/** Chunk payload a peer may send at most before it says otherwise (RTMP 1.0, clause 5.4.1). */
export const DEFAULT_CHUNK_BYTES = 128;
/** Clause 5.4.1: a size MUST be at least 1 (and SHOULD be at least 128); MAX_TURN_CHUNKS bounds what small chunks cost. */
export const MIN_CHUNK_BYTES = 1;
/**
 * Messages that one turn of a session handles; then other connections get theirs. A read of 64 KiB holds 13,000 messages of
 * five bytes, and some tens from a real encoder.
 */
export const MAX_TURN_MESSAGES = 256;
/** Chunks that one turn reads: a read of 64 KiB holds 512 chunks of 128 bytes, the default size, and 32,000 of one byte. */
export const MAX_TURN_CHUNKS = 1_024;
/** Clause 5.4.1: the top bit MUST be zero. Sizes beyond the longest message are valid and mean the same. */
export const MAX_CHUNK_BYTES = 0x7fff_ffff;
/** What we announce for our own chunks: one chunk for any reply, and what encoders use themselves. */
export const OWN_CHUNK_BYTES = 4096;
/** The window we announce and assume until the peer names its own: a few seconds of a 4 Mbit/s stream. */
export const DEFAULT_WINDOW_BYTES = 2_500_000;
/** An acknowledgement for less is traffic without use, whatever window the peer asked for. */
export const MIN_ACKNOWLEDGEMENT_BYTES = 64 * KIB;
