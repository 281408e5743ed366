// Delivery directives of a playlist request (RFC 8216bis clause 6.2.5).

import { GatewayError } from '../errors.ts';
import type { PlaylistPosition } from '../hls/playlist-waiters.ts';

/** A decimal integer as the playlists write them; 2^53 has 16 digits. */
const DECIMAL = /^\d{1,15}$/;

/** The position that a request wants to see; undefined when it wants what there is. Throws GatewayError for nonsense. */
export function parseDeliveryDirectives(query: string): PlaylistPosition | undefined {
  if (!query.includes('_HLS_')) return undefined;
  const directives = new URLSearchParams(query);
  const msn = decimal(directives, '_HLS_msn');
  const part = decimal(directives, '_HLS_part');
  if (msn === undefined && part !== undefined) {
    throw new GatewayError('invalid-data', 'bad_directive', '_HLS_part needs _HLS_msn beside it');
  }
  return msn === undefined ? undefined : { msn, part };
}

function decimal(directives: URLSearchParams, name: string): number | undefined {
  const values = directives.getAll(name);
  if (values.length === 0) return undefined;
  const [value] = values;
  if (values.length > 1 || value === undefined || !DECIMAL.test(value)) {
    throw new GatewayError('invalid-data', 'bad_directive', `${name} must be one decimal number`);
  }
  return Number(value);
}
