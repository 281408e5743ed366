// Parses the messages of `WS /ws/v1`. The server is trusted, but it may be newer than this page: unknown messages are
// dropped.
import type { OperatorClientMessage, OperatorMessage } from '../../server/stats/operator-message.ts';
import type {
  EndReason,
  ServerMessage,
  StatusMessage,
  StreamState,
  ClientMessage as ViewerMessage,
} from '../../server/stats/stats-message.ts';

/** Every message of the gateway, and every message of a client. */
export type LiveMessage = ServerMessage | OperatorMessage;
export type ClientMessage = ViewerMessage | OperatorClientMessage;

const STATES: Readonly<Record<StreamState, true>> = {
  offline: true,
  connecting: true,
  starting: true,
  live: true,
  stalled: true,
  reconnecting: true,
  ended: true,
};

const REASONS: Readonly<Record<EndReason['kind'], true>> = {
  stopped: true,
  lost: true,
  refused: true,
  replaced: true,
  draining: true,
};

type Parsed = Readonly<Record<string, unknown>>;

const hasName = ({ name }: Parsed): boolean => typeof name === 'string';

/** Whether a message has the parts without which it cannot be used. */
const CHECKS: Readonly<Record<LiveMessage['op'], (message: Parsed) => boolean>> = {
  hello: ({ v }) => v === 1,
  pong: (message) => areNumbers(message, ['t0', 't1', 't2']),
  status: isStatus,
  tick: (message) => isObject(message['d']) && hasName(message),
  error: ({ code }) => typeof code === 'string',
  bye: (message) => areNumbers(message, ['retryMs']),
  streams: ({ streams }) => Array.isArray(streams),
  snapshot: (message) =>
    hasName(message) && ['card', 'health', 'recent', 'hour'].every((key) => isObject(message[key])),
  detail: (message) => hasName(message) && ['card', 'd'].every((key) => isObject(message[key])),
  segment: (message) => hasName(message) && isObject(message['segment']),
  issue: (message) => hasName(message) && isObject(message['issue']),
  event: (message) => hasName(message) && isObject(message['event']),
  viewers: (message) => hasName(message) && Array.isArray(message['viewers']),
  serverSnapshot: (message) => ['recent', 'hour'].every((key) => isObject(message[key])),
  server: ({ d }) => isObject(d),
  rejected: ({ rejected }) => isObject(rejected),
};

/** One message, or undefined when this page does not know it. */
export function parseMessage(data: unknown): LiveMessage | undefined {
  const message = parseObject(data);
  const op = String(message?.['op']);
  if (message === undefined || !Object.hasOwn(CHECKS, op)) return undefined;
  if (!CHECKS[op as LiveMessage['op']](message)) return undefined;
  return op === 'status' ? asStatus(message) : (message as LiveMessage);
}

/** The code of a refusal of access in an answer of the API (RFC 9457); undefined for anything else. */
export function denialIn(body: unknown): string | undefined {
  return isObject(body) && isDenial(body['code']) ? body['code'] : undefined;
}

/** Whether a code says that the token of a signed stream is missing or not valid. */
export function isDenial(code: unknown): code is string {
  return (
    typeof code === 'string' && code.startsWith('playback_token_') && code !== 'playback_token_unchecked'
  );
}

/** The answer of `GET /api/v1/streams/:name` as a status message, and the server's clock. */
export function parseStreamDetail(
  body: unknown,
): { readonly status: StatusMessage; readonly serverTime: number | undefined } | undefined {
  if (!isObject(body)) return undefined;
  const { since, serverTime } = body;
  const status = asStatus({ ...body, op: 'status', since: Date.parse(String(since)) });
  if (status === undefined) return undefined;
  return { status, serverTime: typeof serverTime === 'number' ? serverTime : undefined };
}

/** An unknown reason of a later version is left out: the state is still correct. */
function asStatus(message: Readonly<Record<string, unknown>>): StatusMessage | undefined {
  if (!isStatus(message)) return undefined;
  const { reason, ...rest } = message;
  const isKnown = isObject(reason) && Object.hasOwn(REASONS, String(reason['kind']));
  return (isKnown ? message : rest) as StatusMessage;
}

function isStatus(message: Readonly<Record<string, unknown>>): boolean {
  const { name, state, hls } = message;
  return (
    typeof name === 'string' &&
    typeof state === 'string' &&
    Object.hasOwn(STATES, state) &&
    typeof hls === 'string' &&
    areNumbers(message, ['since', 'viewers'])
  );
}

function areNumbers(message: Readonly<Record<string, unknown>>, keys: readonly string[]): boolean {
  return keys.every((key) => Number.isFinite(message[key]));
}

function parseObject(data: unknown): Record<string, unknown> | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(data);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
