// Parses the messages of `WS /ws/v1`. The server is trusted, but it may be newer than this page: unknown messages are
// dropped.
import type {
  EndReason,
  ServerMessage,
  StatusMessage,
  StreamState,
} from '../../server/stats/stats-message.ts';

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

/** One message, or undefined when this page does not know it. */
export function parseServerMessage(data: unknown): ServerMessage | undefined {
  const message = parseObject(data);
  if (message === undefined) return undefined;
  switch (message['op']) {
    case 'hello':
      return message['v'] === 1 ? (message as ServerMessage) : undefined;
    case 'pong':
      return areNumbers(message, ['t0', 't1', 't2']) ? (message as ServerMessage) : undefined;
    case 'status':
      return asStatus(message);
    case 'tick':
      return isObject(message['d']) && typeof message['name'] === 'string'
        ? (message as ServerMessage)
        : undefined;
    case 'error':
      return typeof message['code'] === 'string' ? (message as ServerMessage) : undefined;
    default:
      return undefined;
  }
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
