// Publishing over the internet: real ffmpeg with a secret key, which appears in no output of the gateway.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import { openPage } from '../support/browser.ts';
import { publish } from '../support/ffmpeg.ts';
import { CHECKOUT, type GatewayProcess, MAIN_FILE, startGateway } from '../support/gateway-process.ts';
import { fetchFresh, fetchMedia, firstMediaUrl, reload } from '../support/hls-client.ts';
import { SocketClient } from '../support/socket-client.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const EXPIRED = 'sk_expiredexpiredexpiredexpi';
const FOREIGN = 'sk_foreignforeignforeignfore';
const WRONG = 'sk_wrongwrongwrongwrongwrong2';
const FROM_FILE = 'sk_fromfilefromfilefromfile2';
const LATER = 'sk_laterlaterlaterlaterlater';
const PAGES = [
  '/',
  '/watch/show',
  '/embed/show',
  '/api/v1/info',
  '/api/v1/streams',
  '/api/v1/streams/show',
  '/metrics',
];
const SMALL = { size: '320x180' };

let gateway: GatewayProcess;
let folder: string;
let keysFile: string;
/** All output of the gateway except the log. */
const told: string[] = [];
const secrets = [EXPIRED, FOREIGN, WRONG, FROM_FILE, LATER];

beforeAll(async () => {
  folder = temporaryFolder('keys');
  keysFile = path.join(folder, 'own-keys.yaml');
  writeFileSync(
    keysFile,
    `- { name: expired, key: ${EXPIRED}, expires: 2026-01-01 }
- { name: foreign, key: ${FOREIGN}, networks: [192.0.2.0/24] }
- { name: file, key: ${FROM_FILE} }
`,
  );
  const data = path.join(folder, 'data');
  gateway = await startGateway({
    args: ['--data-dir', data, '--keys-file', keysFile, '--log-level', 'debug'],
  });
  const { socket } = await SocketClient.open(`${gateway.httpUrl}/ws/v1`);
  socket.on('message', (message) => told.push(String(message)));
  for (const topic of ['status', 'stream'])
    for (const name of ['show', 'file', 'foreign', 'later'])
      socket.send(JSON.stringify({ op: 'sub', topic, name }));
});

/** `sluice key …` on the folder of the running gateway. */
async function key(...args: readonly string[]): Promise<string> {
  const words = [MAIN_FILE, 'key', ...args, '--data-dir', path.join(folder, 'data')];
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: CHECKOUT });
  return stdout;
}

async function addKey(name: string): Promise<{ id: string; secret: string }> {
  const printed = await key('add', name);
  const [secret = ''] = /^sk_[a-z2-7]{26}$/m.exec(printed) ?? [];
  const [, id = ''] = /^Key (\w+) /.exec(printed) ?? [];
  secrets.push(secret);
  return { id, secret };
}

const untilLive = (name: string) =>
  gateway.waitForLog((line) => line['stream'] === name && line['state'] === 'live');

async function refusalOf(secret: string): Promise<string> {
  const { stderr } = await publish({ url: gateway.rtmpUrl(secret), video: SMALL }).exited;
  return stderr;
}

it('counts its keys in the ready line', () => {
  expect(gateway.ready).toMatchObject({ publishKeys: 3 });
});

it('takes a key that was added while it ran, and the public name is live', async () => {
  const { secret } = await addKey('show');
  const push = publish({ url: gateway.rtmpUrl(secret), video: SMALL });
  await untilLive('show');
  const multivariant = await fetchFresh(gateway.url('/live/show/index.m3u8'));
  expect(multivariant.status).toBe(200);
  told.push(await multivariant.text());
  const mediaUrl = await firstMediaUrl(gateway.url('/live/show/index.m3u8'));
  told.push((await reload(mediaUrl, await fetchMedia(mediaUrl))).text);
  for (const page of PAGES) {
    const answer = await fetchFresh(gateway.url(page));
    told.push(JSON.stringify([...answer.headers]), await answer.text());
  }
  // A client that uses the key as a name finds nothing, and one that knows the name cannot publish.
  expect((await fetchFresh(gateway.url(`/live/${secret}/index.m3u8`))).status).toBe(404);
  expect(await refusalOf('show')).toContain('this stream key is unknown');
  await push.stop();
  await gateway.waitForLog(({ code, stream }) => code === 'unpublished' && stream === 'show');
});

