// Who may watch: which streams are public, unlisted or signed, and what a token allows.

import { NetworkList } from '../address.ts';
import type { Clock } from '../clock.ts';
import type { OnLimit } from '../limit-tally.ts';
import type { Logger } from '../log.ts';
import type { PlaybackRule, PlaybackVisibility } from '../settings/playback.ts';
import type { Store } from '../store/store.ts';
import { type JwtSources, jwtKeysOf } from './jwt-keys.ts';
import { JwtVerifier } from './jwt-verifier.ts';
import { newPlaybackSecret, storedPlaybackSecrets } from './playback-secrets.ts';
import {
  LATEST_EXPIRY_MS,
  type PlaybackTerms,
  readPlaybackToken,
  writePlaybackToken,
} from './playback-token.ts';
import { type PlaybackPass, type PlaybackVerdict, REFUSED } from './playback-verdict.ts';
import { StreamPasswords } from './stream-passwords.ts';
import { VerifiedTokens } from './verified-tokens.ts';

/** The log says at most this often that the keys of JWTs cannot be loaded. */
const COMPLAINT_INTERVAL_MS = 60_000;

/** The settings of playback. */
export type PlaybackRules = {
  /** Of streams without a rule of their own. */
  readonly access: PlaybackVisibility;
  readonly streams: Readonly<Record<string, PlaybackRule>>;
  /** The first signs, all verify. If there is none, that of the data folder, else one that lasts until the process ends. */
  readonly secrets: readonly string[];
  readonly jwt: JwtSources & { readonly audience: string; readonly issuer: string };
  /** Every stream needs a token, and the operator's server decides who gets one (auth.play-url). */
  readonly asksBackend: boolean;
  /** How long a token lasts that was given for a password, or that the operator's server allowed. */
  readonly passwordLifetimeMs: number;
};

export class PlaybackAccess {
  readonly passwords: StreamPasswords;
  readonly #rules: PlaybackRules;
  readonly #streams: ReadonlyMap<string, PlaybackRule>;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #onLimit: OnLimit | undefined;
  /** Without a signed stream nothing is looked up. */
  readonly #hasSigned: boolean;
  readonly #asksBackend: boolean;
  readonly #verified = new VerifiedTokens();
  #secrets: readonly string[];
  #jwt: JwtVerifier | undefined;
  /** How often keys were read again. */
  #keyChanges = 0;
  #complainedAtMs = Number.NEGATIVE_INFINITY;

  /** Throws GatewayError `bad_playback_key` if a file with keys cannot be used. */
  constructor(rules: PlaybackRules, clock: Clock, log: Logger, onLimit?: OnLimit) {
    this.#onLimit = onLimit;
    this.#rules = rules;
    this.#streams = new Map(Object.entries(rules.streams));
    this.#clock = clock;
    this.#log = log;
    this.#hasSigned = [rules, ...this.#streams.values()].some(({ access }) => access === 'signed');
    this.#asksBackend = rules.asksBackend;
    this.#secrets = rules.secrets.length > 0 ? rules.secrets : [newPlaybackSecret()];
    const withPassword = [...this.#streams].flatMap(([name, { password }]) =>
      password === undefined ? [] : [[name, password] as const],
    );
    this.passwords = new StreamPasswords(new Map(withPassword), clock, onLimit);
    this.#jwt = this.#readJwtKeys();
  }

