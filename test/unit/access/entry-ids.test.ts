// Ids of keys and tokens: what a file may have is what the API accepts, and no key is one.
import { expect, test } from 'vitest';
import { newKeyId } from '../../../server/access/key-digest.ts';
import { ADMIN_TOKENS_KIND } from '../../../server/access/stored-admin-tokens.ts';
import { KEYS_KIND } from '../../../server/access/stored-keys.ts';
import { entryId } from '../../../server/api/fields.ts';

const common = { digest: '0'.repeat(64), created: '2026-01-01T00:00:00Z', name: 'show' };

test.each([
  ['a new one', newKeyId(), true],
  ['the shortest', 'a2b3', true],
  ['the longest', 'abcdefghijkl', true],
  ['one too long', 'abcdefghijklm', false],
  ['as long as a key may be', 'abcdefghijklmnop', false],
  ['too short', 'abc', false],
  ['other characters', 'abc1', false],
])('%s', (_what, id, isId) => {
  const inKeys = KEYS_KIND.schema().safeParse({ secretId: 'x', keys: [{ ...common, id }] });
  const token = { ...common, id, scope: 'read' };
  const inTokens = ADMIN_TOKENS_KIND.schema().safeParse({ secretId: 'x', tokens: [token] });
  expect([inKeys, inTokens, entryId().safeParse(id)].map(({ success }) => success)).toEqual([
    isId,
    isId,
    isId,
  ]);
});
