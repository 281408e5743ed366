// Limits TLS handshakes in all and per address. A request of 200 bytes costs a signature.

import { addressGroup } from '../address.ts';

export type HandshakeLimits = {
  readonly maxTlsHandshakes: number;
  readonly maxTlsHandshakesPerAddress: number;
};

export class TlsHandshakes {
  readonly #limits: HandshakeLimits;
  readonly #countByGroup = new Map<string, number>();
  #count = 0;

  constructor(limits: HandshakeLimits) {
    this.#limits = limits;
  }

  /** Those that are in progress. */
  get count(): number {
    return this.#count;
  }

  /** Starts one, unless there are too many. @returns a function that ends it, which may be called twice, or why there is none */
  begin(address: string): (() => void) | 'too_many_handshakes' | 'too_many_handshakes_from_address' {
    const group = addressGroup(address);
    const { maxTlsHandshakes, maxTlsHandshakesPerAddress } = this.#limits;
    const fromGroup = this.#countByGroup.get(group) ?? 0;
    if (this.#count >= maxTlsHandshakes) return 'too_many_handshakes';
    if (fromGroup >= maxTlsHandshakesPerAddress) return 'too_many_handshakes_from_address';
    this.#count += 1;
    this.#countByGroup.set(group, fromGroup + 1);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#end(group);
    };
  }

  #end(group: string): void {
    this.#count -= 1;
    const left = (this.#countByGroup.get(group) ?? 1) - 1;
    if (left > 0) this.#countByGroup.set(group, left);
    else this.#countByGroup.delete(group);
  }
}
