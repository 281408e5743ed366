// What the files of publish keys and admin tokens in the data folder share: their digests belong to the secret in secret.json.

import { GatewayError } from '../errors.ts';
import type { KeyDigests } from './key-digest.ts';

/**
 * Throws GatewayError `damaged_data` if the digests of a file were made with another secret: nothing would match, and everybody would
 * be refused without an explanation.
 * @param what the contents of the file, in words
 */
export function checkSecret(
  digests: KeyDigests,
  content: { readonly secretId: string } | undefined,
  { file, what }: { readonly file: string; readonly what: string },
): void {
  if (content === undefined || content.secretId === digests.secretId) return;
  throw new GatewayError(
    'config',
    'damaged_data',
    `data.dir: ${file} was made with another secret.json, so none of its ${what} can work; restore the secret.json that ` +
      `belongs to it, or move ${file} away and add new ${what}`,
  );
}
