// The record of an admin token in `admin.tokens`.

import { choice } from './kinds.ts';
import { secretText, streamName } from './publish-key.ts';
import { optional, type RecordOf, records, required } from './records.ts';
import type { Setting } from './setting.ts';

/** Longer than a publish key: it opens everything, and programs send it, not people. */
const TOKEN_FORM = {
  what: 'token',
  form: '24 to 128 letters, digits, "-" or "_"',
  pattern: /^[A-Za-z0-9_-]{24,128}$/,
};

export type AdminScope = 'read' | 'write';

/** The fields of a token, as they are written in files and options. */
export const TOKEN_FIELDS = {
  name: required(streamName('What the token is for; the log shows it.')),
  token: required(secretText('The secret that a program sends.', TOKEN_FORM)),
  scope: optional(
    choice<AdminScope>('read', ['read', 'write'], 'Whether it may only read (the default), or change too.'),
  ),
};

export type TokenRecord = RecordOf<typeof TOKEN_FIELDS>;

export function adminTokens(meaning: string): Setting<readonly TokenRecord[]> {
  return records(TOKEN_FIELDS, meaning);
}
