// The unit for systemd, the manifests for Kubernetes, the Caddyfile and docker-compose.yml, checked by their own readers.
import { existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Deployment } from 'kubernetes-models/apps/v1';
import { ConfigMap, PersistentVolumeClaim, Service } from 'kubernetes-models/v1';
import { expect, it } from 'vitest';
import { openPage, untilPlaying } from '../support/browser.ts';
import { publish } from '../support/ffmpeg.ts';
import { freePort } from '../support/free-port.ts';
import { startGateway } from '../support/gateway-process.ts';
import { runProcess, startProcess } from '../support/running-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { checkoutPath, readDeployed, readYaml } from './deploy-files.ts';

/** Exposure levels of `systemd-analyze security` below this are called OK. */
const MAX_EXPOSURE = 2;
const LIMIT = { timeoutMs: 30_000 };

it('systemd accepts the unit without a warning, and finds little that it could harm', async () => {
  const folder = temporaryFolder('unit');
  const unit = path.join(folder, 'sluice.service');
  const text = readDeployed('deploy/systemd/sluice.service');
  writeFileSync(unit, text.replace('/usr/bin/node', process.execPath));
  const verified = await runProcess('systemd-analyze', ['verify', unit], LIMIT);
  expect(verified).toEqual({ stderr: '', stdout: '' });
  const security = await runProcess('systemd-analyze', ['security', '--offline=true', unit], LIMIT);
  const exposure = /Overall exposure level for sluice\.service: ([\d.]+)/.exec(security.stdout)?.[1];
  expect(Number(exposure)).toBeLessThan(MAX_EXPOSURE);
});

type Manifest = { readonly kind: string; readonly metadata: { readonly name: string } };

it('the manifests are valid for Kubernetes, and their probes and ports are those of the gateway', () => {
  const kinds = { ConfigMap, Deployment, PersistentVolumeClaim, Service };
  const manifests = readYaml<Manifest>('deploy/kubernetes/gateway.yaml');
  expect(manifests.map(({ kind }) => kind)).toEqual([
    'ConfigMap',
    'PersistentVolumeClaim',
    'Deployment',
    'Service',
    'Service',
  ]);
  for (const manifest of manifests) {
    const Kind = kinds[manifest.kind as keyof typeof kinds];
    new Kind(manifest as never).validate();
  }
  const broken = structuredClone(manifests[2]) as unknown as { spec: { replicas: unknown } };
  broken.spec.replicas = 'one';
  expect(() => new Deployment(broken as never).validate()).toThrow('replicas');
});

type Compose = {
  readonly services: Readonly<
    Record<
      string,
      { readonly image: string; readonly volumes?: readonly string[]; readonly profiles?: string[] }
    >
  >;
  readonly volumes: Readonly<Record<string, unknown>>;
};

it('every file and volume that docker-compose.yml mounts exists', () => {
  const [compose] = readYaml<Compose>('docker-compose.yml');
  const { services = {}, volumes = {} } = compose ?? {};
  expect(Object.keys(services)).toEqual(['sluice', 'caddy', 'prometheus', 'grafana']);
  for (const [name, { image, volumes: mounts = [], profiles }] of Object.entries(services)) {
    expect(profiles === undefined, `${name} starts only on request`).toBe(name === 'sluice');
    expect(name === 'sluice' || /:v?\d+\.\d/.test(image), `${image} names a version`).toBe(true);
    for (const mount of mounts) {
      const [source = ''] = mount.split(':');
      const isThere = source.startsWith('./') ? existsSync(checkoutPath(source)) : source in volumes;
      expect(isThere, mount).toBe(true);
    }
  }
});

it('a page plays through Caddy, whose blocking reloads and WebSocket reach the gateway', async () => {
  const gateway = await startGateway();
  const port = await freePort();
  startProcess(
    'caddy',
    ['run', '--adapter', 'caddyfile', '--config', checkoutPath('deploy/caddy/Caddyfile')],
    {
      env: {
        SITE_ADDRESS: `http://127.0.0.1:${port}`,
        GATEWAY_ADDRESS: `127.0.0.1:${gateway.httpPort}`,
        XDG_DATA_HOME: tmpdir(),
        XDG_CONFIG_HOME: tmpdir(),
      },
    },
  );
  publish({ url: gateway.rtmpUrl('first'), video: { size: '320x180', gop: 30 } });
  const origin = `http://127.0.0.1:${port}`;
  await expect
    .poll(() =>
      fetch(`${origin}/live/first/main.m3u8`).then(
        ({ status }) => status,
        () => 0,
      ),
    )
    .toBe(200);
  const { page } = await openPage(`${origin}/watch/first`);
  await page.locator('[data-state="live"]').first().waitFor();
  await untilPlaying(page, { minFrames: 60 });
  expect((await fetch(`${origin}/metrics`)).status).toBe(403);
});
