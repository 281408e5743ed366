// The certificate of TLS listeners: two PEM files, read again when they change, so that a renewal needs no restart.

import { readFileSync, type Stats, unwatchFile, watchFile } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { GatewayError } from '../errors.ts';

/** Paths of a certificate chain and its private key, both PEM. */
export type CertificatePaths = { readonly certificate: string; readonly key: string };
export type CertificatePair = { readonly cert: Buffer; readonly key: Buffer };

/** Renewals come days before the old certificate ends; links that are swapped are seen by looking, not by events. */
const CHECK_INTERVAL_MS = 2_000;

/** Reads both files. Throws GatewayError when one cannot be read, or when they do not belong together. */
export function readCertificate(paths: CertificatePaths): CertificatePair {
  try {
    const pair = { cert: readFileSync(paths.certificate), key: readFileSync(paths.key) };
    createSecureContext(pair);
    return pair;
  } catch (error) {
    throw new GatewayError(
      'config',
      'bad_certificate',
      `the certificate ${paths.certificate} with the key ${paths.key} cannot be used: ${(error as Error).message}`,
    );
  }
}

/**
 * Looks at both files from time to time. While only one of them is new they do not fit: `onFault` tells, the old pair
 * stays in use, and the other file's change brings the next try.
 * @returns a function that stops looking
 */
export function watchCertificate(
  paths: CertificatePaths,
  onChange: (pair: CertificatePair) => void,
  onFault: (error: unknown) => void,
): () => void {
  const look = (now: Stats, before: Stats): void => {
    if (now.mtimeMs === before.mtimeMs && now.size === before.size && now.ino === before.ino) return;
    try {
      onChange(readCertificate(paths));
    } catch (error) {
      onFault(error);
    }
  };
  const files = [paths.certificate, paths.key];
  for (const file of files) watchFile(file, { persistent: false, interval: CHECK_INTERVAL_MS }, look);
  return () => {
    for (const file of files) unwatchFile(file, look);
  };
}
