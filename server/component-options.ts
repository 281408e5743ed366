// Converts settings to the options of each component.

import { readFileSync } from 'node:fs';
import type { CallbackOptions } from './access/callbacks.ts';
import type { PlaybackRules } from './access/playback-access.ts';
import type { KeySources } from './access/publish-access.ts';
import { NetworkList } from './address.ts';
import { Certificate } from './certificate.ts';
import { GatewayError } from './errors.ts';
import type { EventLog } from './event-log.ts';
import { fileFault } from './file-fault.ts';
import type { HlsOutputs } from './hls/hls-outputs.ts';
import type { NotReplaced } from './hls/media-budget.ts';
import { NOT_PLAYED } from './hls/played-tracks.ts';
import { connectionsWithin, descriptorLimit } from './http/descriptors.ts';
import type { HttpLimits } from './http/http-limits.ts';
import { DEFAULT_INGEST_LIMITS, type IngestLimits } from './ingest/limits.ts';
import type { StreamRegistryOptions } from './live/stream-registry.ts';
import type { Logger } from './log.ts';
import { GatewayMemory } from './media/media-memory.ts';
import { type TrackId, trackKindOf } from './media/track.ts';
import { availableMemoryBytes } from './memory-limits.ts';
import { TrustedProxies } from './proxied/trusted-proxies.ts';
import type { RtmpLimits } from './rtmp/limits.ts';
import type { Settings } from './settings/table.ts';
import type { ViewerLimits } from './stats/viewer-count.ts';

/** Share of the available memory for media, unless `media.max-memory` is set. */
const MEDIA_MEMORY_SHARE = 0.5;

/** TLS needs both files or none. Throws GatewayError for one file and for an unusable pair. */
export function certificateOf(settings: Settings, log: Logger): Certificate | undefined {
  const [certificate, key] = [settings['tls.certificate'], settings['tls.key']];
  if (certificate === '' && key === '') return undefined;
  if (certificate !== '' && key !== '') return new Certificate({ certificate, key }, log);
  const [given, missing] =
    certificate === '' ? ['tls.key', 'tls.certificate'] : ['tls.certificate', 'tls.key'];
  throw new GatewayError(
    'config',
    'bad_certificate',
    `${given} is set, and ${missing} is not; TLS needs both`,
  );
}

/** The log lines of HLS about tracks. */
export function trackLog(
  events: EventLog,
): Required<Pick<ConstructorParameters<typeof HlsOutputs>[0], 'onTrackNotPlayed' | 'onTrackStopped'>> {
  const write = (code: string, stream: string, track: TrackId, reason: string, message: string): void =>
    events.writeAs(code, 'info', { code, stream, track, reason }, message);
  return {
    onTrackNotPlayed: ({ name }, track) =>
      write('track_not_played', name, track, NOT_PLAYED, 'a track is not played'),
    onTrackStopped: ({ name }, track, notReplaced) =>
      write('track_stopped', name, track, replacementOf(track, notReplaced), 'a track has stopped'),
  };
}

function replacementOf(track: TrackId, notReplaced: NotReplaced | undefined): string {
  const isSound = trackKindOf(track) === 'audio';
  if (notReplaced === undefined) return `${isSound ? 'silence' : 'the last key frame'} replaces it`;
  const why = {
    'too-fast': 'the timestamps of the source jump, or run more than twice as fast as real time',
    impossible: isSound
      ? 'no silence can be made in this kind of AAC'
      : 'there is no IDR picture that could be repeated',
  }[notReplaced];
  return `nothing replaces it: ${why}`;
}

/** Below this limit a line is logged at start. Usual limits of 1,024 or 4,096 open files are below it. */
const FEW_CONNECTIONS = 4_000;

/** Lengths in seconds, and the distance from the live edge in parts. */
export function hlsTimesOf(settings: Settings) {
  return {
    part: settings['hls.part'] / 1000,
    segment: settings['hls.segment'] / 1000,
    window: settings['hls.window'] / 1000,
    dvr: settings['hls.dvr'] / 1000,
    holdBackParts: settings['hls.hold-back'],
    maxAhead: settings['stream.max-ahead'] / 1000,
  };
}

/** HTTP leaves file descriptors for encoders. */
export function httpLimitsOf(settings: Settings, log: Logger): HttpLimits {
  const wanted = settings['http.max-connections'];
  const limit = descriptorLimit();
  const maxConnections = connectionsWithin(limit, wanted, settings['rtmp.max-connections']);
  if (maxConnections < Math.min(wanted, FEW_CONNECTIONS)) {
    log.warn(
      { limit, wanted, maxConnections },
      'http.max-connections is lowered: the process may not open that many files; raise the limit (ulimit -n, LimitNOFILE)',
    );
  }
  return {
    maxConnections,
    maxConnectionsPerAddress: settings['http.max-connections-per-address'],
    maxWebSockets: settings['http.max-websockets'],
    maxWebSocketsPerAddress: settings['http.max-websockets-per-address'],
    maxHeldPerAddress: settings['http.max-held-per-address'],
    maxHandshakes: settings['tls.max-handshakes'],
    maxHandshakesPerAddress: settings['tls.max-handshakes-per-address'],
    exempt: new NetworkList(settings['http.exempt-networks'].join(',')),
    proxies: trustedProxiesOf(settings),
    hasProxyHeaders: settings['http.proxy-protocol'] === 'on',
  };
}