it('has a set-up page that asks for a key, and does not give the name for one', async () => {
  const { page, problems } = await openPage(gateway.url('/'));
  await page.getByText('takes secret keys only').first().waitFor();
  await expect.poll(() => page.locator('body').textContent()).toContain('YOUR_STREAM_KEY');
  told.push(await page.content());
  expect(problems.pageErrors).toEqual([]);
});

it.each([
  ['a wrong key', WRONG, 'this stream key is unknown; ask the operator', 'unknown_key'],
  ['an expired key', EXPIRED, 'this stream key for "expired" expired on 2026-01-01 23:59 UTC', 'key_expired'],
  ['a key for another network', FOREIGN, 'is not valid for the address 127.0.0.1', 'key_network'],
])('refuses %s in words that the encoder shows', async (_what, secret, words, code) => {
  expect(await refusalOf(secret)).toContain(words);
  await gateway.waitForLog((line) => line['code'] === code);
});

it('ends the publisher of a key that is removed', async () => {
  const { id, secret } = await addKey('removed');
  const push = publish({ url: gateway.rtmpUrl(secret), video: SMALL });
  await untilLive('removed');
  expect(await key('list')).toContain(id);
  await key('remove', id);
  expect((await push.exited).stderr).toContain('this stream key was removed');
  await gateway.waitForLog(({ code, stream }) => code === 'publish_revoked' && stream === 'removed');
});

it('reads its files again at SIGHUP, and goes on', async () => {
  const push = publish({ url: gateway.rtmpUrl(FROM_FILE), video: SMALL });
  await untilLive('file');
  const before = gateway.logs.filter(({ msg }) => msg === 'publish keys read again').length;
  writeFileSync(`${keysFile}.new`, `${readFileSync(keysFile, 'utf8')}- { name: later, key: ${LATER} }\n`);
  renameSync(`${keysFile}.new`, keysFile);
  process.kill(gateway.pid, 'SIGHUP');
  await expect
    .poll(() => gateway.logs.filter(({ msg }) => msg === 'publish keys read again').length)
    .toBeGreaterThan(before);
  const later = publish({ url: gateway.rtmpUrl(LATER), video: SMALL });
  await untilLive('later');
  await Promise.all([push.stop(), later.stop()]);
});

it('reads again at SIGHUP also where nothing has changed', async () => {
  const quiet = await startGateway();
  process.kill(quiet.pid, 'SIGHUP');
  await quiet.waitForLog(({ msg }) => msg === 'publish keys read again');
  expect(await quiet.stop()).toBe(0);
});

it('is told who has the folder when a second gateway wants it', async () => {
  const args = ['--rtmp-port', '0', '--http-port', '0', '--data-dir', path.join(folder, 'data')];
  const second = promisify(execFile)(process.execPath, [MAIN_FILE, ...args], { cwd: CHECKOUT });
  await expect(second).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      new RegExp(`^sluice: data\\.dir: .* is used by process ${gateway.pid}; stop it`),
    ),
  });
});

it('takes the folder over from a gateway that was killed, with its keys; the demo has a key of its own', async () => {
  const data = path.join(folder, 'data');
  await gateway.stop('SIGKILL');
  const next = await startGateway({ args: ['--data-dir', data, '--demo'] });
  expect(next.ready).toMatchObject({ publishKeys: 1 });
  await next.waitForLog((line) => line['stream'] === 'demo' && line['state'] === 'live');
  expect(await next.stop()).toBe(0);
  expect(readdirSync(data).sort()).toEqual(['clock.json', 'keys.json', 'secret.json']);
});

it('has told no key to anybody, and kept none', () => {
  const everything = [...told, JSON.stringify(gateway.logs)].join('\n');
  expect(told.length).toBeGreaterThan(20);
  expect(everything).toContain('"show"');
  const kept = readdirSync(path.join(folder, 'data')).map((name) =>
    readFileSync(path.join(folder, 'data', name), 'utf8'),
  );
  for (const secret of secrets) {
    // Any long piece of a key counts.
    expect(everything).not.toContain(secret.slice(3, 19));
    expect(kept.join('\n')).not.toContain(secret.slice(3, 19));
  }
});
