// `sluice token …`: its options, and its output, with a real data folder.
import { expect, test } from 'vitest';
import { readPlaybackToken } from '../../../server/access/playback-token.ts';
import { readCommand } from '../../../server/command/command-line.ts';
import { tokenAction } from '../../../server/command/token-action.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const NOW = Date.UTC(2026, 10, 28, 12);
const SECRET = '0123456789abcdef0123456789abcdef';
const OLD_SECRET = 'fedcba9876543210fedcba9876543210';
const SECRETS = { SLUICE_PLAYBACK_SECRETS: `${SECRET},${OLD_SECRET}` };

/** The output of `sluice token …`. */
async function token(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const command = readCommand(['token', ...args], environment);
  if (command.kind !== 'token') throw new Error(`it is ${command.kind}`);
  return tokenAction(command.action, command.config.settings, { program: 'sluice', nowMs: NOW });
}

/** The token that is printed alone on a line. */
const tokenIn = (text: string): string => /^[A-Za-z0-9_-]{50,}$/m.exec(text)?.[0] ?? '';

test('prints a token of the first secret, and the links', async () => {
  const args = ['show', '--for', '90m', '--network', '192.0.2.0/24', '--viewer', 'ann'];
  const text = await token(
    [...args, '--playback-access', 'signed', '--http-public-url', 'https://tv.example.org/x'],
    SECRETS,
  );
  const made = tokenIn(text);
  expect(readPlaybackToken(made, [SECRET])).toEqual({
    name: 'show',
    expiresAt: NOW + 90 * 60_000,
    network: '192.0.2.0/24',
    viewer: 'ann',
  });
  expect(text).toContain('valid until 2026-11-28 13:30 UTC, from 192.0.2.0/24:');
  for (const link of [
    `watch/show?token=${made}`,
    `embed/show?token=${made}`,
    `live/show/t/${made}/index.m3u8`,
  ])
    expect(text).toContain(` https://tv.example.org/x/${link}\n`);
  expect(text).not.toContain('plays without');
});

test('is valid for two hours unless told otherwise, and says when the stream needs none', async () => {
  const text = await token(['show', '--http-port', '9090', '--http-host', '127.0.0.1'], SECRETS);
  expect(readPlaybackToken(tokenIn(text), [SECRET])?.expiresAt).toBe(NOW + 2 * 3_600_000);
  expect(text).toContain(' http://127.0.0.1:9090/watch/show?token=');
  expect(text).toContain('"show" is public in these settings, so it plays without a token too');
});

test('is needed for a public stream where the operator’s server decides who may watch', async () => {
  const text = await token(['show', '--auth-play-url', 'https://example.org/play'], SECRETS);
  expect(text).not.toContain('plays without');
});

test('makes and keeps the secret of the data folder', async () => {
  const folder = temporaryFolder('token');
  const args = ['show', '--data-dir', folder];
  expect(tokenIn(await token(args))).toBe(tokenIn(await token(args)));
});

test.each([
  [['show'], 'there is no secret to sign with: sluice token … --data-dir DIR'],
  [['show', 'other'], 'token takes the name of one stream; 2 are given'],
  [['--for', '2h'], 'token takes the name of one stream; 0 are given'],
  [['show', '--for', '2'], '--for 2: it must be a time such as 90m, 2h or 30d'],
  [['show', '--for', '3651d'], 'up to 3650d'],
  [['show', '--for', '0s'], '--for 0s'],
  [['show', '--for'], '--for needs a value'],
  [['show', '--four', '2h'], 'did you mean --for?'],
])('%j is refused in words', async (args, words) => {
  await expect(async () => token(args)).rejects.toThrow(words);
});

test.each([
  [['a b'], 'not a stream name'],
  [['show', '--network', '192.0.2.0/33'], 'an IPv4 network has 32 bits'],
  [['show', '--viewer', 'ann smith'], 'a viewer is 1 to 64 letters'],
])('terms that cannot be written are refused: %j', async (args, words) => {
  await expect(async () => token(args, SECRETS)).rejects.toThrow(words);
});

test.each([[[]], [['--help']], [['show', '-h']]])('%j prints the help', async (args) => {
  expect(await token(args)).toContain('Usage: sluice token NAME [options] --data-dir DIR');
});
