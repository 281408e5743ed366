// Fetches over persistent connections and measures times (RFC 8216bis 6.3.1). Never throws for a fault of the server.

import { systemClock } from '../clock.ts';

/** An answer with any status. */
export type Exchange = {
  readonly kind: 'answered';
  /** After redirects. */
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** Monotonic milliseconds: request sent, headers received, body received. */
  readonly sentMs: number;
  readonly headersMs: number;
  readonly endMs: number;
};

/** No answer: refused, reset, timed out, or a body that could not be read. */
export type Failure = {
  readonly kind: 'failed';
  readonly url: string;
  readonly reason: string;
  readonly isTimeout: boolean;
};

/** The check is over; unfinished requests are no finding. */
export type Cancelled = { readonly kind: 'cancelled'; readonly url: string };

export type Outcome = Exchange | Failure | Cancelled;

export type FetchOptions = {
  readonly timeoutMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
};

const TIMEOUT_MS = 15_000;
/** Some servers send CORS headers only to requests with an Origin. This name cannot exist (RFC 6761). */
const ORIGIN = 'https://checker.invalid';
const IDENTITY = { 'accept-encoding': 'identity' } as const;

export class HttpClient {
  /** Unfinished requests. Each has its own controller, because joined signals accumulate on the long-lived one. */
  readonly #active = new Set<AbortController>();
  #isOver = false;
  #requests = 0;
  #bytes = 0;

  get requests(): number {
    return this.#requests;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Ends current and later requests. */
  close(): void {
    this.#isOver = true;
    for (const controller of this.#active) controller.abort();
  }

  async get(url: string, options: FetchOptions = {}): Promise<Outcome> {
    if (this.#isOver) return { kind: 'cancelled', url };
    this.#requests += 1;
    const sentMs = systemClock.monotonicMs();
    const controller = new AbortController();
    this.#active.add(controller);
    const timer = setTimeout(() => controller.abort(), options.timeoutMs ?? TIMEOUT_MS);
    try {
      const headers = { origin: ORIGIN, ...IDENTITY, ...options.headers };
      const response = await fetch(url, { headers, signal: controller.signal });
      const headersMs = systemClock.monotonicMs();
      const bytes = Buffer.from(await response.arrayBuffer());
      this.#bytes += bytes.length;
      const { status, headers: answered } = response;
      const timing = { sentMs, headersMs, endMs: systemClock.monotonicMs() };
      return { kind: 'answered', url: response.url, status, headers: answered, bytes, ...timing };
    } catch (error) {
      if (this.#isOver) return { kind: 'cancelled', url };
      const isTimeout = controller.signal.aborted;
      const waitedMs = Math.round(systemClock.monotonicMs() - sentMs);
      return {
        kind: 'failed',
        url,
        reason: isTimeout ? `no answer within ${waitedMs} ms` : reasonOf(error),
        isTimeout,
      };
    } finally {
      clearTimeout(timer);
      this.#active.delete(controller);
    }
  }
}

/** fetch reports only a failure; the cause has the reason. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0].message;
  return cause instanceof Error ? cause.message : error.message;
}
