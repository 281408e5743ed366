// The data folder: what it stores, what it refuses to touch, and which process may use it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { PLAYBACK_KIND } from '../../../server/access/playback-secrets.ts';
import { ADMIN_TOKENS_KIND } from '../../../server/access/stored-admin-tokens.ts';
import { KEYS_KIND, SECRET_KIND } from '../../../server/access/stored-keys.ts';
import { createGateway } from '../../../server/app.ts';
import { FolderStore } from '../../../server/store/folder-store.ts';
import { CLOCK_KIND } from '../../../server/store/kept-clock.ts';
import type { StoreKind } from '../../../server/store/store.ts';
import { WEBHOOKS_KIND } from '../../../server/webhooks/queue-file.ts';
import { whenDone } from '../../support/cleanup.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const COUNT: StoreKind<{ count: number }> = {
  name: 'count',
  format: 2,
  schema: () => z.object({ count: z.number() }),
};
const log = { error: () => {} };

function newFolder(): string {
  return temporaryFolder('store');
}

const add = (store: FolderStore): Promise<{ count: number }> =>
  store.update(COUNT, (present) => ({ count: (present?.count ?? 0) + 1 }));

describe('what is kept', () => {
  test('is a file for people, for the own user alone, with its format in front', async () => {
    const folder = path.join(newFolder(), 'made', 'when missing');
    const store = await FolderStore.open(folder);
    expect(await store.read(COUNT)).toBeUndefined();
    expect(await add(store)).toEqual({ count: 1 });
    expect(await store.read(COUNT)).toEqual({ count: 1 });
    expect(readFileSync(path.join(folder, 'count.json'), 'utf8')).toBe(
      '{\n  "format": 2,\n  "count": 1\n}\n',
    );
    expect(statSync(path.join(folder, 'count.json')).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder)).toEqual(['count.json']);
  });

  test('a file that others could read is for the own user again after a write', async () => {
    const folder = newFolder();
    writeFileSync(path.join(folder, 'count.json'), '{"format":2,"count":1}', { mode: 0o644 });
    await add(await FolderStore.open(folder));
    expect(statSync(path.join(folder, 'count.json')).mode & 0o777).toBe(0o600);
  });

  test('many writers at once lose nothing', async () => {
    const folder = newFolder();
    const stores = await Promise.all(Array.from({ length: 8 }, () => FolderStore.open(folder)));
    await Promise.all(stores.flatMap((store) => [add(store), add(store), add(store)]));
    expect(await (await FolderStore.open(folder)).read(COUNT)).toEqual({ count: 24 });
  });

  test('a change that fails leaves everything as it was', async () => {
    const folder = newFolder();
    const store = await FolderStore.open(folder);
    await add(store);
    const failing = store.update(COUNT, () => {
      throw new Error('planted');
    });
    await expect(failing).rejects.toThrow('planted');
    expect(await add(store)).toEqual({ count: 2 });
  });
});

test.each([
  ['a newer format', '{"format":3,"count":1}', 'newer_data', 'its format is 3, and this one knows 2'],
  ['an unknown format', '{"format":1,"count":1}', 'damaged_data', 'its format is not 2'],
  ['half a file', '{"format":2,"co', 'damaged_data', 'it is not JSON'],
  ['an empty file', '', 'damaged_data', 'it is not JSON'],
  ['something else', '[1]', 'damaged_data', 'it has no format'],
  ['a value of another type', '{"format":2,"count":"1"}', 'damaged_data', 'count is not of the known form'],
])('%s is told by its path and what to do, and is not written over', async (_what, text, code, words) => {
  const folder = newFolder();
  const file = path.join(folder, 'count.json');
  writeFileSync(file, text);
  const store = await FolderStore.open(folder);
  for (const attempt of [() => store.read(COUNT), () => add(store)]) {
    const fault = await attempt().catch((error: unknown) => error);
    expect(fault).toMatchObject({ kind: 'config', code });
    expect(String(fault)).toContain(file);
    expect(String(fault)).toContain(words);
    expect(String(fault)).toMatch(/move (?:it|the file) away/);
  }
  expect(readFileSync(file, 'utf8')).toBe(text);
  expect(readdirSync(folder)).toEqual(['count.json']);
});

