// `sluice admin-token …`: its subcommands and option, and its output, with a real data folder.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { AdminTokens } from '../../../server/access/admin-tokens.ts';
import { StoredAdminTokens } from '../../../server/access/stored-admin-tokens.ts';
import { adminTokenAction } from '../../../server/command/admin-token-actions.ts';
import { readAdminTokenArguments } from '../../../server/command/admin-token-command.ts';
import { readCommand } from '../../../server/command/command-line.ts';
import { FolderStore } from '../../../server/store/folder-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const NOW = Date.UTC(2026, 10, 28);

function newFolder(): string {
  return temporaryFolder('token');
}

/** The output of `sluice admin-token …`. */
async function adminToken(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const command = readCommand(['admin-token', ...args], environment);
  if (command.kind !== 'admin-token') throw new Error(`it is ${command.kind}`);
  return adminTokenAction(command.action, command.config.settings, { program: 'sluice', nowMs: NOW });
}

const actionOf = (...args: readonly string[]) => readAdminTokenArguments(args).action;

describe('arguments', () => {
  test('name the token and its scope', () => {
    expect(actionOf('add', 'dash')).toEqual({ kind: 'add', name: 'dash', scope: 'read' });
    expect(actionOf('--scope', 'write', 'add', 'dash')).toEqual({
      kind: 'add',
      name: 'dash',
      scope: 'write',
    });
    expect(actionOf('remove', 'abcd')).toEqual({ kind: 'remove', id: 'abcd' });
    expect(actionOf()).toEqual({ kind: 'help' });
    expect(actionOf('add', '--help')).toEqual({ kind: 'help' });
  });

  test.each([
    [['ad', 'x'], 'admin-token ad is unknown; did you mean add?'],
    [['add'], 'admin-token add needs a name'],
    [['add', 'a', 'b'], 'admin-token add takes one word; 2 are given'],
    [['add', 'a b'], 'admin-token add a b: it must be 1 to 64 letters'],
    [['add', 'a', '--scope', 'all'], '--scope all: it must be one of read, write'],
    [['add', 'a', '--scope'], '--scope needs a value'],
    [['add', 'a', '--scop=read'], 'did you mean --scope?'],
    [['list', 'a'], 'admin-token list takes no name'],
    [['list', '--scope', 'read'], '--scope belongs to admin-token add'],
    [['remove'], 'admin-token remove needs the id of a token'],
  ])('%j is refused in words', (args, words) => {
    expect(() => readAdminTokenArguments(args)).toThrow(words);
  });
});

test('a token is shown once, kept as a digest, listed and removed', async () => {
  const dir = newFolder();
  const at = ['--data-dir', dir];
  const printed = await adminToken(['add', 'dash', '--scope', 'write', ...at]);
  expect(printed).toContain('It is the first token: from now on, nobody uses the API without one.');
  const [token = ''] = /^sat_[a-z2-7]{26}$/m.exec(printed) ?? [];
  const [, id = ''] = /^Token (\w+) /.exec(printed) ?? [];
  expect(await adminToken(['add', 'other', ...at])).not.toContain('It is the first token');
  expect(readFileSync(path.join(dir, 'admin-tokens.json'), 'utf8')).not.toContain(token);
  const stored = await StoredAdminTokens.open(await FolderStore.open(dir));
  const tokens = new AdminTokens(await stored.list(), stored.digests);
  expect(tokens.find(token)).toMatchObject({ name: 'dash', scope: 'write', id });
  expect(tokens.find(`${token}a`)).toBeUndefined();
  // A publish key that equals a token has another digest.
  expect(stored.digests.of(token)).not.toEqual(stored.digests.ofAdminToken(token));
  expect(await adminToken(['list', ...at])).toMatch(
    new RegExp(`^ID +NAME +SCOPE +FROM\n${id} +dash +write +data.dir\n\\w+ +other +read +data.dir\n$`),
  );
  expect(await adminToken(['remove', id, ...at])).toContain(`Token ${id} ("dash") is removed.`);
  await expect(adminToken(['remove', id, ...at])).rejects.toMatchObject({ code: 'no_such_admin_token' });
});

test('tokens of the settings are listed without their secrets', async () => {
  const token = 'x'.repeat(30);
  const environment = { SLUICE_ADMIN_TOKENS: JSON.stringify([{ name: 'env', token }]) };
  const list = await adminToken(['list'], environment);
  expect(list).toMatch(/^ID +NAME +SCOPE +FROM\n- +env +read +admin.tokens\n$/);
  expect(await adminToken(['list'])).toContain('No admin tokens');
});

test.each([
  [[{ name: 'a', token: 'x'.repeat(23) }], 'token: it must be 24 to 128 letters'],
  [[{ name: 'a', token: '***' }], '*** stands where a token was left out'],
  [[{ name: 'a', token: 'x'.repeat(30), scope: 'all' }], 'scope: it must be one of read, write'],
  [[{ name: 'a' }], 'token is missing'],
])('the setting %j is refused without the secret', async (tokens, words) => {
  const listed = adminToken(['list'], { SLUICE_ADMIN_TOKENS: JSON.stringify(tokens) });
  await expect(listed).rejects.toThrow(words);
  await expect(listed).rejects.not.toThrow('xxx');
});

test('a command without a data folder says which settings name it, and a list makes none', async () => {
  await expect(adminToken(['add', 'a'])).rejects.toThrow('no data folder is set: sluice admin-token');
  const missing = path.join(newFolder(), 'missing');
  await expect(adminToken(['list', '--data-dir', missing])).rejects.toMatchObject({ code: 'bad_data_dir' });
  expect(existsSync(missing)).toBe(false);
});

test('tokens that were made with another secret are refused at once', async () => {
  const dir = newFolder();
  await adminToken(['add', 'a', '--data-dir', dir]);
  rmSync(path.join(dir, 'secret.json'));
  await expect(adminToken(['list', '--data-dir', dir])).rejects.toThrow('made with another secret.json');
  writeFileSync(path.join(dir, 'admin-tokens.json'), '{"format":2}');
  await expect(adminToken(['list', '--data-dir', dir])).rejects.toMatchObject({ code: 'newer_data' });
});
