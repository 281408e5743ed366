// The certificate of all TLS listeners: two PEM files that are read again when they change.

import { constants } from 'node:crypto';
import { readFileSync, type Stats, unwatchFile, watchFile } from 'node:fs';
import { GatewayError } from './errors.ts';
import { fileFault } from './file-fault.ts';
import { guarded } from './guard.ts';
import type { Logger } from './log.ts';

/** Paths of a certificate chain and its private key, both PEM. */
export type CertificatePaths = { readonly certificate: string; readonly key: string };
/** Options of a TLS listener, set again at each renewal. */
export type SecureOptions = { readonly cert: Buffer; readonly key: Buffer; readonly secureOptions: number };

/** A server of node:tls. */
type Listener = { setSecureContext(options: SecureOptions): void };

/** Certificates are renewed days before they expire. File events miss replaced symbolic links, so poll. */
const CHECK_INTERVAL_MS = 2_000;

export class Certificate {
  readonly #paths: CertificatePaths;
  readonly #log: Logger;
  readonly #listeners = new Set<Listener>();
  readonly #onChange: (now: Stats, before: Stats) => void;
  #options: SecureOptions;
  #firstCheck: NodeJS.Timeout | undefined;

  /** Reads both files. Throws GatewayError when one cannot be read, or when they do not belong together. */
  constructor(paths: CertificatePaths, log: Logger) {
    this.#paths = paths;
    this.#log = log;
    this.#options = readCertificate(paths);
    this.#onChange = guarded({ log }, (now, before) => this.#look(now, before));
  }

  get options(): SecureOptions {
    return this.#options;
  }

  /**
   * Renews a listener's certificate. While only one of the files has changed, the pair does not match: the old pair stays in
   * use until the other file changes.
   */
  renewIn(listener: Listener): void {
    this.#listeners.add(listener);
    if (this.#listeners.size > 1) return;
    for (const file of this.#files) {
      watchFile(file, { persistent: false, interval: CHECK_INTERVAL_MS }, this.#onChange);
    }
    // Polling compares with its own first look: it misses a change between that and our reading of the files.
    const check = guarded({ log: this.#log }, () => this.reload());
    this.#firstCheck = setTimeout(check, CHECK_INTERVAL_MS).unref();
  }

  /** Stops polling. */
  close(): void {
    this.#listeners.clear();
    clearTimeout(this.#firstCheck);
    for (const file of this.#files) unwatchFile(file, this.#onChange);
  }

  get #files(): readonly string[] {
    return [this.#paths.certificate, this.#paths.key];
  }

  #look(now: Stats, before: Stats): void {
    if (now.mtimeMs === before.mtimeMs && now.size === before.size && now.ino === before.ino) return;
    this.reload();
  }

  /** Reads both files now. If they cannot be used, the log says so and the previous pair stays in use. */
  reload(): void {
    try {
      const options = readCertificate(this.#paths);
      // Both files have changed, and each has an event.
      if (options.cert.equals(this.#options.cert) && options.key.equals(this.#options.key)) return;
      this.#options = options;
      for (const listener of this.#listeners) listener.setSecureContext(this.#options);
      this.#log.info({ certificate: this.#paths.certificate }, 'certificate renewed');
    } catch (error) {
      this.#log.warn({ err: error }, 'the changed certificate cannot be used; the previous one stays in use');
    }
  }
}

function readCertificate(paths: CertificatePaths): SecureOptions {
  const cert = readPem('certificate', paths.certificate);
  const key = readPem('key', paths.key);
  try {
    // Renegotiation costs a handshake each time, and TLS 1.3 has none.
    const options: SecureOptions = { cert, key, secureOptions: constants.SSL_OP_NO_RENEGOTIATION };
    // node:tls takes some milliseconds to load, and most gateways have no certificate.
    process.getBuiltinModule('node:tls').createSecureContext(options);
    return options;
  } catch (error) {
    throw new GatewayError(
      'config',
      'bad_certificate',
      `the certificate ${paths.certificate} with the key ${paths.key} cannot be used: ${(error as Error).message}`,
    );
  }
}

function readPem(what: 'certificate' | 'key', path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new GatewayError(
      'config',
      'bad_certificate',
      `tls.${what}: the file ${path} cannot be used: ${fileFault(error)}`,
    );
  }
}
