// Asks the authorizer whether a connection may publish, at once or later, and refuses if it fails.

import type { NetworkList } from '../address.ts';
import { GatewayError } from '../errors.ts';
import { type Guard, guarded } from '../guard.ts';
import type { Authorizer, PublishAttempt, PublishVerdict } from '../live/authorizer.ts';
import { isStreamName } from '../live/stream-name.ts';
import type { Logger } from '../log.ts';
import type { PublishRequest } from '../rtmp/session.ts';
import { publishAttemptOf } from './publish-attempt.ts';
import type { PublishRate } from './publish-rate.ts';
import { asksForTest, type PublishGrant, testGrant } from './test-publish.ts';

export type PublishDecisionOptions = {
  readonly authorizer: Authorizer;
  readonly rate: PublishRate;
  readonly remoteAddress: string;
  readonly trustedNetworks: NetworkList | undefined;
  readonly log: Logger;
  readonly guard: Guard;
  /** A pending decision has arrived: do `work`, then continue reading. */
  readonly onAnswer: (work: () => void) => void;
  /** An allowed name is a valid stream name. */
  readonly onVerdict: (request: PublishRequest, verdict: PublishGrant) => void;
  /** The address of the report about a publish with `?test=1`. */
  readonly testReportUrl: (id: string) => string;
};

export class PublishDecision {
  readonly #options: PublishDecisionOptions;
  #isPending = false;
  #cancellation = new AbortController();

  constructor(options: PublishDecisionOptions) {
    this.#options = options;
  }

  /** Whether a publish request waits for the authorizer. */
  get isPending(): boolean {
    return this.#isPending;
  }

  /** The publisher has left: an authorizer that still asks somebody may stop. */
  cancel(): void {
    if (this.#isPending) this.#cancellation.abort();
  }

  ask(request: PublishRequest): void {
    const { authorizer, guard, onVerdict } = this.#options;
    const attempt = this.#attemptOf(request);
    if ('kind' in attempt) return onVerdict(request, attempt);
    let verdict: PublishVerdict | Promise<PublishVerdict>;
    try {
      verdict = authorizer.authorizePublish(attempt);
    } catch (error) {
      return onVerdict(request, this.#undecided(error));
    }
    const { query } = attempt;
    if (!('then' in verdict)) return onVerdict(request, this.#checked(verdict, query));
    this.#isPending = true;
    verdict.then(
      guarded(guard, (later: PublishVerdict) => this.#answer(request, () => this.#checked(later, query))),
      guarded(guard, (error: unknown) => this.#answer(request, () => this.#undecided(error))),
    );
  }

  #answer(request: PublishRequest, verdict: () => PublishGrant): void {
    this.#isPending = false;
    this.#options.onAnswer(() => this.#options.onVerdict(request, verdict()));
  }

  /** Denies requests for which the authorizer is not asked. */
  #attemptOf(request: PublishRequest): PublishAttempt | PublishVerdict {
    const { rate, remoteAddress, trustedNetworks } = this.#options;
    try {
      rate.count();
      this.#cancellation = new AbortController();
      return publishAttemptOf(request, remoteAddress, trustedNetworks, this.#cancellation.signal);
    } catch (error) {
      if (error instanceof GatewayError) return denied(error.code, error.message);
      throw error;
    }
  }

  #checked(verdict: PublishVerdict, query: string): PublishGrant {
    if (verdict.kind === 'denied') return verdict;
    if (verdict.kind === 'allowed' && isStreamName(verdict.name))
      return asksForTest(query) ? testGrant(verdict, this.#options.testReportUrl) : verdict;
    return this.#undecided(new TypeError('the decision is neither a refusal nor a stream name'));
  }

  /** Refuses. Only the operator learns what went wrong. */
  #undecided(error: unknown): PublishVerdict {
    const { log, remoteAddress } = this.#options;
    log.error({ err: error, remote: remoteAddress }, 'the authorizer failed');
    const reason = 'the gateway could not decide who may publish; its log has the reason';
    return denied('authorizer_failed', reason);
  }
}

function denied(code: string, reason: string): PublishVerdict {
  return { kind: 'denied', code, reason };
}
