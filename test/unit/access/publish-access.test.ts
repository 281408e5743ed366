// Publish keys in a running gateway: who may publish, what a key permits, changes at run time, and the output.
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { newKey } from '../../../server/access/key-digest.ts';
import { StoredKeys } from '../../../server/access/stored-keys.ts';
import { createGateway } from '../../../server/app.ts';
import type { PublishRefusal } from '../../../server/live/authorizer.ts';
import { FolderStore } from '../../../server/store/folder-store.ts';
import { whenDone } from '../../support/cleanup.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { fattened, goLive, openGateway, startSource, tinyClip, untilState } from '../gateway-fixture.ts';
import { connectEncoder } from '../ingest/raw-encoder.ts';

function newFolder(): string {
  return temporaryFolder('access');
}

const keysIn = async (folder: string): Promise<StoredKeys> => StoredKeys.open(await FolderStore.open(folder));
const always = { networks: [] };

describe('a key', () => {
  test('publishes its name, and stands nowhere', async () => {
    const key = newKey();
    const open = await openGateway({ keys: { list: [{ name: 'show', key }] } });
    expect(open.gateway.publishKeyCount).toBe(1);
    expect(open.gateway.info().rtmp.needsKey).toBe(true);
    const live = untilState(open.gateway, 'show', 'live');
    const source = await startSource(open.rtmpPort, key);
    source.sendUntil(2_500);
    await live;
    source.publisher.close();
    await open.log.until(({ stream, code }) => stream === 'show' && code !== undefined);
    const told = [
      ...open.log.texts,
      JSON.stringify(open.gateway.streams()),
      JSON.stringify(open.gateway.info()),
      await (await fetch(open.url('/api/v1/streams/show'))).text(),
    ].join('\n');
    expect(told).toContain('show');
    expect(told).not.toContain(key);
  });

  test('sent in place of the application is understood, and refused in words that say what to do', async () => {
    const open = await openGateway({ keys: { list: [{ name: 'show', key: newKey() }] } });
    const refusals: PublishRefusal[] = [];
    open.gateway.on('publish:refused', (refusal) => refusals.push(refusal));
    const wrong = newKey();
    const encoder = await connectEncoder(open.rtmpPort, '', { app: `live/${wrong}` });
    expect(await encoder.rejected).toContain('this stream key is unknown; ask the operator');
    await open.log.untilClosed('unknown_key');
    expect(refusals).toMatchObject([{ code: 'unknown_key', remoteAddress: '127.0.0.1' }]);
    expect(JSON.stringify([refusals, open.log.texts])).not.toContain(wrong);
  });

  test('that is over or from elsewhere is told with its name, which is public', async () => {
    const [late, foreign] = [newKey(), newKey()];
    const open = await openGateway({
      keys: {
        list: [
          { name: 'late', key: late, expires: Date.UTC(2026, 0, 2) },
          { name: 'foreign', key: foreign, networks: ['192.0.2.0/24'] },
        ],
      },
    });
    const refusals: PublishRefusal[] = [];
    open.gateway.on('publish:refused', (refusal) => refusals.push(refusal));
    expect(await (await connectEncoder(open.rtmpPort, late)).rejected).toContain(
      'expired on 2026-01-02 00:00 UTC',
    );
    expect(await (await connectEncoder(open.rtmpPort, foreign)).rejected).toContain(
      'not valid for the address 127.0.0.1',
    );
    expect(refusals).toMatchObject([
      { code: 'key_expired', name: 'late' },
      { code: 'key_network', name: 'foreign' },
    ]);
    expect(JSON.stringify([refusals, open.log.texts])).not.toMatch(new RegExp(`${late}|${foreign}`));
  });

  test('may take the name at once, or not, whatever the setting for all is', async () => {
    const [patient, eager] = [newKey(), newKey()];
    const open = await openGateway({
      keys: {
        list: [
          { name: 'show', key: patient },
          { name: 'show', key: eager, takeover: 'newest' },
        ],
      },
    });
    const first = await startSource(open.rtmpPort, patient);
    first.sendUntil(500);
    expect(await (await connectEncoder(open.rtmpPort, patient)).rejected).toContain(
      'is being published by someone else',
    );
    const second = await connectEncoder(open.rtmpPort, eager);
    await second.started;
    await open.log.untilClosed('replaced');
  });

  test('caps its publisher, in place of the setting for all', async () => {
    const key = newKey();
    const open = await openGateway({
      rtmp: { maxBitrate: '100Mbit' },
      keys: { list: [{ name: 'show', key, maxBitrate: '8kbit' }] },
    });
    const source = await startSource(open.rtmpPort, key, fattened(tinyClip, 4_096));
    source.sendUntil(4_000);
    expect(await open.log.untilClosed('bitrate')).toMatchObject({ stream: 'show' });
  });
});

