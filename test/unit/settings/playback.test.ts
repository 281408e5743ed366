// `playback.*`: its forms in each source, and that no secret is shown.

import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { GatewayError } from '../../../server/errors.ts';
import { renderConfigFile } from '../../../server/settings/config-file.ts';
import { settingFlags } from '../../../server/settings/sources.ts';
import { settingOf } from '../../../server/settings/table.ts';
import { sectionsOf, settingsFrom } from '../../support/settings.ts';

const SECRET = '0123456789abcdef0123456789abcdef';
const HASH = `scrypt:${'a'.repeat(22)}:${'b'.repeat(43)}`;
const STREAMS = {
  show: { access: 'signed' },
  party: { access: 'signed', password: 'correct horse' },
  hashed: { access: 'signed', password: HASH },
};

function faultOf(nested: object): string {
  try {
    settingsFrom(nested);
  } catch (error) {
    if (error instanceof GatewayError) return error.message;
    throw error;
  }
  return '';
}

test('streams are a mapping, each with an access alone or with a password', () => {
  const streams = {
    show: 'signed',
    party: { password: 'correct horse' },
    hashed: { access: 'signed', password: HASH },
  };
  const settings = settingsFrom({ playback: { streams } });
  expect(settings['playback.streams']).toEqual(STREAMS);
  expect(settingsFrom(sectionsOf(settings))).toEqual(settings);
  const { read } = settingOf('playback.streams');
  expect(read(JSON.stringify(streams), 'environment')).toEqual({ kind: 'value', value: STREAMS });
  expect(read(parse('show: signed\n"007": public'), 'file')).toMatchObject({
    value: { '007': { access: 'public' } },
  });
  for (const empty of [null, '', {}]) expect(read(empty, 'file')).toEqual({ kind: 'value', value: {} });
});

test('names that are properties of every object are names', () => {
  const { read } = settingOf('playback.streams');
  const reading = read(JSON.parse('{"__proto__":"signed","constructor":"unlisted"}'), 'file');
  if (reading.kind === 'fault') throw new Error(reading.fault);
  expect(Object.entries(reading.value as object)).toEqual([
    ['__proto__', { access: 'signed' }],
    ['constructor', { access: 'unlisted' }],
  ]);
});

test.each([
  [
    'a word that is no access',
    { streams: { show: 'closed' } },
    'show: access: it must be one of public, unlisted, signed',
  ],
  ['a name that is none', { streams: { 'a b': 'signed' } }, 'a stream name is 1 to 64 letters'],
  ['no access', { streams: { show: {} } }, 'show: access is missing'],
  ['a field with a slip', { streams: { show: { acess: 'signed' } } }, 'did you mean access?'],
  [
    'a password of an open stream',
    { streams: { show: { access: 'public', password: 'correct horse' } } },
    'its access must be signed, not public',
  ],
  ['a short password', { streams: { show: { password: 'short' } } }, '8 to 128 characters'],
  [
    'a number for a password',
    { streams: { show: { password: 12_345_678 } } },
    'in quotes where it is all digits',
  ],
  ['half a hash', { streams: { show: { password: 'scrypt:abc' } } }, 'a hash such as scrypt:SALT:HASH'],
  ['a masked password', { streams: { show: { password: '***' } } }, 'write the secret'],
  ['a list of streams', { streams: ['show'] }, 'a mapping of stream names'],
  ['a short secret', { secrets: ['0123456789abcdef0123456789abcde'] }, '32 to 256 visible characters'],
  ['a masked secret', { secrets: ['***'] }, 'write the secrets where *** stands'],
  ['a short JWT secret', { jwtSecret: 'x' }, '32 to 256 visible characters'],
  ['keys over plain http', { jwtJwks: 'http://keys.example.org/' }, 'an https address'],
  ['two sets of keys', { jwtKey: 'a.pem', jwtJwks: 'b.json' }, 'are both set; use one of them'],
  ['an audience without keys', { jwtAudience: 'tv' }, 'nothing verifies JWTs'],
])('%s is refused in words', (_what, playback, words) => {
  expect(faultOf({ playback })).toContain(words);
});

test('no message and no printed setting shows a secret', () => {
  const typed = 'my-secret-in-the-wrong-place';
  for (const playback of [
    { secrets: [typed] },
    { secrets: { [typed]: typed } },
    { streams: { show: { [typed]: 1 } } },
    { streams: { [`${typed} `]: 'signed' } },
    { streams: { show: typed } },
    { jwtSecret: typed },
  ])
    expect(faultOf({ playback }).replace('show: access', '')).toMatch(/^(?!.*my-secret)./);
  const settings = settingsFrom({
    playback: { secrets: [SECRET], streams: { party: { password: 'correct horse' } }, jwtSecret: SECRET },
  });
  const text = renderConfigFile({ settings, origins: new Map() }, '1');
  expect(text).not.toContain(SECRET);
  expect(text).not.toContain('correct');
  expect(parse(text)).toMatchObject({
    playback: {
      secrets: ['***'],
      streams: { party: { access: 'signed', password: '***' } },
      'jwt-secret': '***',
    },
  });
});

test('secrets have no flags, the other settings have', () => {
  const flags = [...settingFlags().keys()].filter((flag) => flag.startsWith('--playback'));
  expect(flags).toEqual([
    '--playback-access',
    '--playback-password-lifetime',
    '--playback-jwt-key',
    '--playback-jwt-jwks',
    '--playback-jwt-audience',
    '--playback-jwt-issuer',
  ]);
});
