// The outputs of a server session for its connection.

import type { ErrorCode } from '../errors.ts';
import type { LimitName } from '../limit-tally.ts';
import type { AmfValue } from './amf-value.ts';

/** A publish request; strings are unchanged. */
export type PublishRequest = {
  readonly app: string;
  /** With its query, if any; empty if the encoder put everything into `app`. */
  readonly streamName: string;
  /** `live` unless the encoder says `record` or `append`. */
  readonly publishType: string;
  readonly tcUrl?: string;
  readonly flashVer?: string;
};

export type SessionOutput =
  | { readonly kind: 'send'; readonly bytes: Buffer }
  /** Answer with `accept` or `reject`; further input waits until then. */
  | { readonly kind: 'publish-requested'; readonly request: PublishRequest }
  /** A tag body with its unsigned 32-bit milliseconds. It is valid until the session reads again: copy what is to be kept. */
  | { readonly kind: 'audio' | 'video'; readonly timestamp: number; readonly body: Buffer }
  /** Metadata and other script data, without `@setDataFrame`. */
  | {
      readonly kind: 'data';
      readonly timestamp: number;
      readonly name: string;
      readonly values: readonly AmfValue[];
    }
  /** Unknown or unused, and harmless. `limit`: the limit that is the reason. */
  | { readonly kind: 'ignored'; readonly what: string; readonly limit?: LimitName }
  /** The publisher ended its publication with this command; another may follow. */
  | { readonly kind: 'publish-ended'; readonly how: string }
  /** The last output. A `send` before it told the peer why. */
  | { readonly kind: 'closed'; readonly code: ErrorCode; readonly message: string };

/** The reason of a refusal or close: an onStatus code such as `NetStream.Publish.BadName`, and a sentence. */
export type ClosingStatus = { readonly code: string; readonly description: string };
