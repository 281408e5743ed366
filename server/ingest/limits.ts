// Caps of the RTMP edge that need a clock or a count of connections, each with its reason.

export type IngestLimits = {
  /** From TCP accept to a publish request; absolute, so that a drip of bytes does not stretch it. */
  readonly publishDeadlineMs: number;
  /** From TCP accept to the end of a TLS handshake. */
  readonly tlsHandshakeMs: number;
  /** A publisher that sends nothing for this long has ended. */
  readonly silenceMs: number;
  /** Replies that a peer leaves unread. */
  readonly maxUnreadBytes: number;
  /** How long a closed connection may take to read its last reply. */
  readonly lingerMs: number;
  /** Between the first frame of a video configuration and its first key frame, and the same in bytes. */
  readonly keyFrameWaitMs: number;
  readonly maxBytesBeforeKeyFrame: number;
  /** Of one publisher, averaged over a minute; 0 for any. */
  readonly maxBitsPerSecond: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
};

export const DEFAULT_INGEST_LIMITS: IngestLimits = {
  // An encoder across the world needs seven round trips: two seconds at a round trip of 300 ms.
  publishDeadlineMs: 5_000,
  // Two round trips and a signature on a small machine.
  tlsHandshakeMs: 5_000,
  // Encoders on mobile networks fall silent for some seconds and go on; 8 s must be borne.
  silenceMs: 10_000,
  // Replies are below 4 KiB in all; OBS reads nothing while it streams, and its kernel takes far more than that.
  maxUnreadBytes: 64 * 1024,
  // One lost packet on a slow road.
  lingerMs: 1_000,
  // Encoders set to `auto` send a key frame every 10 s or so; a minute is nobody's wish.
  keyFrameWaitMs: 30_000,
  // 30 s at 17 Mbit/s; none of it is kept, but reading it costs time that other streams need.
  maxBytesBeforeKeyFrame: 64 * 1024 * 1024,
  // What a stream may cost is for its operator to say; memory is bounded by hls.max-memory in any case.
  maxBitsPerSecond: 0,
  // A publisher costs about 1 MB besides its ring: more than one process can serve well.
  maxConnections: 1_000,
  // One site's encoders behind one address; more is a flood.
  maxConnectionsPerAddress: 50,
};
