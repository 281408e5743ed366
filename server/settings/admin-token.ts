// The settings of the API for operators, and the record of an admin token.

import { networks } from './collections.ts';
import { choice } from './kinds.ts';
import { nameText } from './name-text.ts';
import { optional, type RecordOf, records, required } from './records.ts';
import { secretText } from './secret-text.ts';

/** Longer than a publish key: it opens everything, and programs send it, not people. */
const TOKEN_FORM = {
  what: 'token',
  form: '24 to 128 letters, digits, "-" or "_"',
  valid: /^[A-Za-z0-9_-]{24,128}$/,
};

export type AdminScope = 'read' | 'write';

/** The fields of a token, as they are written in files and options. */
export const TOKEN_FIELDS = {
  name: required(nameText('What the token is for; the log shows it.')),
  token: required(secretText('The secret that a program sends.', TOKEN_FORM)),
  scope: optional(
    choice<AdminScope>('read', ['read', 'write'], 'Whether it may only read (the default), or change too.'),
  ),
};

export type TokenRecord = RecordOf<typeof TOKEN_FIELDS>;

export const ADMIN_SETTINGS = {
  'admin.tokens': records(
    TOKEN_FIELDS,
    'Admin tokens for the API. If there is one from any source, operations for operators need one, from any address; else private networks may use them.',
  ),
  'admin.networks': networks(
    [],
    'Networks that may use the API for operators while there is no admin token, in addition to private ones.',
  ),
} as const;
