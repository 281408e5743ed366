// The reason of a publication's end for viewers, from the code and the message of the connection's end.

import type { ErrorCode, ErrorValues } from '../errors.ts';
import type { EndReason } from '../live/stream-state.ts';

/** The connection ended without an end of the publication. */
const LOST_CODES: ReadonlySet<string> = new Set<ErrorCode>([
  'peer_closed',
  'socket_error',
  'publisher_silent',
]);

/** `code` and `message` are those of the log line, `values` are in the message. Every other code is a refusal by the gateway. */
export function endReasonOf(code: string, message: string, values?: ErrorValues): EndReason {
  if (code === 'unpublished') return { kind: 'stopped' };
  if (code === 'replaced') return { kind: 'replaced' };
  if (code === 'shutting_down') return { kind: 'draining' };
  if (LOST_CODES.has(code)) return { kind: 'lost' };
  return { kind: 'refused', code, detail: message, ...(values === undefined ? {} : { values }) };
}
