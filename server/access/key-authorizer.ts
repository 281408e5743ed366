// Authorizes publishers by their key, from any address that the key allows. Without keys, and for keys that are not known here, it
// asks another authorizer.

import type { Clock } from '../clock.ts';
import type { Authorizer, PublishAttempt, PublishVerdict } from '../live/authorizer.ts';
import { isMadeKey } from './key-digest.ts';
import type { PublishKey, PublishKeys } from './publish-keys.ts';
import { SecretGuesses } from './secret-guesses.ts';

/** Pairs of address and key that published; the oldest is removed first. */
const MAX_KNOWN = 10_000;

const UNKNOWN_KEY: PublishVerdict = {
  kind: 'denied',
  code: 'unknown_key',
  reason: 'this stream key is unknown; ask the operator of the gateway for the key',
};

export type KeyAuthorizerOptions = {
  readonly keys: () => PublishKeys;
  /** Asked while there are no keys. */
  readonly withoutKeys: Authorizer;
  /** Whether `withoutKeys` decides. */
  readonly isOpen: () => boolean;
  /** Decides about keys that are not known here. Absent: they are refused. */
  readonly unknownKeys?: Authorizer | undefined;
  /** Reads keys again if a file has changed, so that a new key works at once. Undefined if no file has changed. */
  readonly refresh?: () => Promise<void> | undefined;
  readonly clock: Clock;
};

export class KeyAuthorizer implements Authorizer {
  readonly #options: KeyAuthorizerOptions;
  readonly #guesses: SecretGuesses;

  constructor(options: KeyAuthorizerOptions) {
    this.#options = options;
    this.#guesses = new SecretGuesses(MAX_KNOWN, options.clock);
  }

  get isOpen(): boolean {
    return this.#options.isOpen();
  }

  authorizePublish(attempt: PublishAttempt): PublishVerdict | Promise<PublishVerdict> {
    const refreshed = this.#options.refresh?.();
    return refreshed === undefined ? this.#decide(attempt) : refreshed.then(() => this.#decide(attempt));
  }

  #decide(attempt: PublishAttempt): PublishVerdict | Promise<PublishVerdict> {
    if (this.isOpen) {
      // If a gateway is started without its keys by mistake, a secret key must not become a public name.
      if (isMadeKey(attempt.name)) return UNKNOWN_KEY;
      return this.#options.withoutKeys.authorizePublish(attempt);
    }
    const { name: sent, remoteAddress } = attempt;
    const keys = this.#options.keys();
    const key = keys.find(sent);
    if (this.#guesses.mustRefuse(remoteAddress, keys.digestOf(sent))) {
      const reason =
        'too many wrong stream keys came from your address; correct the key and try again in a few minutes';
      return { kind: 'denied', code: 'key_attempts', reason };
    }
    if (key === undefined) return this.#askOther(attempt);
    return this.#termsOf(key, remoteAddress) ?? this.#allow(key, remoteAddress);
  }

  /** A key that is not among ours. */
  #askOther(attempt: PublishAttempt): PublishVerdict | Promise<PublishVerdict> {
    const verdict = this.#options.unknownKeys?.authorizePublish(attempt) ?? UNKNOWN_KEY;
    return 'then' in verdict
      ? verdict.then((decided) => this.#countOther(attempt, decided))
      : this.#countOther(attempt, verdict);
  }

  /** Refusals of a back-end count as wrong keys, or keys could be guessed there. That it fails is no fault of the publisher. */
  #countOther({ name, remoteAddress }: PublishAttempt, verdict: PublishVerdict): PublishVerdict {
    if (verdict.kind === 'allowed')
      this.#guesses.noteRight(remoteAddress, this.#options.keys().digestOf(name));
    else if (['unknown_key', 'callback_refused'].includes(verdict.code))
      this.#guesses.noteWrong(remoteAddress);
    return verdict;
  }

  /** The refusal of a known key that has expired or is not valid for this address. */
  #termsOf(key: PublishKey, remoteAddress: string): PublishVerdict | undefined {
    const { name, expiresAt } = key;
    if (expiresAt !== undefined && expiresAt <= this.#options.clock.epochMs()) {
      const reason = `this stream key for "${name}" expired on ${minuteOf(expiresAt)}; ask the operator for a new key`;
      return { kind: 'denied', code: 'key_expired', reason, name };
    }
    if (this.#options.keys().worksFrom(key, remoteAddress)) return undefined;
    const reason = `this stream key for "${name}" is not valid for the address ${remoteAddress}; publish from one of its networks`;
    return { kind: 'denied', code: 'key_network', reason, name };
  }

  #allow(key: PublishKey, remoteAddress: string): PublishVerdict {
    this.#guesses.noteRight(remoteAddress, key.digest);
    return {
      kind: 'allowed',
      name: key.name,
      ...(key.takeover === undefined ? {} : { takeover: key.takeover }),
      ...(key.maxBitsPerSecond === undefined ? {} : { maxBitsPerSecond: key.maxBitsPerSecond }),
      ...(key.maxViewers === undefined ? {} : { maxViewers: key.maxViewers }),
      revocation: () =>
        this.#options.keys().has(key)
          ? undefined
          : 'this stream key was removed; ask the operator for a new key',
    };
  }
}

/** `2026-11-28 19:31 UTC`. */
function minuteOf(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
