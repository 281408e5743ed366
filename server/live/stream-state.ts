// Where a stream is in its life, and why its last publisher is gone. Pages are told the same words.

/** The server is the only source of truth. */
export type StreamState =
  | 'offline' // nobody publishes this name
  | 'connecting' // a publisher was accepted, no media yet
  | 'starting' // media arrives, nothing playable yet
  | 'live' // playable
  | 'stalled' // the publisher is connected but silent
  | 'reconnecting' // the publisher is gone, its place is held
  | 'ended'; // the stream is over; its playlist carries ENDLIST

/**
 * Why the last publisher of a stream is gone. `stopped`: it ended its publication; `lost`: its connection ended without a
 * word; `refused`: the gateway ended it, `detail` says why; `replaced`: another publisher of the same name came;
 * `draining`: the gateway stops.
 */
export type EndReason =
  | { readonly kind: 'stopped' | 'lost' | 'replaced' | 'draining' }
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string };
