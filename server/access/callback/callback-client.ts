// Asks a back-end who may publish or watch. Whatever happens there is an answer: without a clear one, the answer is a refusal.

import { addressGroup } from '../../address.ts';
import type { Clock } from '../../clock.ts';
import type { EventLog } from '../../event-log.ts';
import type { FaultLog } from '../../guard.ts';
import { FIXED_LIMITS } from '../../limit-tally.ts';
import { PostFault, type PostFaultKind, post } from '../../outbound/http-post.ts';
import type { CallbackAction, CallbackAnswer, CallbackFormat, CallbackQuestion } from './callback-format.ts';

/** Requests to the back-end at the same time. Each holds a socket; further ones are refused. */
const MAX_ASKING = FIXED_LIMITS['callbacks.asking'].limit;
/** Of these about peers of one address, or one address could take all of them while the back-end is slow. */
const MAX_ASKING_PER_ADDRESS = FIXED_LIMITS['callbacks.asking-per-address'].limit;
/** The same for what it is told. */
const MAX_TELLING = 64;
/** Further ones wait, about a kilobyte each: all publications may end at once. More are lost. */
const MAX_UNTOLD = FIXED_LIMITS['callbacks.untold'].limit;
const MAX_REASON_CHARACTERS = 200;
/** Shorter texts are in any sentence, so they are not searched for. */
const LEAST_CREDENTIAL_CHARACTERS = 4;

export type CallbackClientOptions = {
  readonly format: CallbackFormat;
  readonly secret: string;
  readonly timeoutMs: number;
  readonly authorities: string | undefined;
  readonly clock: Clock;
  readonly log: FaultLog;
  /** Limits the lines that peers cause. */
  readonly events: EventLog;
};

export type FailureCode = 'callback_timeout' | 'callback_failed';
export type CallbackOutcome =
  | Exclude<CallbackAnswer, { readonly kind: 'garbage' }>
  | { readonly kind: 'failed'; readonly code: FailureCode };

/** Results by action, for metrics. */
type Result = 'allowed' | 'refused' | 'timeout' | 'failed' | 'aborted';

export class CallbackClient {
  readonly #options: CallbackClientOptions;
  readonly #totals = new Map<string, { action: CallbackAction; result: Result; count: number }>();
  #askingCount = 0;
  readonly #askingByGroup = new Map<string, number>();
  #tellingCount = 0;
  /** Messages that wait, the oldest first: each function lets one be sent. */
  readonly #untold: (() => void)[] = [];

  constructor(options: CallbackClientOptions) {
    this.#options = options;
  }

  /** Requests that wait for an answer. */
  get askingCount(): number {
    return this.#askingCount;
  }

  totals(): Iterable<{ readonly action: CallbackAction; readonly result: Result; readonly count: number }> {
    return this.#totals.values();
  }

  /** Never rejects. */
  async ask(url: string, question: CallbackQuestion, signal?: AbortSignal): Promise<CallbackOutcome> {
    const { action } = question;
    if (this.#askingCount >= MAX_ASKING)
      return this.#failed(
        url,
        action,
        'failed',
        `${MAX_ASKING} requests wait for an answer (callbacks.asking)`,
      );
    const group = addressGroup(question.address);
    const fromGroup = this.#askingByGroup.get(group) ?? 0;
    if (fromGroup >= MAX_ASKING_PER_ADDRESS) {
      const fault = `${MAX_ASKING_PER_ADDRESS} requests about one address wait for an answer (callbacks.asking-per-address)`;
      return this.#failed(url, action, 'failed', fault);
    }
    this.#askingByGroup.set(group, fromGroup + 1);
    this.#askingCount += 1;
    try {
      const answer = await this.#answerOf(url, question, signal);
      if (answer.kind === 'garbage') return this.#failed(url, action, 'failed', answer.fault);
      this.#count(action, answer.kind);
      return answer.kind === 'allowed' ? answer : { ...answer, reason: cleanReason(answer.reason, question) };
    } catch (error) {
      if (error instanceof PostFault) return this.#failed(url, action, resultOf(error.kind), error.message);
      this.#options.log.error({ err: error }, 'a callback could not be asked');
      return this.#failed(url, action, 'failed', 'the gateway itself failed');
    } finally {
      this.#askingCount -= 1;
      this.#answered(group);
    }
  }