export function trustedProxiesOf(settings: Settings): TrustedProxies {
  return new TrustedProxies({ networks: settings['proxies.trusted'], header: settings['proxies.header'] });
}

export function viewerLimitsOf(settings: Settings): ViewerLimits {
  return { inAll: settings['http.max-viewers'], ofStream: settings['stream.max-viewers'] };
}

export function rtmpLimitsOf(settings: Settings): Partial<RtmpLimits> {
  return {
    maxMessageBytes: settings['rtmp.max-message'],
    maxChunkStreams: settings['rtmp.max-chunk-streams'],
    maxAssemblingBytes: settings['rtmp.max-assembling'],
    maxBytesBeforePublish: settings['rtmp.max-before-publish'],
    maxDataBytes: settings['rtmp.max-metadata'],
    maxAmfDepth: settings['rtmp.max-amf-depth'],
    maxAmfNodes: settings['rtmp.max-amf-values'],
    maxAmfStringBytes: settings['rtmp.max-amf-text'],
  };
}

export function ingestLimitsOf(settings: Settings): IngestLimits {
  return {
    ...DEFAULT_INGEST_LIMITS,
    publishDeadlineMs: settings['rtmp.publish-deadline'],
    silenceMs: settings['rtmp.silence'],
    maxConnections: settings['rtmp.max-connections'],
    maxConnectionsPerAddress: settings['rtmp.max-connections-per-address'],
    maxUnreadBytes: settings['rtmp.max-unread'],
    keyFrameWaitMs: settings['rtmp.key-frame-wait'],
    maxBytesBeforeKeyFrame: settings['rtmp.max-before-key-frame'],
    maxBitsPerSecond: settings['rtmp.max-bitrate'],
    mediaWaitMs: settings['rtmp.media-wait'],
    maxPublishesPerMinute: settings['rtmp.max-publishes-per-minute'],
    maxTlsHandshakes: settings['rtmps.max-handshakes'],
    maxTlsHandshakesPerAddress: settings['rtmps.max-handshakes-per-address'],
  };
}

/** Limits of streams, and when a publisher may replace another one. */
export function streamRulesOf(
  settings: Settings,
): Pick<StreamRegistryOptions, 'graceMs' | 'takeover' | 'maxStreamBytes' | 'maxStreams' | 'maxTests'> {
  return {
    graceMs: settings['stream.grace'],
    takeover: settings['stream.takeover'],
    maxStreamBytes: settings['hls.max-memory'],
    maxStreams: settings['stream.max-streams'],
    maxTests: settings['stream.max-tests'],
  };
}

/** The sources of publish keys. */
export function keySourcesOf(settings: Settings): KeySources {
  return { list: settings['keys.list'], file: settings['keys.file'] };
}

/** Certificates of further authorities, in PEM. Throws GatewayError for a file that cannot be used. */
export function authoritiesOf(settings: Settings): string | undefined {
  const file = settings['tls.ca'];
  if (file === '') return undefined;
  let fault = 'it holds no certificate in PEM';
  try {
    const text = readFileSync(file, 'utf8');
    if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  } catch (error) {
    fault = `it cannot be read: ${fileFault(error)}`;
  }
  throw new GatewayError('config', 'bad_certificate', `tls.ca ${file}: ${fault}`);
}

export function callbackOptionsOf(
  settings: Settings,
): Omit<CallbackOptions, 'clock' | 'log' | 'events' | 'authorities'> {
  return {
    publishUrl: settings['auth.publish-url'],
    publishDoneUrl: settings['auth.publish-done-url'],
    playUrl: settings['auth.play-url'],
    format: settings['auth.format'],
    secret: settings['auth.secret'],
    timeoutMs: settings['auth.timeout'],
    cacheMs: settings['auth.cache'],
  };
}

/** Who may watch, and what verifies tokens. */
export function playbackRulesOf(settings: Settings): PlaybackRules {
  return {
    access: settings['playback.access'],
    streams: settings['playback.streams'],
    secrets: settings['playback.secrets'],
    jwt: {
      secret: settings['playback.jwt-secret'],
      key: settings['playback.jwt-key'],
      jwks: settings['playback.jwt-jwks'],
      audience: settings['playback.jwt-audience'],
      issuer: settings['playback.jwt-issuer'],
    },
    asksBackend: settings['auth.play-url'] !== '',
    passwordLifetimeMs: settings['playback.password-lifetime'],
  };
}

/** The account of all media. */
export function mediaMemoryOf(settings: Settings): GatewayMemory {
  return new GatewayMemory(settings['media.max-memory'] || availableMemoryBytes() * MEDIA_MEMORY_SHARE);
}
