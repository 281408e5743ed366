// Behind Docker's userland proxy or a TCP proxy all peers have one private address, so publishing is open to everyone. This warns
// the operator once.

import { plainAddress } from '../address.ts';
import type { Logger } from '../log.ts';
import { isLoopbackAddress, isPrivateAddress } from '../private-address.ts';

export class OneAddressWarning {
  readonly #log: Pick<Logger, 'warn'>;
  #onlyAddress: string | undefined;
  #isDone = false;

  constructor(log: Pick<Logger, 'warn'>) {
    this.#log = log;
  }

  /** A peer connected. A second address shows that addresses are real. */
  noteConnection(address: string): void {
    if (this.#isDone) return;
    const plain = plainAddress(address);
    this.#onlyAddress ??= plain;
    this.#isDone = plain !== this.#onlyAddress;
  }

  /** A peer was allowed to publish. */
  notePublish(address: string): void {
    if (this.#isDone) return;
    this.#isDone = true;
    if (!isPrivateAddress(address) || isLoopbackAddress(address)) return;
    this.#log.warn(
      { remote: address },
      `every RTMP peer so far has the private address ${plainAddress(address)}. If that is not your encoder but a proxy or ` +
        "Docker's gateway, everyone who reaches the proxy may publish: publish the port only on the addresses that should " +
        'reach it (docker run -p 192.168.1.10:1935:1935), use host networking, or set "userland-proxy": false in ' +
        'daemon.json',
    );
  }
}