test('a damaged file without which nothing is lost or open is renamed, and the log says so once', async () => {
  const folder = newFolder();
  const lines: string[] = [];
  const store = await FolderStore.open(folder);
  await store.claim({ error: ({ err }, message) => void lines.push(`${err} ${message}`) });
  onTestFinished(() => store.close());
  const kind = { ...COUNT, isSetAside: true };
  const file = path.join(folder, 'count.json');
  writeFileSync(file, '{"format":2,"co');
  expect(await store.read(kind)).toBeUndefined();
  expect(await store.update(kind, (present) => present ?? { count: 5 })).toEqual({ count: 5 });
  expect(await store.read(kind)).toEqual({ count: 5 });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(
    /count\.json is damaged: it is not JSON.* renamed to .*count\.json\.damaged-\d{8}T\d{6}Z/,
  );
  const kept = readdirSync(folder).find((name) => name.includes('.damaged-')) ?? '';
  expect(readFileSync(path.join(folder, kept), 'utf8')).toBe('{"format":2,"co');
  // A newer file has content that this version cannot judge.
  writeFileSync(file, '{"format":3,"count":1}');
  await expect(store.read(kind)).rejects.toMatchObject({ code: 'newer_data' });
});

test.each([
  ['keys', KEYS_KIND],
  ['secret', SECRET_KIND],
  ['admin-tokens', ADMIN_TOKENS_KIND],
  ['playback', PLAYBACK_KIND],
  ['clock', CLOCK_KIND],
  ['webhooks', WEBHOOKS_KIND],
] as const)(
  'a damaged %s.json stops the start only where going on would lose or open something',
  async (name, kind) => {
    const folder = newFolder();
    writeFileSync(path.join(folder, `${name}.json`), '{');
    const settings = {
      rtmp: { port: 0, host: '127.0.0.1' },
      data: { dir: folder },
      playback: { access: 'signed' },
      webhooks: {
        list: [{ url: 'http://127.0.0.1:9/', secret: `whsec_${Buffer.alloc(24).toString('base64')}` }],
      },
    } as const;
    const gateway = createGateway(settings);
    onTestFinished(() => gateway.close());
    const started = gateway.listen({ http: false }).then(
      () => 'started',
      (error: { code?: string }) => error.code,
    );
    expect(await started).toBe((kind as StoreKind<unknown>).isSetAside === true ? 'started' : 'damaged_data');
    const isKept =
      existsSync(path.join(folder, `${name}.json`)) &&
      readdirSync(folder).every((each) => !each.includes('damaged'));
    expect(isKept).toBe((kind as StoreKind<unknown>).isSetAside !== true);
  },
);

describe('a journal', () => {
  const open = async (folder: string, after = 0) =>
    (await FolderStore.open(folder)).journal(COUNT, after, log);
  const numbersIn = async (folder: string) => {
    const journal = await open(folder);
    journal.close();
    return journal.entries.map(({ number, value }) => [number, value]);
  };

  test('has what was appended, as soon as it was', async () => {
    const folder = newFolder();
    const journal = await open(folder, 7);
    journal.append('one');
    journal.append({ two: 2 });
    expect(await numbersIn(folder)).toEqual([
      [8, 'one'],
      [9, { two: 2 }],
    ]);
    journal.close();
  });

  test('forgets what was written to the file, and nothing that came meanwhile', async () => {
    const folder = newFolder();
    const journal = await open(folder);
    journal.append('one');
    expect(journal.seal()).toBe(1);
    journal.append('two');
    journal.drop();
    expect(await numbersIn(folder)).toEqual([[2, 'two']]);
    // A write that fails keeps all, and the next one that succeeds drops all before it.
    journal.seal();
    journal.append('three');
    journal.seal();
    journal.append('four');
    expect(await numbersIn(folder)).toHaveLength(3);
    for (let at = 0; at < 2; at += 1) {
      journal.seal();
      journal.drop();
    }
    expect(await numbersIn(folder)).toEqual([]);
    journal.close();
  });

  test('leaves out a line whose writer was killed, and goes on behind the last whole one', async () => {
    const folder = newFolder();
    const file = path.join(folder, 'count-1.journal');
    writeFileSync(file, '{"number":1,"value":"one"}\n{"number":2,"va');
    const journal = await open(folder);
    journal.append('two');
    journal.close();
    expect(await numbersIn(folder)).toEqual([
      [1, 'one'],
      [2, 'two'],
    ]);
    expect(readdirSync(folder).sort()).toEqual(['count-1.journal', 'count-2.journal']);
  });

  test('keeps a copy of a damaged file, and uses what precedes the damage', async () => {
    const folder = newFolder();
    const text = '{"number":1,"value":"one"}\nnothing\n{"number":3,"value":"three"}\n';
    writeFileSync(path.join(folder, 'count-1.journal'), text);
    expect(await numbersIn(folder)).toEqual([[1, 'one']]);
    const kept = readdirSync(folder).find((name) => name.includes('.damaged-')) ?? '';
    expect(readFileSync(path.join(folder, kept), 'utf8')).toBe(text);
  });
});

