// The settings of RTMP and RTMPS: encoders.

import { networks } from './collections.ts';
import { choice, count, host, port, publicUrl } from './kinds.ts';
import { bitrate, bytes, duration } from './measures.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const HOUR_MS = 3_600_000;

export const RTMP_SETTINGS = {
  'rtmp.port': port(1935, 'Where encoders push. 0 takes any free port.'),
  'rtmp.host': host('', 'Address that RTMP listens on; empty for all.'),
  'rtmp.public-url': publicUrl(
    ['rtmp:', 'rtmps:'],
    'rtmp://ingest.example.org/live',
    'Address that pages show to encoders, if it differs from the addresses of this machine.',
  ),
  'rtmp.max-connections': count(1000, 'RTMP connections at the same time, in all.'),
  'rtmp.max-connections-per-address': count(
    50,
    'RTMP connections at the same time from one address (in IPv6, from one /64).',
  ),
  'rtmp.max-publishes-per-minute': count(30, 'Publish requests within a minute on one connection.'),
  'rtmp.trusted-networks': networks(
    [],
    'Networks that may publish, in addition to private ones, such as 100.64.0.0/10 for a Tailscale network.',
  ),
  'rtmp.proxy-protocol': choice(
    'off',
    ['off', 'on'],
    'Whether RTMP and RTMPS connections from proxies.trusted begin with a PROXY header.',
  ),
  'rtmp.publish-deadline': duration(5_000, 'Longest time from connecting to publishing.', {
    minMs: 100,
    maxMs: HOUR_MS,
    why: 'publishing takes seven round trips',
  }),
  'rtmp.silence': duration(10_000, 'A publisher that sends nothing for this long has ended.', {
    minMs: 200,
    maxMs: HOUR_MS,
    why: 'encoders pause for some frames in normal operation',
  }),
  'rtmp.media-wait': duration(
    30_000,
    'A publisher that sends no picture and no sound for this long has ended.',
    { minMs: 200, maxMs: HOUR_MS, why: 'encoders pause for some frames in normal operation' },
  ),
  'rtmp.key-frame-wait': duration(
    30_000,
    'A publisher whose video has no key frame for this long is ended, because the video cannot be shown.',
    { minMs: 100, maxMs: HOUR_MS, why: 'encoders may begin some frames before a key frame' },
  ),
  'rtmp.max-before-key-frame': bytes(64 * MIB, 'Most video before the first key frame.', {
    least: 64 * KIB,
    most: Number.MAX_SAFE_INTEGER,
    why: 'a single frame can take that much',
  }),
  'rtmp.max-bitrate': bitrate(
    0,
    'Highest bitrate of one publisher, averaged over a minute; 0 for no limit. A minute of media may arrive at once.',
  ),
  'rtmp.max-message': bytes(16 * MIB, 'The longest RTMP message; 4K key frames exceed 1 MiB.', {
    least: 64 * KIB,
    // RTMP 1.0 clause 5.3.1.2: the length has 24 bits.
    most: 16 * MIB,
    why: 'a key frame is one message, and the length of a message has 24 bits',
  }),
  'rtmp.max-chunk-streams': count(32, 'Chunk streams that one connection may open.', {
    // Encoders use separate chunk streams for control, commands, data, audio, video and publish.
    least: 6,
    // RTMP 1.0 clause 5.3.1.1: ids 2 to 65599.
    most: 65_598,
    why: 'encoders use up to 6, and the protocol has 65598',
  }),
  'rtmp.max-assembling': bytes(16 * MIB, 'Memory for the unfinished messages of one connection.', {
    least: 64 * KIB,
    most: Number.MAX_SAFE_INTEGER,
    why: 'a key frame is one message',
  }),
  'rtmp.max-before-publish': bytes(64 * KIB, 'Most bytes that a peer may send before its publish request.', {
    least: 4 * KIB,
    most: Number.MAX_SAFE_INTEGER,
    why: 'the handshake takes 3,073 bytes, and connect and publish about a thousand',
  }),
  'rtmp.max-metadata': bytes(64 * KIB, 'Longer data messages are ignored.', {
    least: KIB,
    most: 16 * MIB,
    why: 'metadata of common encoders takes up to a kibibyte, and a message is 16MiB at most',
  }),
  'rtmp.max-amf-depth': count(16, 'Objects and arrays nested in one AMF value.', {
    // Each level uses the stack. Metadata of encoders has three levels.
    least: 4,
    most: 256,
  }),
  'rtmp.max-amf-values': count(1024, 'AMF values in one message.', {
    least: 64,
    most: 1_000_000,
    why: 'the connect command and metadata hold some dozens',
  }),
  'rtmp.max-amf-text': bytes(64 * KIB, 'Text in the AMF values of one message.', {
    least: KIB,
    most: 16 * MIB,
    why: 'the connect command holds several addresses, and a message is 16MiB at most',
  }),
  'rtmp.max-unread': bytes(64 * KIB, 'Most bytes of replies that a peer may leave unread.', {
    least: 4 * KIB,
    most: 64 * MIB,
    why: 'the handshake alone is 3,073 bytes of replies',
  }),
  'rtmps.port': port(1936, 'Where encoders push over TLS, when there is a certificate.'),
  'rtmps.max-handshakes': count(200, 'TLS handshakes with encoders at the same time, in all.'),
  'rtmps.max-handshakes-per-address': count(
    20,
    'TLS handshakes with encoders at the same time from one address.',
  ),
};
