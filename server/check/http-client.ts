// Fetches over kept-alive connections and says when what came (RFC 8216bis 6.3.1). Never throws for what a server does.

import { systemClock } from '../clock.ts';

/** An answer of any status. */
export type Exchange = {
  readonly kind: 'answered';
  /** After redirects. */
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** Monotonic milliseconds: request sent, headers here, body here. */
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

/** The check is over; what was still under way says nothing of the server. */
export type Cancelled = { readonly kind: 'cancelled'; readonly url: string };

export type Outcome = Exchange | Failure | Cancelled;

export type FetchOptions = {
  readonly timeoutMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
};

const TIMEOUT_MS = 15_000;
/** Some servers answer CORS headers only to those who ask as pages do; the name is one that cannot exist (RFC 6761). */
const ORIGIN = 'https://checker.invalid';
const IDENTITY = { 'accept-encoding': 'identity' } as const;

export class HttpClient {
  /** Requests under way; each has a controller of its own, for signals that are joined pile up on the one that lives. */
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

  /** Ends what is under way and whatever is asked for later. */
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

/** fetch says only that it failed; what happened is in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0].message;
  return cause instanceof Error ? cause.message : error.message;
}
