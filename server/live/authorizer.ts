// Decides who may publish and under which public name. Another policy is another Authorizer. Who may watch is
// decided in access/playback-access.ts.

import type { ErrorValues } from '../errors.ts';

/** A publish request with a parsed address. */
export type PublishAttempt = {
  readonly name: string;
  readonly query: string;
  readonly remoteAddress: string;
  /** Loopback or a private network (RFC 1918, RFC 4193, link-local). */
  readonly isPrivateAddress: boolean;
  /** What else the encoder said, for authorizers that pass it on. */
  readonly encoder?: PublishEncoder;
  /** Aborted when the publisher leaves before the verdict. */
  readonly signal?: AbortSignal;
};

export type PublishEncoder = {
  /** The path before the name. */
  readonly app: string;
  /** The address of the `connect` command. It may hold the key. */
  readonly tcUrl: string;
  readonly flashVer: string;
};

export type PublishVerdict =
  | ({ readonly kind: 'allowed'; readonly name: string } & PublishTerms)
  /**
   * `code` is a stable name for logs and metrics; `reason` is sent to the publisher; `name` is the public name, if it is known;
   * `values` are in the reason, for pages in other languages.
   */
  | {
      readonly kind: 'denied';
      readonly code: string;
      readonly reason: string;
      readonly name?: string;
      readonly values?: ErrorValues;
    };

/** Options of one publisher, in place of the settings for all. */
export type PublishTerms = {
  /** In place of `stream.takeover`: when it may take the name from another publisher. */
  readonly takeover?: 'silent' | 'newest';
  /** In place of `rtmp.max-bitrate`: bits per second, 0 for any. */
  readonly maxBitsPerSecond?: number;
  /** In place of `stream.max-viewers`: viewers of the stream while it publishes, and until the next publisher; 0 for any. */
  readonly maxViewers?: number;
  /** Called once a second while it publishes. Returns a reason to end the publication, or undefined to continue. */
  readonly revocation?: () => string | undefined;
  /** Called once: when the publication has ended, or when another rule refused it. It must not throw. */
  readonly onEnded?: () => void;
};

/** A refused publish request. */
export type PublishRefusal = {
  /** A code of docs/errors.md, or one of the authorizer's own. */
  readonly code: string;
  /** The sentence for the publisher. */
  readonly reason: string;
  readonly remoteAddress: string;
  /** The public name, only if an authorizer returned one: the requested name may be a secret key. */
  readonly name?: string;
  /** The values in `reason`; absent if there are none. */
  readonly values?: ErrorValues;
};

export interface Authorizer {
  /** Whether private networks may publish without a key. */
  readonly isOpen?: boolean;
  authorizePublish(attempt: PublishAttempt): PublishVerdict | Promise<PublishVerdict>;
}

/** Without keys: the key is the name, and only private addresses may publish. */
export const openToPrivateNetworks: Authorizer = {
  isOpen: true,
  authorizePublish(attempt) {
    if (attempt.isPrivateAddress) return { kind: 'allowed', name: attempt.name };
    return {
      kind: 'denied',
      code: 'public_address',
      reason: `publishing is open to private networks only, and ${attempt.remoteAddress} is a public address`,
    };
  },
};
