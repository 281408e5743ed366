// Why a publication ended, as its viewers are told: from the code and the message of the connection's end.

import type { ErrorCode } from '../errors.ts';
import type { EndReason } from '../live/stream-state.ts';

/** The connection ended without a word of the publisher. */
const LOST_CODES: ReadonlySet<string> = new Set<ErrorCode>([
  'peer_closed',
  'socket_error',
  'publisher_silent',
]);

/** `code` and `message` are those of the log line; every code that is not known here is the gateway's refusal. */
export function endReasonOf(code: string, message: string): EndReason {
  if (code === 'unpublished') return { kind: 'stopped' };
  if (code === 'replaced') return { kind: 'replaced' };
  if (code === 'shutting_down') return { kind: 'draining' };
  if (LOST_CODES.has(code)) return { kind: 'lost' };
  return { kind: 'refused', code, detail: message };
}
