// The certificate of every TLS listener: two PEM files, read again when they change, so that a renewal needs no restart.

import { constants } from 'node:crypto';
import { readFileSync, type Stats, unwatchFile, watchFile } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { GatewayError } from './errors.ts';
import { fileFault } from './file-fault.ts';
import { guarded } from './guard.ts';
import type { Logger } from './log.ts';

/** Paths of a certificate chain and its private key, both PEM. */
export type CertificatePaths = { readonly certificate: string; readonly key: string };
/** What a TLS listener is made with, and given anew at each renewal. */
export type SecureOptions = { readonly cert: Buffer; readonly key: Buffer; readonly secureOptions: number };

/** As node:tls servers are. */
type Listener = { setSecureContext(options: SecureOptions): void };

/** Renewals come days before the old certificate ends; links that are swapped are seen by looking, not by events. */
const CHECK_INTERVAL_MS = 2_000;

export class Certificate {
  readonly #paths: CertificatePaths;
  readonly #log: Logger;
  readonly #listeners = new Set<Listener>();
  readonly #onChange: (now: Stats, before: Stats) => void;
  #options: SecureOptions;

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
   * Keeps a listener's certificate new. While only one of the files has changed they do not fit: the pair before stays
   * in use, and the other file's change brings the next try.
   */
  renewIn(listener: Listener): void {
    this.#listeners.add(listener);
    if (this.#listeners.size > 1) return;
    for (const file of this.#files) {
      watchFile(file, { persistent: false, interval: CHECK_INTERVAL_MS }, this.#onChange);
    }
  }

  /** Stops looking. */
  close(): void {
    this.#listeners.clear();
    for (const file of this.#files) unwatchFile(file, this.#onChange);
  }

  get #files(): readonly string[] {
    return [this.#paths.certificate, this.#paths.key];
  }

  #look(now: Stats, before: Stats): void {
    if (now.mtimeMs === before.mtimeMs && now.size === before.size && now.ino === before.ino) return;
    this.reload();
  }

  /** Reads both files now. A pair that cannot be used is told in the log, and the one before it stays. */
  reload(): void {
    try {
      const options = readCertificate(this.#paths);
      // Both files have changed, and each tells.
      if (options.cert.equals(this.#options.cert) && options.key.equals(this.#options.key)) return;
      this.#options = options;
      for (const listener of this.#listeners) listener.setSecureContext(this.#options);
      this.#log.info({ certificate: this.#paths.certificate }, 'certificate renewed');
    } catch (error) {
      this.#log.warn({ err: error }, 'the changed certificate is not used; the one before it is');
    }
  }
}

function readCertificate(paths: CertificatePaths): SecureOptions {
  const cert = readPem('certificate', paths.certificate);
  const key = readPem('key', paths.key);
  try {
    // A peer that asks for new keys over and over costs a handshake each time; nobody needs to since TLS 1.3.
    const options: SecureOptions = { cert, key, secureOptions: constants.SSL_OP_NO_RENEGOTIATION };
    createSecureContext(options);
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
