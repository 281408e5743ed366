// Delivery directives of a playlist request (RFC 8216bis clause 6.2.5).

import { GatewayError } from '../errors.ts';
import type { PlaylistPosition } from './playlist-waiters.ts';

/** A parsed request. */
export type DeliveryDirectives = {
  /** The request is held until the playlist has this; undefined for the current playlist. */
  readonly position: PlaylistPosition | undefined;
  /** It wants a delta update (6.2.5.1). */
  readonly wantsDelta: boolean;
};

const NO_DIRECTIVES: DeliveryDirectives = { position: undefined, wantsDelta: false };
/** A decimal integer as the playlists write them; 2^53 has 16 digits. */
const DECIMAL = /^\d{1,15}$/;
/** `v2` also skips date ranges, of which there are none. */
const SKIP_VALUES: readonly string[] = ['YES', 'v2'];

/** All viewers of a stream ask for the same position at the same time. Queries of others are longer. */
const MAX_REMEMBERED = 64;
const MAX_REMEMBERED_LENGTH = 64;
const remembered = new Map<string, DeliveryDirectives>();

/** Throws GatewayError `bad_directive` that names the invalid value. */
export function parseDeliveryDirectives(query: string): DeliveryDirectives {
  if (!query.includes('_HLS_')) return NO_DIRECTIVES;
  let directives = remembered.get(query);
  if (directives !== undefined) return directives;
  directives = parse(query);
  if (query.length > MAX_REMEMBERED_LENGTH) return directives;
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(query, directives);
  return directives;
}

function parse(query: string): DeliveryDirectives {
  const directives = new URLSearchParams(query);
  const msn = decimal(directives, '_HLS_msn');
  const part = decimal(directives, '_HLS_part');
  if (msn === undefined && part !== undefined) throw badDirective('_HLS_part needs _HLS_msn beside it');
  const skip = single(directives, '_HLS_skip', 'must be given once');
  if (skip !== undefined && !SKIP_VALUES.includes(skip)) {
    throw badDirective(`_HLS_skip must be ${SKIP_VALUES.join(' or ')}`);
  }
  return { position: msn === undefined ? undefined : { msn, part }, wantsDelta: skip !== undefined };
}

function decimal(directives: URLSearchParams, name: string): number | undefined {
  const value = single(directives, name, 'must be one decimal number');
  if (value === undefined) return undefined;
  if (!DECIMAL.test(value)) throw badDirective(`${name} must be one decimal number`);
  return Number(value);
}

function single(directives: URLSearchParams, name: string, otherwise: string): string | undefined {
  const values = directives.getAll(name);
  if (values.length > 1) throw badDirective(`${name} ${otherwise}`);
  return values[0];
}

function badDirective(message: string): GatewayError {
  return new GatewayError('invalid-data', 'bad_directive', message);
}
