// Asks the operator's back-end whether a viewer may watch (`auth.play-url`), and keeps its answers for a while. It fails closed.

import type { Clock } from '../clock.ts';
import { newMessageId } from '../outbound/webhook-signature.ts';
import { AnswerCache } from './callback/answer-cache.ts';
import type { CallbackClient, CallbackOutcome, FailureCode } from './callback/callback-client.ts';
import type { CallbackQuestion } from './callback/callback-format.ts';

/** A back-end that fails is asked again after this time at most. */
const FAILED_CACHE_MS = 1_000;
/** RFC 8216bis clause 6.2.5: `_HLS_msn` and others differ in each request of a viewer. */
const DELIVERY_DIRECTIVE = /^_HLS_/;
/** Headers and queries that are longer are cut: no back-end needs them, and each is sent on. */
const MAX_TEXT_CHARACTERS = 4_096;

const FAILURES: Readonly<Record<FailureCode, string>> = {
  callback_timeout: 'the server that decides who may watch did not answer in time; try again',
  callback_failed: 'the server that decides who may watch gave no usable answer; try again later',
};

/** One viewer who wants to watch. Texts may be empty. */
export type PlayAttempt = {
  /** The public name of the stream. */
  readonly name: string;
  /** Of the request for the playlist, without the question mark: tokens are in here. */
  readonly query: string;
  readonly address: string;
  readonly userAgent: string;
  /** The page that plays, such as the Referer header. */
  readonly pageUrl: string;
  /** The scheme, host and port that the viewer used, such as `https://live.example.org`. */
  readonly base: string;
};

/** `callback_refused`, `callback_timeout` or `callback_failed`. */
export type PlayRefusalCode = FailureCode | 'callback_refused';

export type PlayVerdict =
  /** Until when, milliseconds since the Unix epoch; undefined if the back-end did not say. */
  | { readonly kind: 'allowed'; readonly until: number | undefined }
  | {
      readonly kind: 'denied';
      readonly code: PlayRefusalCode;
      /** A sentence for the viewer. */
      readonly reason: string;
      /** The back-end wants a user name and a password: 401 instead of 403. */
      readonly asksCredentials: boolean;
    };

export type PlayCallbackOptions = {
  readonly client: CallbackClient;
  readonly url: string;
  readonly cacheMs: number;
  readonly clock: Clock;
};

export class PlayCallback {
  readonly #options: PlayCallbackOptions;
  readonly #answers: AnswerCache<PlayVerdict>;
  /** Questions that wait for their answer: requests of one viewer at the same time are one question. */
  readonly #asking = new Map<string, Promise<PlayVerdict>>();

  constructor(options: PlayCallbackOptions) {
    this.#options = options;
    this.#answers = new AnswerCache(options.clock);
  }

  /** At once if the answer is known. Never rejects. */
  check(attempt: PlayAttempt): PlayVerdict | Promise<PlayVerdict> {
    const question = questionOf(attempt);
    const { name, query, address, userAgent, pageUrl } = question;
    const key = this.#answers.keyOf(name, query, address, userAgent, pageUrl);
    const known = this.#answers.get(key) ?? this.#asking.get(key);
    if (known !== undefined) return known;
    const asked = this.#ask(question, key);
    this.#asking.set(key, asked);
    return asked;
  }

  async #ask(question: CallbackQuestion, key: string): Promise<PlayVerdict> {
    const { client, url, cacheMs, clock } = this.#options;
    const outcome = this.#checked(await client.ask(url, question), question);
    this.#asking.delete(key);
    if (outcome.kind === 'allowed') {
      const { lifetimeMs } = outcome;
      const until = lifetimeMs === undefined ? undefined : clock.epochMs() + lifetimeMs;
      const verdict: PlayVerdict = { kind: 'allowed', until };
      this.#answers.set(key, verdict, lifetimeMs ?? cacheMs);
      return verdict;
    }
    const verdict = denial(outcome);
    this.#answers.set(key, verdict, outcome.kind === 'failed' ? Math.min(cacheMs, FAILED_CACHE_MS) : cacheMs);
    return verdict;
  }

  /** Playlists are relative to their address, so a viewer cannot be sent to another stream. */
  #checked(outcome: CallbackOutcome, { name }: CallbackQuestion): CallbackOutcome {
    if (outcome.kind !== 'allowed' || outcome.name === undefined || outcome.name === name) return outcome;
    const { client, url } = this.#options;
    return client.reject(url, 'play', 'it gave the stream another name, which is possible for encoders only');
  }
}

function denial(outcome: Exclude<CallbackOutcome, { readonly kind: 'allowed' }>): PlayVerdict {
  if (outcome.kind === 'failed')
    return { kind: 'denied', code: outcome.code, reason: FAILURES[outcome.code], asksCredentials: false };
  const words = outcome.reason === undefined ? '' : `: ${outcome.reason}`;
  const reason = `the operator's server does not let you watch this stream${words}`;
  return {
    kind: 'denied',
    code: 'callback_refused',
    reason,
    asksCredentials: outcome.asksCredentials === true,
  };
}

function questionOf(attempt: PlayAttempt): CallbackQuestion {
  const parameters = new URLSearchParams(cut(attempt.query));
  for (const name of [...parameters.keys()]) if (DELIVERY_DIRECTIVE.test(name)) parameters.delete(name);
  return {
    action: 'play',
    id: newMessageId().slice('msg_'.length),
    app: 'live',
    name: attempt.name,
    query: parameters.toString(),
    address: attempt.address,
    userAgent: cut(attempt.userAgent),
    base: attempt.base,
    tcUrl: '',
    pageUrl: cut(attempt.pageUrl),
  };
}

function cut(text: string): string {
  return text.slice(0, MAX_TEXT_CHARACTERS);
}
