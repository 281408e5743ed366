// The watch page is small: what is loaded before the player, and with it, as a browser without Brotli gets it.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { CHECKOUT, type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { rawGet } from '../support/raw-get.ts';

const KB = 1_000;
const MAX_BEFORE_PLAYER = 60 * KB;
const MAX_WITH_PLAYER = 260 * KB;

async function weightOf(gateway: GatewayProcess, file: string): Promise<number> {
  const { status, headers, body } = await rawGet(gateway.url(file), { 'accept-encoding': 'gzip' });
  expect([file, status, headers['content-encoding']]).toEqual([file, 200, 'gzip']);
  return body.length;
}

it('weighs at most 60 kB before hls.js, and 260 kB with it', async () => {
  const gateway = await startGateway();
  const page = (await rawGet(gateway.url('/watch/show'))).body.toString();
  const named = [...page.matchAll(/(?:src|href)="[^"]*?(assets\/[^"]+\.(?:js|css))"/g)].map(
    ([, file]) => `/${file}`,
  );
  expect(named.length).toBeGreaterThan(5);
  const weights = await Promise.all([...new Set(named)].map((file) => weightOf(gateway, file)));
  const before = Buffer.byteLength(page) + weights.reduce((sum, weight) => sum + weight, 0);
  expect(before).toBeLessThan(MAX_BEFORE_PLAYER);

  // Its worker, a second copy of its demuxer, is loaded beside it and is not counted.
  const player = readdirSync(path.join(CHECKOUT, 'dist/web/assets')).find((file) =>
    /^hls-engine-.*\.js$/.test(file),
  );
  expect(before + (await weightOf(gateway, `/assets/${player}`))).toBeLessThan(MAX_WITH_PLAYER);
});
