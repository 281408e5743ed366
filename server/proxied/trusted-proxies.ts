// Proxies that may tell the address of their client. Headers of other peers are ignored.

import { NetworkList, plainAddress } from '../address.ts';
import { type ForwardedHeader, hopsOf } from './forwarded-header.ts';

export type TrustedProxiesOptions = {
  readonly networks: readonly string[];
  /** The header that these proxies write. Another one may come from the client unchanged. */
  readonly header: ForwardedHeader;
};

/** The parts of a request of node:http that say where it came from. */
export type ForwardedRequest = {
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
};

export class TrustedProxies {
  readonly #networks: NetworkList;
  readonly #hasAny: boolean;
  readonly #header: ForwardedHeader;

  /** Throws GatewayError for an invalid network. */
  constructor({ networks, header }: TrustedProxiesOptions) {
    this.#networks = new NetworkList(networks.join(','));
    this.#hasAny = networks.length > 0;
    this.#header = header;
  }

  has(address: string | undefined): boolean {
    return this.#hasAny && address !== undefined && this.#networks.has(address);
  }

  /**
   * The address of the client: the last one that a trusted proxy added to the header and that is not a trusted proxy itself.
   * Without such a header, or from a peer that is not trusted, the peer's own.
   */
  clientOf(request: ForwardedRequest): string | undefined {
    let client = request.socket.remoteAddress;
    if (!this.has(client)) return client;
    // node:http makes the headers when they are first read.
    const value = request.headers[this.#header];
    if (typeof value !== 'string') return client;
    for (const hop of hopsOf(this.#header, value)) {
      // The proxy did not know its peer's address, so its own is the nearest that is known.
      if (hop === undefined) return client;
      client = plainAddress(hop);
      if (!this.has(client)) return client;
    }
    return client;
  }
}
