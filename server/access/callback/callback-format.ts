// A callback in the terms of the gateway, and the interface of the formats that other servers' back-ends answer.

import type { PublishTerms } from '../../live/authorizer.ts';
import type { PostAnswer } from '../../outbound/http-post.ts';

export type CallbackAction = 'publish' | 'publish-done' | 'play';

export type CallbackQuestion = {
  readonly action: CallbackAction;
  /** The same for a publication and its end. */
  readonly id: string;
  /** The path before the name; usually `live`. */
  readonly app: string;
  /** What the encoder sent, which may be a secret key; of a viewer the public name. */
  readonly name: string;
  /** Without the question mark. */
  readonly query: string;
  readonly address: string;
  /** Of an encoder its flashVer, of a viewer its user agent; empty if unknown. */
  readonly userAgent: string;
  /** The scheme, host and port that the peer used, without a final slash; may be empty. */
  readonly base: string;
  /** The whole address of an encoder's `connect`; empty for a viewer. */
  readonly tcUrl: string;
  /** The page that plays; empty for an encoder and if unknown. */
  readonly pageUrl: string;
};

export type CallbackMessage = { readonly headers: Readonly<Record<string, string>>; readonly body: string };

export type CallbackAnswer =
  | ({
      readonly kind: 'allowed';
      /** The public name, if it differs from what was sent. */
      readonly name?: string | undefined;
      /** For how long; until the end where absent. */
      readonly lifetimeMs?: number | undefined;
    } & Pick<PublishTerms, 'takeover' | 'maxBitsPerSecond' | 'maxViewers'>)
  | {
      readonly kind: 'refused';
      /** Words of the back-end for the peer. */
      readonly reason?: string | undefined;
      /** The back-end wants a user name and a password. */
      readonly asksCredentials?: boolean;
    }
  /** The answer has no meaning in this format. `fault` quotes nothing of it. */
  | { readonly kind: 'garbage'; readonly fault: string };

export type CallbackContext = { readonly secret: string; readonly epochMs: number };

/** What a back-end is asked, and the meaning of its answer. */
export type CallbackFormat = {
  /** Undefined for an action that the format does not have. */
  readonly message: (question: CallbackQuestion, context: CallbackContext) => CallbackMessage | undefined;
  readonly answer: (answer: PostAnswer, question: CallbackQuestion) => CallbackAnswer;
};

export const JSON_HEADERS = { 'content-type': 'application/json' } as const;

/** 4xx is a refusal; redirects and faults of the back-end are none. */
export function refusalByStatus({ status }: PostAnswer): CallbackAnswer {
  if (status === 401) return { kind: 'refused', asksCredentials: true };
  if (status >= 400 && status < 500) return { kind: 'refused' };
  const what = status >= 300 && status < 400 ? 'a redirect, which is not followed' : `status ${status}`;
  return { kind: 'garbage', fault: `it answered with ${what}` };
}

/** The JSON value of a body; undefined if it is none. */
export function jsonOf({ body }: PostAnswer): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** `?a=1`, or an empty text. */
export function withMark(query: string): string {
  return query === '' ? '' : `?${query}`;
}
