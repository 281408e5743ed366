// The outputs of a server session in order, including bytes for the peer.

import type { LimitName } from '../limit-tally.ts';
import type { MessageLink } from './message-link.ts';
import type { SessionOutput } from './session-output.ts';

const NO_OUTPUTS: readonly SessionOutput[] = [];

export class Outbox {
  readonly #link: MessageLink;
  #outputs: SessionOutput[] = [];

  constructor(link: MessageLink) {
    this.#link = link;
  }

  push(output: SessionOutput): void {
    this.#outputs.push(output);
  }

  /** `limit`: the limit that is the reason. */
  ignore(what: string, limit?: LimitName): void {
    this.#outputs.push({ kind: 'ignored', what, ...(limit === undefined ? {} : { limit }) });
  }

  /** Adds the bytes that were written so far as an output. */
  flushSends(): void {
    const bytes = this.#link.takeSends();
    if (bytes !== undefined) this.#outputs.push({ kind: 'send', bytes });
  }

  take(): readonly SessionOutput[] {
    this.flushSends();
    if (this.#outputs.length === 0) return NO_OUTPUTS;
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }
}
