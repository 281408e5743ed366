// Playback tokens: what they contain and how they are signed. HMAC-SHA-256 (RFC 2104), as base64url (RFC 4648 clause 5).

import { createHmac, timingSafeEqual } from 'node:crypto';
import { networkFault } from '../address.ts';
import { GatewayError } from '../errors.ts';

/** The first byte of a token. A later form gets another one. */
const VERSION = 1;
/** The version, and the expiry in seconds since the Unix epoch (four bytes, the highest first). */
const HEAD_BYTES = 5;
const MAC_BYTES = 32;
const MAX_EXPIRY_S = 0xffff_ffff;
/** In the year 2106, milliseconds since the Unix epoch. */
export const LATEST_EXPIRY_MS = MAX_EXPIRY_S * 1000;
/** The longest name, network and viewer together, and the MAC. */
const MAX_TOKEN_CHARACTERS = 400;
const BASE64URL = /^[A-Za-z0-9_-]+$/;
/** The text between expiry and MAC: `show network=192.0.2.0/24 viewer=ann`. */
const BODY =
  /^(?<name>[A-Za-z0-9_-]{1,64})(?: network=(?<network>[0-9A-Fa-f.:/]{2,49}))?(?: viewer=(?<viewer>[A-Za-z0-9._@-]{1,64}))?$/;

/** What a token allows. */
export type PlaybackTerms = {
  /** The name of the stream. */
  readonly name: string;
  /** Milliseconds since the Unix epoch; whole seconds count. */
  readonly expiresAt: number;
  /** A CIDR block or an address; any address if absent. */
  readonly network?: string | undefined;
  /** Identifies one viewer: up to 64 letters, digits, `.`, `_`, `@` or `-`. */
  readonly viewer?: string | undefined;
};

/** Throws GatewayError `bad_playback_token` if the terms cannot be written. */
export function writePlaybackToken(secret: string, terms: PlaybackTerms): string {
  const expiryS = Math.floor(terms.expiresAt / 1000);
  if (!(expiryS > 0 && expiryS <= MAX_EXPIRY_S))
    throw bad(`it cannot expire at ${terms.expiresAt}; use milliseconds since 1970, before the year 2106`);
  const { network, viewer } = terms;
  const fault = network === undefined ? undefined : networkFault(network);
  if (fault !== undefined) throw bad(fault);
  const text = `${terms.name}${network === undefined ? '' : ` network=${network}`}${viewer === undefined ? '' : ` viewer=${viewer}`}`;
  if (!BODY.test(text))
    throw bad(
      `"${text}" is not a stream name with an optional network and viewer; a viewer is 1 to 64 letters, digits, ".", "_", "@" or "-"`,
    );
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt8(VERSION, 0);
  head.writeUInt32BE(expiryS, 1);
  const signed = Buffer.concat([head, Buffer.from(text, 'latin1')]);
  return Buffer.concat([signed, macOf(secret, signed)]).toString('base64url');
}

/**
 * What a token says, if one of the secrets has signed it; undefined for any other text. Nothing is said about a token that is not
 * authentic, so that nobody learns how to forge one.
 */
export function readPlaybackToken(token: string, secrets: readonly string[]): PlaybackTerms | undefined {
  if (token.length > MAX_TOKEN_CHARACTERS || !BASE64URL.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  // The last character has unused bits: other texts of the same bytes are refused.
  if (bytes.length <= HEAD_BYTES + MAC_BYTES || bytes.toString('base64url') !== token) return undefined;
  const signed = bytes.subarray(0, -MAC_BYTES);
  const mac = bytes.subarray(-MAC_BYTES);
  // All secrets are tried, so that the time does not show which one has signed.
  const isAuthentic = secrets.reduce(
    (found, secret) => timingSafeEqual(macOf(secret, signed), mac) || found,
    false,
  );
  if (!isAuthentic || signed[0] !== VERSION) return undefined;
  const { name, network, viewer } = BODY.exec(signed.toString('latin1', HEAD_BYTES))?.groups ?? {};
  if (name === undefined || (network !== undefined && networkFault(network) !== undefined)) return undefined;
  return { name, expiresAt: signed.readUInt32BE(1) * 1000, network, viewer };
}

function macOf(secret: string, signed: Buffer): Buffer {
  return createHmac('sha256', secret).update(signed).digest();
}

function bad(what: string): GatewayError {
  return new GatewayError('config', 'bad_playback_token', `a playback token cannot be made: ${what}`);
}
