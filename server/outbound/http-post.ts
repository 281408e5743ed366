// Posts to another server over HTTP or HTTPS: one request on one connection, with a deadline and a limit for the answer. It follows
// no redirect, and no socket is left when it settles.

import {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http';
import { type FaultLog, guarded } from '../guard.ts';

/** An answer has some hundred bytes; a page with an error has some thousand. */
const MAX_ANSWER_BYTES = 64 * 1024;

export type PostRequest = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** For everything: name lookup, connection, handshake, request and answer. */
  readonly deadlineMs: number;
  /** Ends the request. */
  readonly signal?: AbortSignal | undefined;
  /** Certificates of further authorities, in PEM. The server's certificate is always verified. */
  readonly authorities?: string | undefined;
  /** Only the status counts: a body that is too long or too slow is cut off. */
  readonly ignoresBody?: boolean;
  readonly log: FaultLog;
};

export type PostAnswer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

export type PostFaultKind = 'timeout' | 'aborted' | 'unreachable' | 'too-large';

/** Why there is no answer. The message contains neither the address nor the request. */
export class PostFault extends Error {
  readonly kind: PostFaultKind;

  constructor(kind: PostFaultKind, message: string) {
    super(message);
    this.name = 'PostFault';
    this.kind = kind;
  }
}

/** node:tls and node:https are loaded with the first address that needs them. */
function rootCertificates(): readonly string[] {
  return process.getBuiltinModule('node:tls').rootCertificates;
}

/** Rejects with PostFault. */
export function post(request: PostRequest): Promise<PostAnswer> {
  return new Promise((resolve, reject) => {
    const exchange = new Exchange(request, resolve, reject);
    exchange.start();
  });
}

class Exchange {
  readonly #request: PostRequest;
  readonly #resolve: (answer: PostAnswer) => void;
  readonly #reject: (fault: PostFault) => void;
  readonly #guard = {
    log: { error: (...args: Parameters<FaultLog['error']>): void => this.#request.log.error(...args) },
    close: (): void => this.#fail('unreachable', 'the gateway failed while it asked; its log has the reason'),
  };
  readonly #onAbort = guarded(this.#guard, () => this.#fail('aborted', 'the request was given up'));
  #client: ClientRequest | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #response: IncomingMessage | undefined;
  readonly #chunks: Buffer[] = [];
  #receivedBytes = 0;
  #isSettled = false;

  constructor(
    request: PostRequest,
    resolve: (answer: PostAnswer) => void,
    reject: (fault: PostFault) => void,
  ) {
    this.#request = request;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(): void {
    const { signal, deadlineMs } = this.#request;
    if (signal?.aborted === true) return this.#onAbort();
    signal?.addEventListener('abort', this.#onAbort);
    const onDeadline = guarded(this.#guard, () =>
      this.#cut('timeout', `no answer within ${deadlineMs / 1_000} s`),
    );
    this.#deadline = setTimeout(onDeadline, deadlineMs);
    try {
      this.#client = this.#send();
    } catch {
      // Node refuses the address or a header; its message may quote them.
      this.#fail('unreachable', 'the request cannot be made; check the address in the settings');
    }
  }

  #send(): ClientRequest {
    const { url, headers, body, authorities } = this.#request;
    const isTls = new URL(url).protocol === 'https:';
    const options = {
      method: 'POST',
      // One connection for each request, which closes with it.
      agent: false as const,
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)), 'user-agent': 'sluice' },
      ...(isTls && authorities !== undefined ? { ca: [...rootCertificates(), authorities] } : {}),
    };
    const client = isTls
      ? process.getBuiltinModule('node:https').request(url, options)
      : requestHttp(url, options);
    client.on(
      'response',
      guarded(this.#guard, (response: IncomingMessage) => this.#receive(response)),
    );
    client.on(
      'error',
      guarded(this.#guard, (error: NodeJS.ErrnoException) => this.#cut('unreachable', wordsOf(error))),
    );
    client.on(
      'close',
      guarded(this.#guard, () =>
        this.#cut('unreachable', 'the connection was closed before the answer was complete'),
      ),
    );
    client.end(body);
    return client;
  }

  #receive(response: IncomingMessage): void {
    this.#response = response;
    response.on(
      'data',
      guarded(this.#guard, (bytes: Buffer) => this.#keep(bytes)),
    );
    response.on(
      'end',
      guarded(this.#guard, () => this.#succeed(response)),
    );
    response.on(
      'error',
      guarded(this.#guard, (error: NodeJS.ErrnoException) => this.#cut('unreachable', wordsOf(error))),
    );
  }

  #keep(bytes: Buffer): void {
    this.#receivedBytes += bytes.length;
    if (this.#receivedBytes > MAX_ANSWER_BYTES)
      this.#cut('too-large', `the answer has more than ${MAX_ANSWER_BYTES} bytes`);
    else if (this.#request.ignoresBody !== true) this.#chunks.push(bytes);
  }

  /** The exchange ends before the body does. */
  #cut(kind: PostFaultKind, message: string): void {
    if (this.#request.ignoresBody === true && this.#response !== undefined) this.#succeed(this.#response);
    else this.#fail(kind, message);
  }

  #succeed({ statusCode = 0, headers }: IncomingMessage): void {
    if (!this.#settle()) return;
    this.#resolve({ status: statusCode, headers, body: Buffer.concat(this.#chunks).toString('utf8') });
  }

  #fail(kind: PostFaultKind, message: string): void {
    if (this.#settle()) this.#reject(new PostFault(kind, message));
  }

  #settle(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    clearTimeout(this.#deadline);
    this.#request.signal?.removeEventListener('abort', this.#onAbort);
    this.#client?.destroy();
    return true;
  }
}

/** The code of the system or of TLS says what is wrong. Messages of Node can contain addresses. */
function wordsOf({ code }: NodeJS.ErrnoException): string {
  return `the connection failed (${code ?? 'no code'})`;
}
