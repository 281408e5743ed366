// Checks settings against each other. Combinations that cannot work are refused at start, with the least value that works.

import { GatewayError } from '../errors.ts';
import { hookFault } from './hook-relations.ts';
import { SETTINGS, type SettingPath, type Settings } from './table.ts';

/** The smallest stream: sound alone, at a bitrate for speech. */
const LEAST_BITS_PER_SECOND = 64_000;
/** TARGETDURATION is twice hls.segment, and a playlist lists three of it (RFC 8216bis clause 6.2.2). */
const LEAST_WINDOW_SEGMENTS = 6;

type Relation = (settings: Settings) => string | undefined;

const RELATIONS: readonly Relation[] = [
  portsAreApart,
  (settings) =>
    settings['rtmp.max-assembling'] >= settings['rtmp.max-message']
      ? undefined
      : `${written('rtmp.max-assembling', settings)} is too small for a message of ${written('rtmp.max-message', settings)}: ` +
        `set rtmp.max-assembling to ${SETTINGS['rtmp.max-message'].show(settings['rtmp.max-message'])} or more, or lower rtmp.max-message`,
  (settings) =>
    2 * settings['hls.part'] <= settings['hls.segment']
      ? undefined
      : `${written('hls.part', settings)} is more than half of ${written('hls.segment', settings)}, so parts would ` +
        `save no latency: set hls.part to ${SETTINGS['hls.part'].show(Math.floor(settings['hls.segment'] / 2))} or less`,
  holdIsLongerThanPart,
  holdBackIsInWindow,
  memoryHoldsDvr,
  hookFault,
  jwtHasOneSource,
  ({ 'proxies.trusted': trusted, ...settings }) => {
    const path = (['rtmp.proxy-protocol', 'http.proxy-protocol'] as const).find(
      (each) => settings[each] === 'on',
    );
    return path === undefined || trusted.length > 0
      ? undefined
      : `${path} is on, and proxies.trusted is empty, so no connection would have a PROXY header: list your proxies in proxies.trusted`;
  },
];

/** Throws GatewayError for the first pair that cannot work together. */
export function checkRelations(settings: Settings): void {
  for (const relation of RELATIONS) {
    const fault = relation(settings);
    if (fault !== undefined) throw new GatewayError('config', 'bad_setting', fault);
  }
}

/** `hls.part 500ms`. */
function written<Path extends SettingPath>(path: Path, settings: Settings): string {
  const setting = SETTINGS[path] as { readonly show: (value: Settings[Path]) => string };
  return `${path} ${setting.show(settings[path])}`;
}

function portsAreApart(settings: Settings): string | undefined {
  const hasTls = settings['tls.certificate'] !== '';
  const listeners = [
    { path: 'rtmp.port', host: settings['rtmp.host'], isOpen: true },
    { path: 'rtmps.port', host: settings['rtmp.host'], isOpen: hasTls },
    { path: 'http.port', host: settings['http.host'], isOpen: true },
    { path: 'https.port', host: settings['http.host'], isOpen: hasTls },
  ] as const;
  const open = listeners.filter(({ path, isOpen }) => isOpen && settings[path] !== 0);
  for (const [at, one] of open.entries()) {
    const other = open
      .slice(at + 1)
      .find(({ path, host }) => settings[path] === settings[one.path] && overlap(host, one.host));
    if (other !== undefined)
      return `${one.path} and ${other.path} are both ${settings[one.path]}; set different ports`;
  }
  return undefined;
}

function overlap(one: string, other: string): boolean {
  return one === other || [one, other].some((host) => ['', '0.0.0.0', '::'].includes(host));
}

function holdIsLongerThanPart(settings: Settings): string | undefined {
  if (settings['hls.hold'] >= settings['hls.part']) return undefined;
  const least = SETTINGS['hls.hold'].show(settings['hls.part']);
  return (
    `${written('hls.hold', settings)} ends every request before its part (${written('hls.part', settings)}) ` +
    `exists: set hls.hold to ${least} or more`
  );
}

/** A player that is further behind than the playlist reaches has nothing to play. */
function holdBackIsInWindow(settings: Settings): string | undefined {
  const listedMs = Math.max(
    settings['hls.window'],
    settings['hls.dvr'],
    LEAST_WINDOW_SEGMENTS * settings['hls.segment'],
  );
  const behindMs = settings['hls.hold-back'] * settings['hls.part'];
  if (behindMs <= listedMs) return undefined;
  return (
    `${written('hls.hold-back', settings)} with ${written('hls.part', settings)} keeps players ${behindMs / 1000} s behind live, ` +
    `but the playlist lists only ${listedMs / 1000} s: set hls.window to ${SETTINGS['hls.window'].show(behindMs)} or more`
  );
}

function memoryHoldsDvr(settings: Settings): string | undefined {
  const least = Math.ceil(((settings['hls.dvr'] / 1000) * LEAST_BITS_PER_SECOND) / 8);
  if (settings['hls.max-memory'] >= least) return undefined;
  const leastMib = Math.ceil(least / (1024 * 1024));
  return (
    `${written('hls.dvr', settings)} does not fit into ${written('hls.max-memory', settings)}: even sound alone ` +
    `(64 kbit/s) takes ${leastMib}MiB; set hls.max-memory to what your streams need`
  );
}

/** Two sets of public keys would both be trusted for one algorithm, and nobody could say which one has signed. */
function jwtHasOneSource(settings: Settings): string | undefined {
  const [key, jwks] = [settings['playback.jwt-key'], settings['playback.jwt-jwks']];
  if (key !== '' && jwks !== '')
    return `playback.jwt-key ${key} and playback.jwt-jwks are both set; use one of them`;
  if (key !== '' || jwks !== '' || settings['playback.jwt-secret'] !== '') return undefined;
  const claim = (['playback.jwt-audience', 'playback.jwt-issuer'] as const).find(
    (path) => settings[path] !== '',
  );
  return claim === undefined
    ? undefined
    : `${claim} ${settings[claim]} is set, but nothing verifies JWTs: set playback.jwt-secret, playback.jwt-key or playback.jwt-jwks too`;
}
