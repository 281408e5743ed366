// Who may publish with keys: which key, until when, from where, and how often a wrong one may be tried.
import { expect, test } from 'vitest';
import { KeyAuthorizer } from '../../../server/access/key-authorizer.ts';
import { KeyDigests, newKey } from '../../../server/access/key-digest.ts';
import { keysFromRecords, PublishKeys } from '../../../server/access/publish-keys.ts';
import { openToPrivateNetworks, type PublishVerdict } from '../../../server/live/authorizer.ts';
import type { KeyRecord } from '../../../server/settings/publish-key.ts';
import { clockOf } from '../../support/clock.ts';

const START = Date.UTC(2026, 10, 28, 19, 31);
const HOME = '203.0.113.7';

function gate(...records: KeyRecord[]) {
  const digests = new KeyDigests();
  let nowMs = START;
  const setOf = (list: readonly KeyRecord[]) =>
    new PublishKeys(keysFromRecords(list, 'keys.list', digests), digests);
  let keys = setOf(records);
  const authorizer = new KeyAuthorizer({
    keys: () => keys,
    withoutKeys: openToPrivateNetworks,
    isOpen: () => keys.count === 0,
    clock: clockOf(() => nowMs),
  });
  return {
    ask: (name: string, remoteAddress = HOME, isPrivateAddress = false) =>
      authorizer.authorizePublish({ name, query: '', remoteAddress, isPrivateAddress }) as PublishVerdict,
    pass: (ms: number) => {
      nowMs += ms;
    },
    change: (...list: KeyRecord[]) => {
      keys = setOf(list);
    },
    authorizer,
  };
}

test('without keys the private network is open, and with one it is not', () => {
  const open = gate();
  expect(open.authorizer.isOpen).toBe(true);
  expect(open.ask('show', '10.0.0.7', true)).toEqual({ kind: 'allowed', name: 'show' });
  expect(open.ask('show')).toMatchObject({ kind: 'denied', code: 'public_address' });
  open.change({ name: 'show', key: newKey() });
  expect(open.authorizer.isOpen).toBe(false);
  expect(open.ask('show', '127.0.0.1', true)).toMatchObject({ code: 'unknown_key' });
});

test('without keys, what looks like one is no name: it would be public', () => {
  const { ask } = gate();
  expect(ask(newKey(), '10.0.0.7', true)).toMatchObject({ kind: 'denied', code: 'unknown_key' });
});

test('a key gives its name from any address, and the name gives nothing', () => {
  const key = newKey();
  const { ask } = gate({ name: 'show', key, takeover: 'newest', maxBitrate: 8_000, maxViewers: 30 });
  for (const address of [HOME, '127.0.0.1', '2001:db8::1'])
    expect(ask(key, address)).toMatchObject({
      kind: 'allowed',
      name: 'show',
      takeover: 'newest',
      maxBitsPerSecond: 8_000,
      maxViewers: 30,
    });
  const refusal = ask('show');
  expect(refusal).toEqual({
    kind: 'denied',
    code: 'unknown_key',
    reason: expect.stringContaining('unknown'),
  });
});

test('several keys of one name work beside each other, and one is taken away', () => {
  const [old, fresh] = [newKey(), newKey()];
  const { ask, change } = gate({ name: 'show', key: old }, { name: 'show', key: fresh });
  const verdicts = [ask(old), ask(fresh)];
  expect(verdicts).toMatchObject([{ name: 'show' }, { name: 'show' }]);
  const revocations = verdicts.map((verdict) =>
    verdict.kind === 'allowed' ? verdict.revocation : undefined,
  );
  expect(revocations.map((revocation) => revocation?.())).toEqual([undefined, undefined]);
  change({ name: 'show', key: fresh });
  expect(revocations.map((revocation) => revocation?.())).toEqual([
    expect.stringContaining('was removed'),
    undefined,
  ]);
  expect(ask(old)).toMatchObject({ code: 'unknown_key' });
  // The key now belongs to another name: its current stream is no longer its own.
  change({ name: 'other', key: fresh });
  expect(revocations[1]?.()).toContain('was removed');
});

test('a key expires with a date, and what runs goes on', () => {
  const key = newKey();
  const { ask, pass } = gate({ name: 'show', key, expires: START + 60_000 });
  const running = ask(key);
  pass(59_999);
  expect(ask(key)).toMatchObject({ kind: 'allowed' });
  pass(1);
  expect(ask(key)).toEqual({
    kind: 'denied',
    code: 'key_expired',
    name: 'show',
    reason: 'this stream key for "show" expired on 2026-11-28 19:32 UTC; ask the operator for a new key',
  });
  expect(running.kind === 'allowed' && running.revocation?.()).toBeUndefined();
});

test('a key works from its networks only, and the refusal names the address', () => {
  const key = newKey();
  const { ask } = gate({ name: 'show', key, networks: ['10.0.0.0/8', '2001:db8::/32'] });
  expect(ask(key, '10.1.2.3')).toMatchObject({ kind: 'allowed' });
  expect(ask(key, '::ffff:10.1.2.3')).toMatchObject({ kind: 'allowed' });
  expect(ask(key, '2001:db8::5')).toMatchObject({ kind: 'allowed' });
  expect(ask(key, HOME)).toMatchObject({ kind: 'denied', code: 'key_network', name: 'show' });
  expect(ask(key, HOME)).toMatchObject({ reason: expect.stringContaining(HOME) });
});

test('wrong keys from one address have a small budget, which keeps out no one who has published from there', () => {
  const [known, other] = [newKey(), newKey()];
  const { ask, pass } = gate({ name: 'a', key: known }, { name: 'b', key: other });
  expect(ask(known)).toMatchObject({ kind: 'allowed' });
  for (let wrong = 0; wrong < 10; wrong += 1) expect(ask(newKey())).toMatchObject({ code: 'unknown_key' });
  expect(ask(newKey())).toMatchObject({ code: 'key_attempts' });
  // A correct key gets the same answer; another answer would make further tries worthwhile.
  expect(ask(other)).toMatchObject({ code: 'key_attempts' });
  expect(ask(known)).toMatchObject({ kind: 'allowed' });
  expect(ask(other, '203.0.113.8')).toMatchObject({ kind: 'allowed' });
  pass(12_000);
  expect(ask(newKey())).toMatchObject({ code: 'unknown_key' });
  expect(ask(newKey())).toMatchObject({ code: 'key_attempts' });
  pass(12_000);
  expect(ask(other)).toMatchObject({ kind: 'allowed' });
});

test('one /64 of IPv6 has one budget', () => {
  const { ask } = gate({ name: 'a', key: newKey() });
  for (let wrong = 0; wrong < 10; wrong += 1) ask(newKey(), `2001:db8::${wrong}`);
  expect(ask(newKey(), '2001:db8::ff')).toMatchObject({ code: 'key_attempts' });
  expect(ask(newKey(), '2001:db8:0:1::ff')).toMatchObject({ code: 'unknown_key' });
});
