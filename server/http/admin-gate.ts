// Decides which requests may use operations for operators: by their admin token (RFC 6750) or, while there is none, by their
// address. Pages of other sites may change nothing.

import type { IncomingMessage } from 'node:http';
import type { AdminAccess } from '../access/admin-access.ts';
import { labelOf } from '../access/admin-tokens.ts';
import { SecretGuesses } from '../access/secret-guesses.ts';
import { isAddress, type NetworkList, plainAddress } from '../address.ts';
import type { MonotonicClock } from '../clock.ts';
import type { ErrorCode } from '../errors.ts';
import { isPrivateAddress } from '../private-address.ts';
import type { TrustedProxies } from '../proxied/trusted-proxies.ts';
import { hostOfHeader } from '../reachable-hosts.ts';
import { isForwarded } from './forwarded-request.ts';

/** Pairs of address and token that were accepted; the oldest is removed first. */
const MAX_KNOWN = 1_000;
/** RFC 6750 clause 2.1. */
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i;
/** Names that public DNS does not have: a foreign site cannot let them point to this gateway (RFC 6761, 6762, 8375, 9476). */
const LOCAL_NAME = /^[^.]+$|\.(?:localhost|local|lan|internal|home\.arpa|test)$/i;

/** Who makes a request: the label of a token, or an address. */
export type AdminCaller = {
  readonly who: string;
  /** What admitted the caller, for `refusalOf`: the digest of a token, or the address. */
  readonly by: { readonly kind: 'token'; readonly digest: Buffer } | { readonly kind: 'address' };
};
export type AdminRefusal = { readonly code: ErrorCode; readonly detail?: string };

export type AdminGateOptions = {
  readonly access: Pick<AdminAccess, 'isOpen' | 'find' | 'refresh' | 'tokens'>;
  /** Networks that may use the API without a token, in addition to private ones. */
  readonly networks: NetworkList;
  /** `http.public-url`, or empty. */
  readonly publicUrl: string;
  readonly proxies: TrustedProxies;
  readonly clock: MonotonicClock;
};

/** The parts of a request that say who sent it; upgrade requests have them too. */
type AskingRequest = Pick<IncomingMessage, 'headers' | 'socket'>;

/** What the gate needs of an upgrade request, to decide about later messages. */
export type AdminVisitor = {
  readonly address: string;
  /** The decision while there is no token. */
  readonly byAddress: AdminCaller | AdminRefusal;
  /** The page of another site opened the connection. */
  readonly isForeign: boolean;
};

export class AdminGate {
  readonly #options: AdminGateOptions;
  readonly #guesses: SecretGuesses;

  constructor(options: AdminGateOptions) {
    this.#options = options;
    this.#guesses = new SecretGuesses(MAX_KNOWN, options.clock);
  }

  /** The address of the client. */
  addressOf(request: AskingRequest): string {
    return plainAddress(this.#options.proxies.clientOf(request) ?? 'unknown');
  }

  /** Whether the client is known and in a private network. */
  isNearby(request: AskingRequest): boolean {
    const address = this.addressOf(request);
    return isPrivateAddress(address) && !this.#isUnnamed(request, address);
  }

  /** `access` is what the operation needs. */
  admit(request: AskingRequest, access: 'read' | 'write'): Promise<AdminCaller | AdminRefusal> {
    const [, sent] = BEARER.exec(request.headers.authorization ?? '') ?? [];
    return this.#admit(this.addressOf(request), sent, access, (address) =>
      this.#admitAddress(request, address),
    );
  }

  /** Who opens a WebSocket. */
  visitorOf(request: AskingRequest): AdminVisitor {
    const address = this.addressOf(request);
    return {
      address,
      byAddress: this.#admitAddress(request, address),
      isForeign: this.foreignOrigin(request) !== undefined,
    };
  }

  /** Decides about a message of a WebSocket, which has the token because pages cannot send headers. */
  async admitVisitor(
    { address, byAddress, isForeign }: AdminVisitor,
    token: string | undefined,
  ): Promise<AdminCaller | AdminRefusal> {
    if (isForeign) return { code: 'foreign_origin' };
    return this.#admit(address, token, 'read', () => byAddress);
  }

