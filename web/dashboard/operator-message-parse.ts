// Parses the messages for operators. The gateway may be newer than this page: unknown messages are dropped.
import type { OperatorMessage } from '../../server/stats/operator-message.ts';

/** What the dashboard reads of a message for everybody. */
export type PlainMessage =
  | { readonly op: 'hello'; readonly version: string }
  | { readonly op: 'error'; readonly code: string; readonly message: string; readonly name?: string }
  | { readonly op: 'bye'; readonly retryMs: number };

type Known = Exclude<OperatorMessage['op'], 'bye'>;

/** The fields of each message that the page reads without looking. */
const OBJECTS: Readonly<Record<Known, readonly string[]>> = {
  streams: ['streams'],
  snapshot: ['card', 'health', 'recent', 'hour', 'segments', 'events', 'viewers'],
  detail: ['card', 'd'],
  segment: ['segment'],
  issue: ['issue'],
  event: ['event'],
  viewers: ['viewers'],
  serverSnapshot: ['recent', 'hour', 'rejected'],
  server: ['d'],
  rejected: ['rejected'],
};

/** One message; undefined if this page does not know it. */
export function parseOperatorMessage(data: unknown): OperatorMessage | PlainMessage | undefined {
  const message = parseObject(data);
  if (message === undefined) return undefined;
  const { op } = message;
  if (op === 'hello' || op === 'error' || op === 'bye') return message as PlainMessage;
  if (typeof op !== 'string' || !Object.hasOwn(OBJECTS, op)) return undefined;
  const needed = OBJECTS[op as Known];
  const isWhole = needed.every((key) => typeof message[key] === 'object' && message[key] !== null);
  return isWhole ? (message as OperatorMessage) : undefined;
}

function parseObject(data: unknown): Record<string, unknown> | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
