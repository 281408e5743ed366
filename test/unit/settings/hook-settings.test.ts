// Callbacks and webhooks as settings: from every source, and no output that prints a secret.
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readCommand } from '../../../server/command/command-line.ts';
import { renderConfigFile } from '../../../server/settings/config-file.ts';
import { settingsFrom } from '../../support/settings.ts';

const SECRET = `whsec_${Buffer.alloc(24, 8).toString('base64')}`;
const LIST = [
  { url: 'https://example.org/hook?key=hidden', secret: SECRET, events: ['stream.live'], streams: ['show'] },
];

function configWith(environment: Record<string, string>, flags: readonly string[] = []) {
  const command = readCommand([...flags], environment);
  if (command.kind !== 'run') throw new Error(`it is ${command.kind}`);
  return command.config;
}

test('a list of webhooks is JSON in the environment, and a list of records in a program', () => {
  const { settings } = configWith({ SLUICE_WEBHOOKS_LIST: JSON.stringify(LIST) });
  expect(settings['webhooks.list']).toEqual(LIST);
  expect(settingsFrom({ webhooks: { list: LIST } })['webhooks.list']).toEqual(LIST);
  const other = settingsFrom({ webhooks: { list: [{ url: LIST[0]?.url, secret: `${SECRET} ${SECRET}` }] } });
  expect(other['webhooks.list'][0]).not.toHaveProperty('events');
});

test('neither secrets nor paths and queries are printed, and what is printed in their place is refused', () => {
  const config = configWith({ SLUICE_WEBHOOKS_LIST: JSON.stringify(LIST), SLUICE_AUTH_SECRET: SECRET }, [
    '--auth-publish-url',
    'https://example.org:8443/hidden/auth?key=hidden',
    '--auth-play-url',
    'https://plain.example.org/',
  ]);
  const printed = renderConfigFile(config, '1.2.3');
  expect(printed).toContain('https://example.org:8443/***');
  expect(printed).toContain('https://plain.example.org/ ');
  expect(printed).not.toMatch(/hidden|whsec_[^$…]/);
  const { auth, webhooks } = parse(printed);
  expect(() => settingsFrom({ auth: { secret: auth.secret } })).toThrow('write the secret');
  expect(() => settingsFrom({ auth: { 'publish-url': auth['publish-url'] } })).toThrow('write the whole');
  expect(() => settingsFrom({ webhooks })).toThrow('webhooks');
});

test.each([
  [
    '--auth-play-url',
    'https://user:hidden@example.org/',
    '--auth-play-url: it must have no user and password',
  ],
  ['--auth-play-url', 'ftp://example.org/hidden', '--auth-play-url: it must be an http or https address'],
  ['--playback-jwt-jwks', 'https://user:hidden@example.org/', '--playback-jwt-jwks: it must have no user'],
  ['--playback-jwt-jwks', 'http://example.org/?key=hidden', '--playback-jwt-jwks: it must be the path of'],
])('an address that cannot be used is refused without its value: %s %s', (flag, value, message) => {
  const given = () => configWith({}, [flag, value]);
  expect(given).toThrow(message);
  expect(given).not.toThrow('hidden');
});

test('the query of a JWKS is not printed, and its mask is refused', () => {
  const jwks = 'https://keys.example.org/jwks?key=hidden';
  const printed = renderConfigFile(configWith({}, ['--playback-jwt-jwks', jwks]), '1.2.3');
  expect(printed).toContain('https://keys.example.org/jwks?***');
  expect(() => settingsFrom({ playback: { jwtJwks: 'https://keys.example.org/jwks?***' } })).toThrow(
    'write the query',
  );
  const both = () => configWith({}, ['--playback-jwt-jwks', jwks, '--playback-jwt-key', 'key.pem']);
  expect(both).toThrow('are both set');
  expect(both).not.toThrow('hidden');
});

test('secrets are no flags', () => {
  for (const flag of ['--auth-secret', '--webhooks-list'])
    expect(() => readCommand([flag, 'x'], {})).toThrow();
});

test.each([
  'whsec_',
  `whsec_${Buffer.alloc(23).toString('base64')}`,
  `whsec_${Buffer.alloc(65).toString('base64')}`,
  'x',
])('a secret that is too short, too long or of another form is refused, and not repeated: %s', (secret) => {
  const given = () => settingsFrom({ webhooks: { list: [{ url: 'https://example.org/', secret }] } });
  expect(given).toThrow('base64 of 24 to 64 bytes');
  if (secret.length > 8) expect(given).not.toThrow(secret);
});
