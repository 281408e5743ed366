// The one error type of the gateway: a stable code for machines, a sentence for people.

/** What sort of fault it is; decides log level and HTTP status, never the wording. */
export type ErrorKind = 'invalid-data' | 'invalid-state' | 'unsupported' | 'limit' | 'timeout' | 'config';

/**
 * Thrown where a fault is found and caught once per connection, request or start-up.
 * `code` is snake_case, stable, and safe as a metric label; `message` names the offending value.
 */
export class GatewayError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;

  constructor(kind: ErrorKind, code: string, message: string) {
    super(message);
    this.name = 'GatewayError';
    this.kind = kind;
    this.code = code;
  }
}

/** Ends a `switch` over a union: a new member that is not handled fails to compile. */
export function assertNever(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
