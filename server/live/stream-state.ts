// The states of a stream, and why its last publisher left. Pages use the same words.

export type StreamState =
  | 'offline' // nobody publishes this name
  | 'connecting' // a publisher was accepted, no media yet
  | 'starting' // media arrives, nothing playable yet
  | 'live' // playable
  | 'stalled' // the publisher is connected but silent
  | 'reconnecting' // the publisher has left, its name is reserved
  | 'ended'; // the stream is over; its playlist has ENDLIST

/**
 * Why the last publisher of a stream left. `stopped`: it ended its publication; `lost`: its connection ended; `refused`: the
 * gateway ended it, `detail` says why, with `values` in it; `replaced`: another publisher took the name; `draining`: the gateway stops.
 */
export type EndReason =
  | { readonly kind: 'stopped' | 'lost' | 'replaced' | 'draining' }
  | {
      readonly kind: 'refused';
      readonly code: string;
      readonly detail: string;
      readonly values?: Readonly<Record<string, string>>;
    };
