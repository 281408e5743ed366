// The search for secrets of the end-to-end tests finds a planted one in every place.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { LeakSearch, PLACES } from '../../support/leak-search.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const KEY = 'sk_abcdefghijklmnopqrstuvwxyz';
const PASSWORD = 'correct horse battery';
const HOOK_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const ENVIRONMENT = {
  SLUICE_ADMIN_TOKENS: JSON.stringify([{ name: 'desk', token: 'a-token-of-an-operator-0123' }]),
  SLUICE_PLAYBACK_SECRETS: 'd'.repeat(40),
  SLUICE_PLAYBACK_STREAMS: JSON.stringify({ party: { password: PASSWORD } }),
  SLUICE_WEBHOOKS_LIST: JSON.stringify([{ url: 'https://example.org/', secret: HOOK_SECRET }]),
};

it.each(PLACES)('finds a key that a gateway has made in %s', (place) => {
  const search = new LeakSearch();
  search.saw(place, 'here', `before ${KEY} after`);
  expect(search.leaks()).toEqual([`a publish key is in ${place}: here`]);
});

it.each([
  ['admin.tokens', 'a-token-of-an-operator-0123'],
  ['playback.secrets', 'd'.repeat(40)],
  ['playback.streams', PASSWORD],
  ['playback.streams', encodeURIComponent(PASSWORD)],
  ['webhooks.list', HOOK_SECRET],
  ['webhooks.list', HOOK_SECRET.slice(-20)],
])('finds the secret of %s: %s', (setting, told) => {
  const search = new LeakSearch();
  search.keepConfigured([], ENVIRONMENT);
  search.saw('page', 'innocent', 'desk, party, https://example.org/');
  expect(search.leaks()).toEqual([]);
  search.sawPieces('log', 'stderr')(`{"told":"${told}"}`);
  expect(search.leaks()).toEqual([`${setting} is in log: stderr`]);
});

it('finds a secret in two pieces of a log', () => {
  const search = new LeakSearch();
  const saw = search.sawPieces('log', 'stderr');
  saw(KEY.slice(0, 10));
  saw(KEY.slice(10));
  expect(search.leaks()).toHaveLength(1);
});

it('finds the secrets of keys.file and of the data folder', () => {
  const folder = temporaryFolder('leaks');
  const [file, data] = [path.join(folder, 'keys.yaml'), path.join(folder, 'data')];
  mkdirSync(data);
  writeFileSync(file, '- { name: show, key: a-key-of-the-settings-file }\n');
  writeFileSync(path.join(data, 'playback.json'), JSON.stringify({ format: 1, secrets: ['e'.repeat(64)] }));
  const search = new LeakSearch();
  search.keepConfigured(['--keys-file', file], {});
  search.keepStored(data);
  search.saw('metrics', '/metrics', `a-key-of-the-settings-file ${'e'.repeat(64)}`);
  expect(search.leaks()).toEqual([
    'keys.file is in metrics: /metrics',
    'playback.json is in metrics: /metrics',
  ]);
});

it('lets only the answer that makes a key show it', () => {
  const search = new LeakSearch();
  search.sawAnswer('POST', 'http://gateway/api/v1/keys', {}, JSON.stringify({ id: 'a', key: KEY }));
  expect(search.leaks()).toEqual([]);
  search.sawAnswer('GET', 'http://gateway/api/v1/keys', {}, `"${KEY.slice(-16)}"`);
  expect(search.leaks()).toEqual(['what the API has made is in api: GET /api/v1/keys']);
});

it('knows playback tokens by the addresses in which they are, and allows them in pages only', () => {
  const token = 'AWqs'.repeat(12);
  const search = new LeakSearch();
  search.sawAnswer('GET', `http://gateway/watch/show?token=${token}`, {}, `<a href="?token=${token}">`);
  expect(search.leaks()).toEqual([]);
  search.saw('log', 'stderr', `/live/show/t/${token}/index.m3u8`);
  expect(search.leaks()).toEqual(['playback token is in log: stderr']);
});
