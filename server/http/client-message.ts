// Parses the messages of clients of `/ws/v1`, which are not trusted.

import type { ClientMessage, ErrorMessage } from '../stats/stats-message.ts';

/** @returns the message, or the error to send back */
export function parseClientMessage(text: string | undefined): ClientMessage | ErrorMessage {
  const message = parseObject(text);
  if (message === undefined)
    return { op: 'error', code: 'bad_message', message: 'a message must be a JSON object in a text frame' };
  const { op, topic, name, t0, token } = message;
  if (op === 'ping' && typeof t0 === 'number') return { op, t0 };
  if (op === 'sub' || op === 'unsub') {
    // `status:first` has topic and name.
    const [kind, inlineName = ''] = typeof topic === 'string' ? topic.split(':', 2) : [];
    if (kind !== 'status' && kind !== 'stream') {
      return { op: 'error', code: 'unknown_topic', message: 'the topics are "status" and "stream"' };
    }
    return {
      op,
      topic: kind,
      name: inlineName || (typeof name === 'string' ? name : ''),
      ...(op === 'sub' && typeof token === 'string' ? { token } : {}),
    };
  }
  return {
    op: 'error',
    code: 'unknown_op',
    message: 'the operations are "sub", "unsub" and "ping" with a number t0',
  };
}

function parseObject(text: string | undefined): Partial<Record<string, unknown>> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
