// What a server session tells its connection, in order.

import type { ErrorCode } from '../errors.ts';
import type { AmfValue } from './amf-value.ts';

/** What an encoder asks for; all strings are as they came. */
export type PublishRequest = {
  readonly app: string;
  /** With its query, if it has one; empty when the encoder has put all into `app`. */
  readonly streamName: string;
  /** `live` unless the encoder says `record` or `append`. */
  readonly publishType: string;
  readonly tcUrl?: string;
  readonly flashVer?: string;
};

export type SessionOutput =
  | { readonly kind: 'send'; readonly bytes: Buffer }
  /** Answer with `accept` or `reject`; what follows waits until then. */
  | { readonly kind: 'publish-requested'; readonly request: PublishRequest }
  /** A tag body with its unsigned 32-bit milliseconds. It shares a slab with neighbours: copy what is kept for long. */
  | { readonly kind: 'audio' | 'video'; readonly timestamp: number; readonly body: Buffer }
  /** Metadata and other script data, `@setDataFrame` taken off. */
  | {
      readonly kind: 'data';
      readonly timestamp: number;
      readonly name: string;
      readonly values: readonly AmfValue[];
    }
  /** Unknown or useless, but harmless. */
  | { readonly kind: 'ignored'; readonly what: string }
  /** The accepted publisher has ended its publication with the command named; another may follow. */
  | { readonly kind: 'publish-ended'; readonly how: string }
  /** The last output ever; a `send` before it has told the peer why. */
  | { readonly kind: 'closed'; readonly code: ErrorCode; readonly message: string };

/** A refusal or farewell: an onStatus code such as `NetStream.Publish.BadName`, and a sentence. */
export type ClosingStatus = { readonly code: string; readonly description: string };
