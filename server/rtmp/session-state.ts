// The states of a server session and the moves between them: who may publish, and when, is read off here.

/**
 * - `handshaking`: C0 to C2 are awaited.
 * - `connecting`: the first command, `connect`, is awaited.
 * - `connected`: an application is chosen, nothing is published.
 * - `publish-pending`: a publish request is being decided; what arrives is held back.
 * - `publishing`: the one state in which media is taken.
 * - `unpublished`: the publisher has ended its stream; this connection publishes no more.
 * - `closed`: nothing is read or written any more.
 */
export type SessionState =
  | 'handshaking'
  | 'connecting'
  | 'connected'
  | 'publish-pending'
  | 'publishing'
  | 'unpublished'
  | 'closed';

const MOVES: Readonly<Record<SessionState, readonly SessionState[]>> = {
  handshaking: ['connecting', 'closed'],
  connecting: ['connected', 'closed'],
  connected: ['publish-pending', 'closed'],
  'publish-pending': ['publishing', 'closed'],
  publishing: ['unpublished', 'closed'],
  unpublished: ['closed'],
  closed: [],
};

/** Whether a session may go from one state to the other. */
export function isAllowedMove(from: SessionState, to: SessionState): boolean {
  return MOVES[from].includes(to);
}

/** Whether the peer's bytes still count against `maxBytesBeforePublish`. */
export function isBeforePublish(state: SessionState): boolean {
  return state === 'handshaking' || state === 'connecting' || state === 'connected';
}