  /** Reads the secrets of the data folder. Rejects with GatewayError if they cannot be used. */
  async open(store: Store | undefined): Promise<void> {
    if (!(this.#hasSigned || this.#asksBackend) || this.#rules.secrets.length > 0) return;
    if (store !== undefined) this.#secrets = await storedPlaybackSecrets(store);
    else if (this.#hasSigned && this.#jwt === undefined && !this.#hasOnlyPasswords)
      this.#log.warn(
        'streams are signed, but no secret is kept: tokens stop working when the gateway stops; set playback.secrets or data.dir',
      );
  }

  /** Reads keys and secrets again. If one cannot be used, the log says so and what was there before stays. Never rejects. */
  async reload(store: Store | undefined): Promise<void> {
    try {
      const remote = this.#jwt?.isRemote === true ? this.#jwt : undefined;
      const jwt = remote ?? this.#readJwtKeys();
      await this.open(store);
      this.#jwt = jwt;
      if (remote === undefined) return this.#forgetVerified();
      this.#verified.clearAllButJwts();
      await this.#renewRemoteKeys(remote);
    } catch (error) {
      this.#log.warn({ err: error }, 'the changed playback keys are not used; those before are');
    }
  }

  /** Whether a token is needed. */
  isSigned(name: string): boolean {
    return this.#hasSigned && this.#accessOf(name) === 'signed';
  }

  /** Whether playlists and media need a token: of a signed stream, and where the operator's server decides who may watch. */
  needsToken(name: string): boolean {
    return this.#asksBackend || this.isSigned(name);
  }

  /** Whether anybody may see the name in lists of streams. */
  isListed(name: string): boolean {
    return this.#accessOf(name) === 'public';
  }

  /**
   * Whether a token allows to watch `name` from `address`. A token that was checked before is answered at once; only a JWT is
   * awaited. Reasons are told for authentic tokens only.
   */
  check(
    name: string,
    token: string | undefined,
    address: string | undefined,
  ): PlaybackVerdict | Promise<PlaybackVerdict> {
    if (token === undefined || token === '') return REFUSED.missing;
    const pass = this.#verified.get(token, this.#clock.epochMs());
    if (pass !== undefined) return this.#judge(pass, name, address);
    if (!token.includes('.')) {
      const terms = readPlaybackToken(token, this.#secrets);
      if (terms === undefined) return REFUSED.invalid;
      return this.#admit(token, passOf(terms), name, address);
    }
    return this.#jwt === undefined ? REFUSED.invalid : this.#checkJwt(this.#jwt, token, name, address);
  }

  /** Makes a token. Throws GatewayError for terms that cannot be written. */
  issue(terms: PlaybackTerms): string {
    return writePlaybackToken(this.#secrets[0] ?? '', terms);
  }

  /** The token for a right password. */
  issueForPassword(name: string): string {
    return this.issue({ name, expiresAt: this.#clock.epochMs() + this.#rules.passwordLifetimeMs });
  }

  /** The token for a viewer whom the operator's server lets watch, `until` milliseconds since the Unix epoch. */
  issueForViewer(name: string, until: number | undefined): string {
    if (until === undefined) return this.issueForPassword(name);
    // A token has whole seconds: rounded down, the last part of a second would give tokens that have expired.
    const expiresAt = Math.min(Math.ceil(until / 1000) * 1000, LATEST_EXPIRY_MS);
    return this.issue({ name, expiresAt });
  }

  #readJwtKeys(): JwtVerifier | undefined {
    const { audience, issuer, ...sources } = this.#rules.jwt;
    const keys = this.#hasSigned ? jwtKeysOf(sources, this.#clock) : undefined;
    const onUnavailable = (): void => this.#complain();
    return (
      keys &&
      new JwtVerifier({ keys, audience, issuer, clock: this.#clock, onUnavailable, onLimit: this.#onLimit })
    );
  }

  /** A server that fails must not close streams that play: what was checked with its last keys stays. */
  async #renewRemoteKeys(remote: JwtVerifier): Promise<void> {
    try {
      await remote.renew();
      this.#forgetVerified();
    } catch {
      this.#log.warn('the keys of playback.jwt-jwks cannot be requested again; those before are used');
    }
  }

  /** There are other keys. */
  #forgetVerified(): void {
    this.#keyChanges += 1;
    this.#verified.clear();
  }

  #accessOf(name: string): PlaybackVisibility {
    return this.#streams.get(name)?.access ?? this.#rules.access;
  }

  /** Every signed stream has a password, which gives tokens. */
  get #hasOnlyPasswords(): boolean {
    const isByPassword = ({ access, password }: PlaybackRule): boolean =>
      access !== 'signed' || password !== undefined;
    return this.#rules.access !== 'signed' && [...this.#streams.values()].every(isByPassword);
  }

  async #checkJwt(
    jwt: JwtVerifier,
    token: string,
    name: string,
    address: string | undefined,
  ): Promise<PlaybackVerdict> {
    const before = this.#keyChanges;
    const verdict = await jwt.verify(token);
    // The keys were read again meanwhile: a key that was removed must not open the stream.
    if (before !== this.#keyChanges) return this.check(name, token, address);
    return verdict.kind === 'refused' ? verdict : this.#admit(token, verdict, name, address);
  }

  #admit(token: string, pass: PlaybackPass, name: string, address: string | undefined): PlaybackVerdict {
    const verdict = this.#judge(pass, name, address);
    if (verdict.kind === 'allowed') this.#verified.add(token, pass);
    return verdict;
  }

  #judge(pass: PlaybackPass, name: string, address: string | undefined): PlaybackVerdict {
    if (pass.name !== name) return REFUSED.wrongStream;
    if (this.#clock.epochMs() >= pass.expiresAt) return REFUSED.expired;
    const { network } = pass;
    if (network !== undefined && (address === undefined || !network.has(address)))
      return REFUSED.wrongNetwork;
    return pass;
  }

  #complain(): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#complainedAtMs < COMPLAINT_INTERVAL_MS) return;
    this.#complainedAtMs = nowMs;
    this.#log.warn(
      'the keys of playback.jwt-jwks cannot be loaded; viewers with a JWT are refused until they can',
    );
  }
}

function passOf({ name, expiresAt, network, viewer }: PlaybackTerms): PlaybackPass {
  return {
    kind: 'allowed',
    name,
    expiresAt,
    trustedUntil: expiresAt,
    network: network === undefined ? undefined : new NetworkList(network),
    viewer,
  };
}
