// The states of a server session and the allowed transitions.

/**
 * - `handshaking`: C0 to C2 are awaited.
 * - `connecting`: the first command, `connect`, is awaited.
 * - `connected`: an application is chosen, and nothing is being published.
 * - `publish-pending`: a publish request waits for a decision; further input waits.
 * - `publishing`: the only state in which media is accepted.
 * - `closed`: nothing is read or written.
 */
export type SessionState =
  | 'handshaking'
  | 'connecting'
  | 'connected'
  | 'publish-pending'
  | 'publishing'
  | 'closed';

const MOVES: Readonly<Record<SessionState, readonly SessionState[]>> = {
  handshaking: ['connecting', 'closed'],
  connecting: ['connected', 'closed'],
  connected: ['publish-pending', 'closed'],
  'publish-pending': ['publishing', 'closed'],
  publishing: ['connected', 'closed'],
  closed: [],
};

/** Whether a session may go from one state to the other. */
export function isAllowedMove(from: SessionState, to: SessionState): boolean {
  return MOVES[from].includes(to);
}

/** How far one session has come. */
export class SessionProgress {
  #state: SessionState = 'handshaking';

  get state(): SessionState {
    return this.#state;
  }

  /** A move that is not allowed is a fault of the gateway. */
  move(to: SessionState): void {
    if (!isAllowedMove(this.#state, to)) throw new Error(`no way from ${this.#state} to ${to}`);
    this.#state = to;
  }
}