test('a folder that cannot be made is told with the reason', async () => {
  const file = path.join(newFolder(), 'file');
  writeFileSync(file, '');
  await expect(FolderStore.open(path.join(file, 'below'))).rejects.toMatchObject({
    code: 'bad_data_dir',
    message: expect.stringContaining('a part of its path is not a folder'),
  });
});

describe('one gateway has a folder', () => {
  test('a second one is told who has it, and may have it afterwards', async () => {
    const folder = newFolder();
    const [first, second] = [await FolderStore.open(folder), await FolderStore.open(folder)];
    await first.claim(log);
    const refusal = second.claim(log);
    await expect(refusal).rejects.toMatchObject({ kind: 'config', code: 'data_dir_in_use' });
    await expect(refusal).rejects.toThrow(`is used by process ${process.pid}; stop it`);
    // Other processes may still write: `sluice key add` beside a running gateway.
    expect(await add(second)).toEqual({ count: 1 });
    first.close();
    await second.claim(log);
    second.close();
    expect(readdirSync(folder)).toEqual(['count.json']);
  });

  test('the lock of a process that was killed is no lock', async () => {
    const folder = newFolder();
    const program = `
      const { FolderStore } = await import(${JSON.stringify(path.resolve(import.meta.dirname, '../../../server/store/folder-store.ts'))});
      const store = await FolderStore.open(${JSON.stringify(folder)});
      await store.claim({ error: () => {} });
      process.stdout.write('claimed');
      setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    whenDone(() => void holder.kill('SIGKILL'));
    await once(holder.stdout, 'data');
    const store = await FolderStore.open(folder);
    await expect(store.claim(log)).rejects.toThrow(`process ${holder.pid}`);
    holder.kill('SIGKILL');
    await once(holder, 'close');
    expect(readdirSync(folder)).toHaveLength(1);
    await store.claim(log);
    store.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a process number that was given to another program is no lock', async () => {
    const folder = newFolder();
    const held = await FolderStore.open(folder);
    await held.claim(log);
    const [name = ''] = readdirSync(folder);
    held.close();
    // The same process id and scope with another start time: an earlier process.
    writeFileSync(path.join(folder, name.replace(/^(\.lock-gateway-\d+)-\d+/, '$1-7')), '');
    const store = await FolderStore.open(folder);
    await store.claim(log);
    store.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a lock from another container holds while it is touched, and no longer', async () => {
    const folder = newFolder();
    const file = path.join(folder, '.lock-gateway-1-1-0123456789ab-00000001');
    writeFileSync(file, '');
    const touching = setInterval(() => utimesSync(file, new Date(), new Date()), 50);
    whenDone(() => clearInterval(touching));
    const store = await FolderStore.open(folder);
    await expect(store.claim(log)).rejects.toThrow(
      'in another container or on another machine (process 1 there)',
    );
    clearInterval(touching);
    await store.claim(log);
    store.close();
    expect(readdirSync(folder)).toEqual([]);
  });
});
