// Caps of the RTMP edge that need a clock or a count of connections, each with its reason.

export type IngestLimits = {
  /** From TCP accept, or the end of a publication, to a publish request; absolute: a drip of bytes does not stretch it. */
  readonly publishDeadlineMs: number;
  /** From TCP accept to the end of a TLS handshake. */
  readonly tlsHandshakeMs: number;
  /** A publisher that sends nothing for this long has ended. */
  readonly silenceMs: number;
  /** A publisher that sends no picture and no sound for this long has ended, whatever else it sends. */
  readonly mediaWaitMs: number;
  /** Publish requests on one connection. */
  readonly maxPublishesPerMinute: number;
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
  /** An address is an IPv4 address, or a /64 network of IPv6. */
  readonly maxConnectionsPerAddress: number;
  /** TLS handshakes at the same time, in all and from one address. */
  readonly maxTlsHandshakes: number;
  readonly maxTlsHandshakesPerAddress: number;
};

export const DEFAULT_INGEST_LIMITS: IngestLimits = {
  // An encoder across the world needs seven round trips: two seconds at a round trip of 300 ms.
  publishDeadlineMs: 5_000,
  // Two round trips and a signature on a small machine.
  tlsHandshakeMs: 5_000,
  // Encoders on mobile networks are silent for some seconds; 8 s must be tolerated.
  silenceMs: 10_000,
  // Encoders that show one picture for a long time send it again every 10 s or so; what sends nothing for longer only
  // holds a name and a place. Some connect before their first picture is ready.
  mediaWaitMs: 30_000,
  // Encoders that publish again to change a scene, name or setting do so a few times a minute.
  maxPublishesPerMinute: 30,
  // Replies are below 4 KiB in all; OBS reads nothing while it streams, and its kernel takes far more than that.
  maxUnreadBytes: 64 * 1024,
  // A last packet that was lost and is sent again, on a slow connection.
  lingerMs: 1_000,
  // Encoders set to `auto` send a key frame every 10 s or so.
  keyFrameWaitMs: 30_000,
  // 30 s at 17 Mbit/s; none of it is kept, but reading it costs time that other streams need.
  maxBytesBeforeKeyFrame: 64 * 1024 * 1024,
  // What a stream may cost is for its operator to say; memory is bounded by hls.max-memory in any case.
  maxBitsPerSecond: 0,
  // A publisher costs about 1 MB besides its ring: more than one process can serve well.
  maxConnections: 1_000,
  // One site's encoders behind one address; more is a flood.
  maxConnectionsPerAddress: 50,
  // A handshake is a signature, about 1 ms, and two round trips: 200 at 200 ms are 1,000 a second, all that a core can do.
  maxTlsHandshakes: 200,
  // All encoders of one site may come back at once after an outage; the others come again.
  maxTlsHandshakesPerAddress: 20,
};
