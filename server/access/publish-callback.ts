// Authorizes publishers by asking the operator's back-end (`auth.publish-url`). It fails closed.

import type { MonotonicClock } from '../clock.ts';
import type { Authorizer, PublishAttempt, PublishTerms, PublishVerdict } from '../live/authorizer.ts';
import { isStreamName } from '../live/stream-name.ts';
import { newMessageId } from '../outbound/webhook-signature.ts';
import { AnswerCache } from './callback/answer-cache.ts';
import type { CallbackClient, CallbackOutcome, FailureCode } from './callback/callback-client.ts';
import type { CallbackQuestion } from './callback/callback-format.ts';
import { isMadeKey } from './key-digest.ts';

/** The base of an address if an encoder does not say which one it used. */
const UNKNOWN_BASE = 'rtmp://localhost';

const FAILURES: Readonly<Record<FailureCode, string>> = {
  callback_timeout:
    'the server that decides who may publish did not answer in time; try again, or tell the operator',
  callback_failed:
    'the server that decides who may publish gave no usable answer; the operator finds the reason in the log of the gateway',
};

export type PublishCallbackOptions = {
  readonly client: CallbackClient;
  readonly url: string;
  /** Told when a publication ends; empty for nobody. */
  readonly doneUrl: string;
  readonly cacheMs: number;
  readonly clock: MonotonicClock;
};

type Allowed = Extract<CallbackOutcome, { readonly kind: 'allowed' }>;

export class PublishCallback implements Authorizer {
  readonly isOpen = false;
  readonly #options: PublishCallbackOptions;
  /** Refusals only: a back-end counts on being asked at each start of a publication. */
  readonly #refusals: AnswerCache<PublishVerdict>;

  constructor(options: PublishCallbackOptions) {
    this.#options = options;
    this.#refusals = new AnswerCache(options.clock);
  }

  authorizePublish(attempt: PublishAttempt): PublishVerdict | Promise<PublishVerdict> {
    const key = this.#refusals.keyOf(attempt.name, attempt.query, attempt.remoteAddress);
    return this.#refusals.get(key) ?? this.#ask(attempt, key);
  }

  async #ask(attempt: PublishAttempt, cacheKey: string): Promise<PublishVerdict> {
    const { client, url, cacheMs } = this.#options;
    const question = questionOf(attempt);
    const hasLeft = (): boolean => attempt.signal?.aborted === true;
    // The back-end is not asked about a publisher that has left already, and hears nothing about its end.
    if (hasLeft()) return failure('callback_failed');
    const outcome = await client.ask(url, question, attempt.signal);
    // The back-end may have allowed a publisher that had left before its answer was here.
    if (hasLeft()) this.#tellEnd({ ...question, action: 'publish-done' });
    if (outcome.kind === 'failed') return failure(outcome.code);
    if (outcome.kind === 'allowed') return this.#allow(outcome, question);
    const words = outcome.reason === undefined ? '' : `: ${outcome.reason}`;
    const how =
      outcome.asksCredentials === true ? ' without valid credentials (user and password, or a token)' : '';
    const refusal: PublishVerdict = {
      kind: 'denied',
      code: 'callback_refused',
      reason: `the operator's server does not let this stream key publish${how}${words}`,
      ...(outcome.reason === undefined ? {} : { values: { reason: outcome.reason } }),
    };
    this.#refusals.set(cacheKey, refusal, cacheMs);
    return refusal;
  }

  #allow(
    { name: given, lifetimeMs, takeover, maxBitsPerSecond, maxViewers }: Allowed,
    question: CallbackQuestion,
  ): PublishVerdict {
    const { client, url } = this.#options;
    const name = given ?? question.name;
    const fault = nameFault(name);
    if (fault !== undefined) {
      client.reject(url, 'publish', fault);
      return failure('callback_failed');
    }
    return {
      kind: 'allowed',
      name,
      ...(takeover === undefined ? {} : { takeover }),
      ...(maxBitsPerSecond === undefined ? {} : { maxBitsPerSecond }),
      ...(maxViewers === undefined ? {} : { maxViewers }),
      ...(lifetimeMs === undefined ? {} : { revocation: this.#revocationAfter(lifetimeMs) }),
      onEnded: () => this.#tellEnd({ ...question, action: 'publish-done' }),
    };
  }

  #revocationAfter(lifetimeMs: number): NonNullable<PublishTerms['revocation']> {
    const { clock } = this.#options;
    const untilMs = clock.monotonicMs() + lifetimeMs;
    return () =>
      clock.monotonicMs() < untilMs
        ? undefined
        : `the operator's server allowed this publication for ${Math.round(lifetimeMs / 1_000)} s, which are over`;
  }

  #tellEnd(question: CallbackQuestion): void {
    const { client, doneUrl } = this.#options;
    if (doneUrl !== '') void client.tell(doneUrl, question);
  }
}

function failure(code: FailureCode): PublishVerdict {
  return { kind: 'denied', code, reason: FAILURES[code] };
}

/** Why an answered name cannot be used. It may be a key by mistake, so it is not quoted. */
function nameFault(name: string): string | undefined {
  if (!isStreamName(name)) return 'its name is not a stream name: 1 to 64 letters, digits, "-" or "_"';
  // The name is public, and a key is secret.
  if (isMadeKey(name)) return 'it allowed a secret key (sk_…) without another name, and a name is public';
  return undefined;
}

function questionOf({ name, query, remoteAddress, encoder }: PublishAttempt): CallbackQuestion {
  const { app = 'live', tcUrl = '', flashVer = '' } = encoder ?? {};
  return {
    action: 'publish',
    id: newMessageId().slice('msg_'.length),
    app,
    name,
    query,
    address: remoteAddress,
    userAgent: flashVer,
    base: /^[a-z]+:\/\/[^/?#]+/i.exec(tcUrl)?.[0] ?? UNKNOWN_BASE,
    tcUrl,
    pageUrl: '',
  };
}