describe('while it runs', () => {
  test('a key that is added is taken, and the publisher of one that is removed is ended', async () => {
    const folder = newFolder();
    const stored = await keysIn(folder);
    const first = await stored.add('show', always, 0);
    const open = await openGateway({ data: { dir: folder } });
    const source = await startSource(open.rtmpPort, first.key);
    source.sendUntil(500);
    const second = await stored.add('other', always, 0);
    // Nobody notifies the gateway: it reads the keys again before it refuses.
    await startSource(open.rtmpPort, second.key);
    await stored.remove(first.id);
    expect(await open.log.untilClosed('publish_revoked')).toMatchObject({ stream: 'show' });
    expect(await (await connectEncoder(open.rtmpPort, first.key)).rejected).toContain('is unknown');
  });

  test('a file of keys is read again when told, and one that cannot be used changes nothing', async () => {
    const file = path.join(newFolder(), 'keys.yaml');
    const [old, fresh] = [newKey(), newKey()];
    writeFileSync(file, `- { name: show, key: ${old} }`);
    const open = await openGateway({ keys: { file } });
    writeFileSync(`${file}.new`, `- { name: show, key: ${old} }\n- { name: show, key: ${fresh} }\n`);
    renameSync(`${file}.new`, file);
    await open.gateway.reload();
    expect(open.gateway.publishKeyCount).toBe(2);
    writeFileSync(file, `- { name: show, key: ${fresh}, netwroks: [] }`);
    await open.gateway.reload();
    const line = await open.log.untilMessage('the changed publish keys are not used; those before are');
    expect(JSON.stringify(line)).toContain('did you mean networks?');
    await goLiveWith(open, fresh, 'show');
    expect(open.log.texts.join('')).not.toContain(fresh);
  });

  test('a list that has become empty opens nothing, and the first key closes what was open', async () => {
    const folder = newFolder();
    const stored = await keysIn(folder);
    const open = await openGateway({ data: { dir: folder } });
    await goLive(open, 'neighbour');
    expect(open.gateway.info().rtmp).not.toHaveProperty('needsKey');
    const { id } = await stored.add('show', always, 0);
    expect(await (await connectEncoder(open.rtmpPort, 'anything')).rejected).toContain('is unknown');
    await stored.remove(id);
    await open.gateway.reload();
    await open.log.until((line) => String(line['msg']).startsWith('no publish key is left'));
    expect(await (await connectEncoder(open.rtmpPort, 'anything')).rejected).toContain('is unknown');
  });
});

describe('a gateway', () => {
  test('does not start when its keys cannot be used, and leaves nothing behind', async () => {
    const folder = newFolder();
    const file = path.join(folder, 'keys.yaml');
    writeFileSync(file, '- { name: show }');
    const gateway = createGateway({
      keys: { file },
      data: { dir: folder },
      rtmp: { port: 0 },
      http: { port: 0 },
    });
    whenDone(() => gateway.close());
    await expect(gateway.listen()).rejects.toMatchObject({ code: 'bad_keys_file' });
    writeFileSync(file, '');
    // The folder was unlocked.
    const other = await openGateway({ data: { dir: folder } });
    await expect(gateway.listen()).rejects.toMatchObject({ code: 'data_dir_in_use' });
    await other.gateway.close();
    await gateway.listen();
  });

  test('gives programs of its own process a key where there are keys', async () => {
    const key = newKey();
    const open = await openGateway({ keys: { list: [{ name: 'show', key }] } });
    const own = open.gateway.publishKeyFor('demo');
    await goLiveWith(open, own, 'demo');
    await open.gateway.reload();
    expect(open.gateway.publishKeyCount).toBe(1);
    await goLiveWith(open, open.gateway.publishKeyFor('second'), 'second');
    expect((await openGateway()).gateway.publishKeyFor('demo')).toBe('demo');
  });

  test('asks the authorizer of its program, and no key', async () => {
    const open = await openGateway({
      authorizer: { authorizePublish: ({ name }) => ({ kind: 'allowed', name }) },
      keys: { list: [{ name: 'show', key: newKey() }] },
    });
    expect(open.gateway.publishKeyCount).toBe(0);
    await goLive(open, 'anything');
  });
});

async function goLiveWith(
  open: Awaited<ReturnType<typeof openGateway>>,
  key: string,
  name: string,
): Promise<void> {
  const live = untilState(open.gateway, name, 'live');
  const source = await startSource(open.rtmpPort, key);
  source.sendUntil(2_500);
  await live;
}
