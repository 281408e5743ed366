// Every example of docs/embed.md plays, as it is written, on another site.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { expect, it } from 'vitest';
import { ClipEncoder } from '../continuity/clip-encoder.ts';
import { loadClip } from '../continuity/clips.ts';
import { openPage, untilPlaying } from '../support/browser.ts';
import { CHECKOUT, startGateway } from '../support/gateway-process.ts';
import { startHostSite } from '../support/host-site.ts';

const DOCUMENT = readFileSync(path.join(CHECKOUT, 'docs/embed.md'), 'utf8');
const PLAYER_JS = readFileSync(createRequire(import.meta.url).resolve('player.js'), 'utf8');
const examples = [...DOCUMENT.matchAll(/```html\n([\s\S]*?)```/g)].map(([, code = '']) => code);

it('has an iframe, an element, a script and a host of Player.js', () => {
  expect(examples).toHaveLength(4);
});

it.each(examples)('plays: %s', async (code) => {
  const gateway = await startGateway();
  const encoder = await ClipEncoder.publish({ port: gateway.rtmpPort, streamName: 'show' });
  encoder.play(await loadClip('plain'));
  const site = await startHostSite({
    '/': `<!doctype html><body>${code.replaceAll('https://live.example.org', gateway.httpUrl)}</body>`,
    '/player.js': PLAYER_JS,
  });
  const { page, problems } = await openPage(`${site}/`);
  const frame = await (await page.waitForSelector('iframe')).contentFrame();
  if (frame === null) throw new Error('the iframe has no frame');
  // Examples without autoplay wait for the viewer.
  if (!code.includes('autoplay: true') && !code.includes(' autoplay '))
    await frame.getByRole('button', { name: 'Play the live stream' }).click();
  await untilPlaying(frame, { minFrames: 10 });
  expect(problems).toMatchObject({ pageErrors: [], cspViolations: [], failedRequests: [] });
});

it('the command of its oEmbed example gets an answer', async () => {
  const gateway = await startGateway();
  const [, command = ''] = /curl '([^']+)'/.exec(DOCUMENT) ?? [];
  const { host } = new URL(gateway.httpUrl);
  const url = command
    .replace('https://live.example.org', gateway.httpUrl)
    .replace('https%3A%2F%2Flive.example.org', encodeURIComponent(`http://${host}`));
  const response = await fetch(url);
  expect([response.status, await response.json()]).toMatchObject([200, { type: 'video', width: 800 }]);
});
