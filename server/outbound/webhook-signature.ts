// Signs requests to other servers as in Standard Webhooks 1.0.0 (standardwebhooks.com), clause "Signature scheme".

import { createHmac, randomBytes } from 'node:crypto';

const ID_BYTES = 16;
const SECRET_PREFIX = 'whsec_';

/** A unique id of a message. It stays the same when the message is sent again. */
export function newMessageId(): string {
  return `msg_${randomBytes(ID_BYTES).toString('base64url')}`;
}

/** The headers of one attempt. Several secrets give several signatures, so that a secret can be replaced without a break. */
export function signedHeaders(
  secrets: readonly string[],
  id: string,
  epochMs: number,
  body: string,
): Readonly<Record<string, string>> {
  const timestamp = Math.floor(epochMs / 1_000);
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    ...(signatures.length === 0 ? {} : { 'webhook-signature': signatures.join(' ') }),
  };
}