  /** Learns of changed tokens, for `refusalOf`. */
  refresh(): Promise<void> {
    return this.#options.access.refresh();
  }

  /** The refusal of a caller whose token was removed, or who had none before there were tokens. */
  refusalOf({ by }: AdminCaller): AdminRefusal | undefined {
    const { access } = this.#options;
    if (by.kind === 'address') return access.isOpen ? undefined : { code: 'admin_token_needed' };
    const isKnown = access.tokens.some(({ digest }) => digest.equals(by.digest));
    return isKnown ? undefined : { code: 'unknown_admin_token' };
  }

  /** The refusal of a change that a page of another site asks for; undefined for programs and own pages. */
  foreignOrigin({ headers }: Pick<IncomingMessage, 'headers'>): AdminRefusal | undefined {
    const { origin, 'sec-fetch-site': site } = headers;
    // Browsers set the header, and pages cannot (Fetch Metadata).
    if (site !== undefined)
      return ['same-origin', 'none'].includes(String(site)) ? undefined : { code: 'foreign_origin' };
    if (origin === undefined) return undefined;
    const own = [headers.host ?? headers[':authority'], hostOf(this.#options.publicUrl)];
    const host = hostOf(origin);
    return host !== undefined && own.includes(host) ? undefined : { code: 'foreign_origin' };
  }

  async #admit(
    address: string,
    sent: string | undefined,
    access: 'read' | 'write',
    byAddress: (address: string) => AdminCaller | AdminRefusal,
  ): Promise<AdminCaller | AdminRefusal> {
    await this.#options.access.refresh();
    if (sent !== undefined) return this.#admitToken(sent, address, access);
    if (!this.#options.access.isOpen) return { code: 'admin_token_needed' };
    return byAddress(address);
  }

  async #admitToken(
    sent: string,
    address: string,
    access: 'read' | 'write',
  ): Promise<AdminCaller | AdminRefusal> {
    const token = await this.#options.access.find(sent);
    if (this.#guesses.mustRefuse(address, token?.digest)) return { code: 'token_attempts' };
    if (token === undefined) {
      this.#guesses.noteWrong(address);
      return { code: 'unknown_admin_token' };
    }
    this.#guesses.noteRight(address, token.digest);
    if (access === 'write' && token.scope !== 'write') return { code: 'admin_scope' };
    return { who: labelOf(token), by: { kind: 'token', digest: token.digest } };
  }

  #admitAddress(request: AskingRequest, address: string): AdminCaller | AdminRefusal {
    if (!isPrivateAddress(address) && !this.#options.networks.has(address))
      return {
        code: 'admin_network',
        detail: `There is no admin token, so only private networks may use this operation, and ${address} is a public address; make a token (sluice admin-token add), or add the network to admin.networks.`,
      };
    if (this.#isUnnamed(request, address)) return { code: 'admin_proxied' };
    return this.#isOwnHost(request)
      ? { who: `address ${address}`, by: { kind: 'address' } }
      : { code: 'admin_host' };
  }

  /** The client of a trusted proxy is known only if the proxy named it, and nobody knows that of another proxy. */
  #isUnnamed(request: AskingRequest, address: string): boolean {
    const { proxies } = this.#options;
    return proxies.has(address) || (!proxies.has(request.socket.remoteAddress) && isForwarded(request));
  }

  /** A foreign site can let its own name point to this gateway (DNS rebinding); its pages then send that name. */
  #isOwnHost({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
    const header = headers.host ?? [headers[':authority']].flat()[0];
    if (header === undefined) return true;
    const host = hostOfHeader(header)?.replace(/^\[(.*)\]$/, '$1');
    if (host === undefined) return false;
    return isAddress(host) || LOCAL_NAME.test(host) || hostnameOf(this.#options.publicUrl) === host;
  }
}

/** The host and port of a URL; undefined for `null` and other texts. */
function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined;
}

function hostnameOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}