  #answered(group: string): void {
    const left = (this.#askingByGroup.get(group) ?? 1) - 1;
    if (left > 0) this.#askingByGroup.set(group, left);
    else this.#askingByGroup.delete(group);
  }

  /** Says that an answer has no meaning, which only the caller knows. */
  reject(url: string, action: CallbackAction, fault: string): CallbackOutcome {
    return this.#failed(url, action, 'failed', fault);
  }

  /** Tells without a question, perhaps later. Never rejects. */
  async tell(url: string, question: CallbackQuestion): Promise<void> {
    if (this.#tellingCount < MAX_TELLING) this.#tellingCount += 1;
    else if (this.#untold.length < MAX_UNTOLD)
      await new Promise<void>((resolve) => void this.#untold.push(resolve));
    else {
      this.#failed(
        url,
        question.action,
        'failed',
        `${MAX_UNTOLD} messages wait to be sent (callbacks.untold)`,
      );
      return;
    }
    await this.#tellNow(url, question);
    const next = this.#untold.shift();
    if (next === undefined) this.#tellingCount -= 1;
    else next();
  }

  /** Never rejects. */
  async #tellNow(url: string, question: CallbackQuestion): Promise<void> {
    try {
      const answer = await this.#post(url, question, undefined, true);
      if (answer === undefined) return;
      if (answer.status < 400) this.#count(question.action, 'allowed');
      else this.#failed(url, question.action, 'failed', `it answered with status ${answer.status}`);
    } catch (error) {
      const fault =
        error instanceof PostFault ? error : new PostFault('unreachable', 'the gateway itself failed');
      this.#failed(url, question.action, resultOf(fault.kind), fault.message);
    }
  }

  async #answerOf(
    url: string,
    question: CallbackQuestion,
    signal: AbortSignal | undefined,
  ): Promise<CallbackAnswer> {
    const answer = await this.#post(url, question, signal, false);
    if (answer === undefined) return { kind: 'garbage', fault: 'the format has no such message' };
    return this.#options.format.answer(answer, question);
  }

  #post(url: string, question: CallbackQuestion, signal: AbortSignal | undefined, ignoresBody: boolean) {
    const { format, secret, timeoutMs, authorities, clock, log } = this.#options;
    const message = format.message(question, { secret, epochMs: clock.epochMs() });
    if (message === undefined) return undefined;
    return post({ url, ...message, deadlineMs: timeoutMs, signal, authorities, ignoresBody, log });
  }

  #failed(url: string, action: CallbackAction, result: Result, fault: string): CallbackOutcome {
    this.#count(action, result);
    const code = result === 'timeout' ? 'callback_timeout' : 'callback_failed';
    // Path and query can hold a secret of the operator, so the log has the origin only.
    const fields = { code, action, backend: new URL(url).origin, fault };
    if (result !== 'aborted') this.#options.events.writeAs(code, 'warn', fields, 'a callback gave no answer');
    return { kind: 'failed', code };
  }

  #count(action: CallbackAction, result: Result): void {
    const key = `${action} ${result}`;
    const total = this.#totals.get(key) ?? { action, result, count: 0 };
    total.count += 1;
    this.#totals.set(key, total);
  }
}

function resultOf(kind: PostFaultKind): Result {
  return kind === 'timeout' || kind === 'aborted' ? kind : 'failed';
}

/** The back-end's words for the peer, for the log too. Left out if they repeat what the peer sent: that can be a secret. */
function cleanReason(reason: string | undefined, { name, query }: CallbackQuestion): string | undefined {
  if (reason === undefined || reason.trim() === '') return undefined;
  const sent = [name, ...new URLSearchParams(query).values()];
  const repeats = sent.some((text) => text.length >= LEAST_CREDENTIAL_CHARACTERS && reason.includes(text));
  return repeats ? undefined : reason.trim().slice(0, MAX_REASON_CHARACTERS);
}
