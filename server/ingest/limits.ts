// Limits of RTMP connections in time and number, with their reasons. The values of those that are settings are in settings/.

import { RTMP_SETTINGS } from '../settings/rtmp-settings.ts';

export type IngestLimits = {
  /** From TCP accept, or the end of a publication, to a publish request; single bytes do not extend it. */
  readonly publishDeadlineMs: number;
  /** From TCP accept to the end of a TLS handshake. */
  readonly tlsHandshakeMs: number;
  /** A publisher that sends nothing for this long has ended. */
  readonly silenceMs: number;
  /** A publisher that sends no picture and no sound for this long has ended. */
  readonly mediaWaitMs: number;
  /** Publish requests on one connection. */
  readonly maxPublishesPerMinute: number;
  /** Bytes of replies that a peer may leave unread. */
  readonly maxUnreadBytes: number;
  /** How long a closed connection may take to read its last reply. */
  readonly lingerMs: number;
  /** Between the first frame of a video configuration and its first key frame, and the same in bytes. */
  readonly keyFrameWaitMs: number;
  readonly maxBytesBeforeKeyFrame: number;
  /** Bitrate of one publisher, averaged over a minute; 0 for no limit. */
  readonly maxBitsPerSecond: number;
  readonly maxConnections: number;
  /** An address is an IPv4 address, or a /64 network of IPv6. */
  readonly maxConnectionsPerAddress: number;
  /** TLS handshakes at the same time, in all and from one address. */
  readonly maxTlsHandshakes: number;
  readonly maxTlsHandshakesPerAddress: number;
};

export const DEFAULT_INGEST_LIMITS: IngestLimits = {
  // Publishing needs seven round trips: two seconds at a round trip of 300 ms.
  publishDeadlineMs: RTMP_SETTINGS['rtmp.publish-deadline'].defaultValue,
  // Two round trips and a signature on a slow machine.
  tlsHandshakeMs: 5_000,
  // Encoders on mobile networks are silent for some seconds; 8 s must be tolerated.
  silenceMs: RTMP_SETTINGS['rtmp.silence'].defaultValue,
  // Encoders with a still picture send it again every 10 s or so. Some connect before their first picture is ready.
  mediaWaitMs: RTMP_SETTINGS['rtmp.media-wait'].defaultValue,
  // Encoders that publish again to change a scene, name or setting do so a few times a minute.
  maxPublishesPerMinute: RTMP_SETTINGS['rtmp.max-publishes-per-minute'].defaultValue,
  // All replies have less than 4 KiB. OBS reads nothing while it streams, and its kernel buffers far more.
  maxUnreadBytes: RTMP_SETTINGS['rtmp.max-unread'].defaultValue,
  // Time to resend one lost packet on a slow connection.
  lingerMs: 1_000,
  // Encoders set to `auto` send a key frame every 10 s or so.
  keyFrameWaitMs: RTMP_SETTINGS['rtmp.key-frame-wait'].defaultValue,
  // 30 s at 17 Mbit/s; it is not kept, but reading it takes time from other streams.
  maxBytesBeforeKeyFrame: RTMP_SETTINGS['rtmp.max-before-key-frame'].defaultValue,
  // No limit by default; hls.max-memory limits memory.
  maxBitsPerSecond: RTMP_SETTINGS['rtmp.max-bitrate'].defaultValue,
  // A publisher uses about 1 MB besides its ring; one process cannot serve more.
  maxConnections: RTMP_SETTINGS['rtmp.max-connections'].defaultValue,
  // For many encoders behind one address.
  maxConnectionsPerAddress: RTMP_SETTINGS['rtmp.max-connections-per-address'].defaultValue,
  // A handshake takes 1 ms for a signature and two round trips: 200 at 200 ms are 1,000 a second, the limit of a core.
  maxTlsHandshakes: RTMP_SETTINGS['rtmps.max-handshakes'].defaultValue,
  // After an outage all encoders of one site may return at once; refused ones try again.
  maxTlsHandshakesPerAddress: RTMP_SETTINGS['rtmps.max-handshakes-per-address'].defaultValue,
};
