// `sluice key …`: its subcommands and options, and its output, with a real data folder.
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { PublishKeys } from '../../../server/access/publish-keys.ts';
import { StoredKeys } from '../../../server/access/stored-keys.ts';
import { readCommand } from '../../../server/command/command-line.ts';
import { keyAction } from '../../../server/command/key-actions.ts';
import { readKeyArguments } from '../../../server/command/key-command.ts';
import { GatewayError } from '../../../server/errors.ts';
import { FolderStore } from '../../../server/store/folder-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const NOW = Date.UTC(2026, 10, 28);
const DAY_MS = 24 * 3_600_000;

function newFolder(): string {
  return temporaryFolder('key');
}

/** The output of `sluice key …`. */
async function key(...args: readonly string[]): Promise<string> {
  const command = readCommand(['key', ...args], {});
  if (command.kind !== 'key') throw new Error(`it is ${command.kind}`);
  return keyAction(command.action, command.config.settings, { program: 'sluice', nowMs: NOW });
}

const actionOf = (...args: readonly string[]) => readKeyArguments(args, NOW).action;

describe('options of key add', () => {
  test('are terms of the key', () => {
    const options = ['--expires', '30d', '--network', '10.0.0.0/8,::1', '--network', '192.0.2.0/24'];
    expect(
      actionOf(
        'add',
        'show',
        ...options,
        '--takeover',
        'newest',
        '--max-bitrate',
        '8M',
        '--max-viewers',
        '20',
      ),
    ).toEqual({
      kind: 'add',
      name: 'show',
      terms: {
        expiresAt: NOW + 30 * DAY_MS,
        networks: ['10.0.0.0/8', '::1', '192.0.2.0/24'],
        takeover: 'newest',
        maxBitsPerSecond: 8_000_000,
        maxViewers: 20,
      },
    });
    expect(actionOf('add', 'show')).toEqual({ kind: 'add', name: 'show', terms: { networks: [] } });
  });

  test.each([
    ['90m', NOW + 90 * 60_000],
    ['12h', NOW + DAY_MS / 2],
    ['2026-12-31', Date.UTC(2027, 0, 1) - 1],
    ['2026-12-31T18:00Z', Date.UTC(2026, 11, 31, 18)],
  ])('--expires %s', (text, expiresAt) => {
    expect(actionOf('add', 'show', `--expires=${text}`)).toMatchObject({ terms: { expiresAt } });
  });

  test('settings stand anywhere between', () => {
    expect(readKeyArguments(['--data-dir', '/x', 'list', '--rtmp-port=1'], NOW)).toEqual({
      action: { kind: 'list' },
      settings: ['--data-dir=/x', '--rtmp-port=1'],
    });
  });
});

test.each([
  [['ad', 'show'], 'key ad is unknown; did you mean add?'],
  [['add'], 'key add needs a name'],
  [['add', 'a', 'b'], 'key add takes one word; 2 are given'],
  [['add', 'a/b'], 'key add a/b: it must be 1 to 64 letters'],
  [['remove'], 'key remove needs the id of a key'],
  [['list', 'x'], 'key list takes no name'],
  [['list', '--expires', '1d'], '--expires belongs to key add'],
  [['add', 'a', '--expires', '1w'], '--expires 1w: it must be a time from now such as 90m'],
  [['add', 'a', '--expires', '99999999d'], '--expires 99999999d: it must be'],
  [['add', 'a', '--expires', '2020-01-01'], '--expires 2020-01-01: that time is over'],
  [['add', 'a', '--expires', '0d'], '--expires 0d: that time is over'],
  [['add', 'a', '--network', '10.0.0.0/99'], '--network: 10.0.0.0/99: '],
  [['add', 'a', '--max-bitrate', '8000'], '--max-bitrate 8000: did you mean 8000kbit or 8000bit?'],
  [['add', 'a', '--takeover', 'x'], '--takeover x: it must be one of silent, newest'],
  [['add', 'a', '--netwrok', '::1'], 'option --netwrok is unknown; did you mean --network?'],
  [['add', 'a', '--expires'], '--expires needs a value'],
  [['add', 'a', '--network', '--takeover'], '--network needs a value'],
])('%j is refused', (args, words) => {
  const refusal = (): unknown => actionOf(...args);
  expect(refusal).toThrow(GatewayError);
  expect(refusal).toThrow(words);
});

