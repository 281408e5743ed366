// Keys: their form, what is stored of them, and where they are read from.
import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { KeyDigests, newKey, newKeyId } from '../../../server/access/key-digest.ts';
import { readKeysFile } from '../../../server/access/keys-file.ts';
import { keysFromRecords, PublishKeys } from '../../../server/access/publish-keys.ts';
import { StoredKeys } from '../../../server/access/stored-keys.ts';
import { isStreamName } from '../../../server/live/stream-name.ts';
import { FolderStore } from '../../../server/store/folder-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const NOW = Date.UTC(2026, 10, 28);

function newFolder(): string {
  return temporaryFolder('keys');
}

const openStored = async (folder: string): Promise<StoredKeys> =>
  StoredKeys.open(await FolderStore.open(folder));

test('a key is 128 random bits in base32, and travels where a stream name does', () => {
  const keys = new Set(Array.from({ length: 1_000 }, newKey));
  expect(keys.size).toBe(1_000);
  const last = new Set<string>();
  for (const key of keys) {
    expect(key).toMatch(/^sk_[a-z2-7]{26}$/);
    expect(isStreamName(key)).toBe(true);
    last.add(key.slice(-1));
  }
  // 26 characters hold 130 bits: two bits of the last one are always 0.
  expect([...last].sort().join('')).toBe('4aeimquy');
  expect(newKeyId()).toMatch(/^[a-z2-7]{8}$/);
});

test('a digest is an HMAC under the secret, and is found by the key alone', () => {
  const secret = Buffer.alloc(32, 7);
  const digests = new KeyDigests(secret);
  const key = newKey();
  expect(digests.of(key)).toEqual(createHmac('sha256', secret).update(key).digest());
  const [a, b] = [newKey(), newKey()];
  const records = [
    { name: 'show', key: a },
    { name: 'show', key: b, networks: ['10.0.0.0/8'] },
  ];
  const keys = new PublishKeys(keysFromRecords(records, 'keys.list', digests), digests);
  expect(keys.find(a)).toMatchObject({ name: 'show', networks: [] });
  expect(keys.find(b)).toMatchObject({ name: 'show', networks: ['10.0.0.0/8'] });
  for (const wrong of ['show', '', a.slice(0, -1), `${a}x`, a.toUpperCase(), digests.of(a).toString('hex')])
    expect(keys.find(wrong)).toBeUndefined();
  expect(JSON.stringify(keys.list)).not.toContain(a);
  const other = new KeyDigests();
  expect(new PublishKeys(keys.list, other).find(a)).toBeUndefined();
});

test('one key for two records is refused by its names', () => {
  const digests = new KeyDigests();
  const key = newKey();
  const records = keysFromRecords([{ name: 'one', key }], 'keys.list', digests);
  const more = keysFromRecords([{ name: 'two', key }], 'keys.file', digests);
  expect(() => new PublishKeys([...records, ...more], digests)).toThrow(
    'one publish key is given twice, for "one" in keys.list and for "two" in keys.file; leave one out',
  );
});

describe('the data folder', () => {
  test('holds digests only, and another process finds the keys again', async () => {
    const folder = newFolder();
    const stored = await openStored(folder);
    const terms = {
      networks: ['10.0.0.0/8'],
      takeover: 'newest' as const,
      expiresAt: NOW + 1_000,
      maxBitsPerSecond: 5,
    };
    const { id, key } = await stored.add('show', terms, NOW);
    const plain = await stored.add('show', { networks: [] }, NOW);
    const again = await openStored(folder);
    const keys = new PublishKeys(await again.list(), again.digests);
    expect(keys.find(key)).toMatchObject({ ...terms, id, name: 'show', source: 'data.dir' });
    expect(keys.find(plain.key)).toMatchObject({ id: plain.id, networks: [] });
    const kept = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), 'utf8'));
    expect(kept).toHaveLength(2);
    for (const text of kept) {
      expect(text).not.toContain(key);
      expect(text).not.toContain(key.slice(3));
    }
  });

  test('loses a key by its id, and the others stay', async () => {
    const stored = await openStored(newFolder());
    const [one, two] = [
      await stored.add('a', { networks: [] }, NOW),
      await stored.add('b', { networks: [] }, NOW),
    ];
    expect(await stored.remove(one.id)).toBe('a');
    expect((await stored.list()).map(({ id }) => id)).toEqual([two.id]);
    await expect(stored.remove(one.id)).rejects.toMatchObject({ code: 'no_such_key' });
  });

  test('with the secret of another one says so, and is not changed', async () => {
    const [folder, other] = [newFolder(), newFolder()];
    await (await openStored(folder)).add('a', { networks: [] }, NOW);
    await openStored(other);
    writeFileSync(path.join(folder, 'secret.json'), readFileSync(path.join(other, 'secret.json')));
    const stored = await openStored(folder);
    await expect(stored.list()).rejects.toMatchObject({ code: 'damaged_data' });
    await expect(stored.add('b', { networks: [] }, NOW)).rejects.toThrow('made with another secret.json');
  });
});

describe('a file of keys', () => {
  const KEY = 'sk_abcdefghijklmnopqrstuvwxyz';
  const fileWith = (text: string): string => {
    const file = path.join(newFolder(), 'keys.yaml');
    writeFileSync(file, text);
    return file;
  };

  test.each([
    ['YAML', `- name: a\n  key: ${KEY}\n  expires: 1970-01-01T00:00:01Z\n`],
    ['JSON', JSON.stringify([{ name: 'a', key: KEY, expires: '1970-01-01T00:00:01Z' }])],
    ['a mapping', `keys:\n- { name: a, key: ${KEY}, expires: 1970-01-01T00:00:01Z }\n`],
  ])('is %s', (_what, text) => {
    expect(readKeysFile(fileWith(text))).toEqual([{ name: 'a', key: KEY, expires: 1_000 }]);
  });

  test('may be empty', () => {
    expect(readKeysFile(fileWith(''))).toEqual([]);
    expect(readKeysFile(fileWith('keys:\n'))).toEqual([]);
  });

  test.each([
    ['no YAML', `- name: "a\n  key: ${KEY}`, 'it is not YAML (line '],
    ['an alias without an anchor', `- name: *${KEY}`, 'it is not YAML'],
    ['a wrong record', `- { name: a, key: ${KEY}! }`, 'record 1: key: it must be'],
    ['a text', KEY, 'it must be a list of records'],
    ['keys as names of fields', `${KEY}: a`, 'it must be a list of records'],
  ])('%s is refused without a word of it', (_what, text, words) => {
    const file = fileWith(text);
    const reading = (): unknown => readKeysFile(file);
    expect(reading).toThrow(words);
    expect(reading).toThrow(file);
    expect(reading).not.toThrow(/abcdefghij/);
  });

  test('that is missing is refused', () => {
    expect(() => readKeysFile(path.join(newFolder(), 'none'))).toThrow(
      'it cannot be read: there is no such file',
    );
  });
});
