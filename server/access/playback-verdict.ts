// The answer to "may this client watch this stream": a pass, or a refusal with a code.

import type { NetworkList } from '../address.ts';
import { VIEWER_ERRORS } from '../errors/viewer-errors.ts';

/** An authentic token, with what it allows. */
export type PlaybackPass = {
  readonly kind: 'allowed';
  readonly name: string;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number;
  /** Until when the signature need not be checked again, milliseconds since the Unix epoch. */
  readonly trustedUntil: number;
  readonly network: NetworkList | undefined;
  /** Identifies one viewer, whatever the address. */
  readonly viewer: string | undefined;
};

export type PlaybackRefusalCode = Extract<keyof typeof VIEWER_ERRORS, `playback_token_${string}`>;

export type PlaybackRefusal = {
  readonly kind: 'refused';
  readonly code: PlaybackRefusalCode;
  /** What was wrong and what to do, as one sentence without a full stop. */
  readonly message: string;
};

export type PlaybackVerdict = PlaybackPass | PlaybackRefusal;

/** One object for each code, because thousands of players may be refused at once. */
export const REFUSED = {
  missing: refusal('playback_token_missing'),
  invalid: refusal('playback_token_invalid'),
  expired: refusal('playback_token_expired'),
  notYet: refusal('playback_token_not_yet'),
  wrongStream: refusal('playback_token_wrong_stream'),
  wrongNetwork: refusal('playback_token_wrong_network'),
  unchecked: refusal('playback_token_unchecked'),
} as const;

function refusal(code: PlaybackRefusalCode): PlaybackRefusal {
  const { what, remedy } = VIEWER_ERRORS[code];
  return { kind: 'refused', code, message: `${what}; ${remedy}` };
}