test('a key is added, listed without itself, and removed', async () => {
  const folder = newFolder();
  const added = await key(
    'add',
    'show',
    '--data-dir',
    folder,
    '--rtmp-public-url',
    'rtmp://push.example.org/live',
  );
  const [, id = ''] = /^Key (\w+) for "show"/.exec(added) ?? [];
  const [secret = ''] = /^sk_[a-z2-7]{26}$/m.exec(added) ?? [];
  expect(added).toContain(`rtmp://push.example.org/live/${secret}`);
  expect(added).toContain('nobody publishes without one');
  const stored = await StoredKeys.open(await FolderStore.open(folder));
  expect(new PublishKeys(await stored.list(), stored.digests).find(secret)).toMatchObject({
    id,
    name: 'show',
  });

  const second = await key('add', 'show', '--expires', '1h', '--max-bitrate', '8M', '--data-dir', folder);
  expect(second).not.toContain('nobody publishes without one');
  const list = await key('list', '--data-dir', folder);
  expect(list).toMatch(new RegExp(`^${id} +show +never +any +- +- +- +data\\.dir$`, 'm'));
  expect(list).toMatch(/show +20\d\d-\d\d-\d\dT\d\d:\d\dZ +any +- +8Mbit +- +data\.dir$/m);
  expect(list).not.toContain('sk_');

  expect(await key('remove', id, '--data-dir', folder)).toContain(`Key ${id} of "show" is removed`);
  expect(await key('list', '--data-dir', folder)).not.toContain(id);
  await expect(key('remove', id, '--data-dir', folder)).rejects.toMatchObject({ code: 'no_such_key' });
});

test('the list has keys of all sources', async () => {
  const folder = newFolder();
  const [file, config] = [path.join(folder, 'keys.yaml'), path.join(folder, 'sluice.yaml')];
  writeFileSync(file, '- { name: from-file, key: sk_abcdefghijklmnopqrstuvwxyz, expires: 2020-01-01 }');
  writeFileSync(config, `keys: { file: ${file}, list: [{ name: from-list, key: another-key-of-a-person }] }`);
  const list = await key('list', '--config', config);
  expect(list).toMatch(/^- +from-list +never +any +- +- +- +keys\.list$/m);
  expect(list).toMatch(/^- +from-file +2020-01-01T23:59Z \(over\) +any +- +- +- +keys\.file$/m);
  expect(list).not.toMatch(/abcdefghij|another-key/);
  expect(await key('list')).toContain('No publish keys');
});

test('only adding makes a data folder: another path may be a slip', async () => {
  const folder = path.join(newFolder(), 'none');
  for (const args of [['list'], ['remove', 'abcdefgh']])
    await expect(key(...args, '--data-dir', folder)).rejects.toMatchObject({ code: 'bad_data_dir' });
  expect(existsSync(folder)).toBe(false);
  await key('add', 'show', '--data-dir', folder);
  expect(existsSync(folder)).toBe(true);
});

test('adding needs a data folder, and help does not', async () => {
  await expect(key('add', 'show')).rejects.toMatchObject({ kind: 'config', code: 'no_data_dir' });
  for (const args of [[], ['--help'], ['add', '-h']]) {
    const help = await key(...args);
    expect(help).toContain('sluice key add NAME');
    expect(help.split('\n').filter((line) => line.length > 80)).toEqual([]);
  }
});

test('where the operator’s server decides, no key closes or opens anything', async () => {
  const settings = ['--data-dir', newFolder(), '--auth-publish-url', 'https://example.org/publish'];
  const added = await key('add', 'show', ...settings);
  expect(added).not.toContain('nobody publishes without one');
  const id = /^Key (\S+) for/.exec(added)?.[1] ?? '';
  await key('remove', id, ...settings);
  expect(await key('list', ...settings)).toContain('the server of auth.publish-url decides who may publish');
});
