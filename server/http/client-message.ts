// Parses the messages of clients of `/ws/v1`, which are not trusted.

import type { ErrorMessage, OperatorTopic, StatsTopic } from '../stats/stats-message.ts';

/** Topics of one stream have its name. */
export type Subject =
  | { readonly topic: StatsTopic | 'detail'; readonly name: string }
  | { readonly topic: Exclude<OperatorTopic, 'detail'>; readonly name?: undefined };

export type Subscription = Subject & { readonly op: 'sub'; readonly token?: string };

export type ParsedMessage =
  | Subscription
  | (Subject & { readonly op: 'unsub' })
  | { readonly op: 'ping'; readonly t0: number }
  | ErrorMessage;

const UNKNOWN_TOPIC: ErrorMessage = {
  op: 'error',
  code: 'unknown_topic',
  message: 'the topics are "status", "stream" and "detail" with a name, "streams" and "server"',
};

/** @returns the message, or the error to send back */
export function parseClientMessage(text: string | undefined): ParsedMessage {
  const message = parseObject(text);
  if (message === undefined)
    return { op: 'error', code: 'bad_message', message: 'a message must be a JSON object in a text frame' };
  const { op, t0, token } = message;
  if (op === 'ping' && typeof t0 === 'number' && Number.isFinite(t0)) return { op, t0 };
  if (op === 'sub' || op === 'unsub') {
    const subject = subjectOf(message);
    if (subject === undefined) return UNKNOWN_TOPIC;
    if (op === 'unsub') return { op, ...subject };
    return { op, ...subject, ...(typeof token === 'string' ? { token } : {}) };
  }
  return {
    op: 'error',
    code: 'unknown_op',
    message: 'the operations are "sub", "unsub" and "ping" with a number t0',
  };
}

function subjectOf({ topic, name }: Partial<Record<string, unknown>>): Subject | undefined {
  // `status:first` has topic and name. A name with a colon is refused as no stream name.
  const [kind, ...rest] = typeof topic === 'string' ? topic.split(':') : [];
  const inlineName = rest.join(':');
  if (kind === 'streams' || kind === 'server') return { topic: kind };
  if (kind !== 'status' && kind !== 'stream' && kind !== 'detail') return undefined;
  return { topic: kind, name: inlineName || (typeof name === 'string' ? name : '') };
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
