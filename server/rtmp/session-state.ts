// The states of a server session and the moves between them: who may publish, and when, is read off here.

/**
 * - `handshaking`: C0 to C2 are awaited.
 * - `connecting`: the first command, `connect`, is awaited.
 * - `connected`: an application is chosen, nothing is published: not yet, or not any more.
 * - `publish-pending`: a publish request is being decided; what arrives is held back.
 * - `publishing`: the one state in which media is taken.
 * - `closed`: nothing is read or written any more.
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
