// The embed on other sites: driven by the published library of Player.js, in a sandbox without an origin, by sluice/embed, and
// from the playground.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import type { Frame, Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { ClipEncoder } from '../continuity/clip-encoder.ts';
import { loadClip } from '../continuity/clips.ts';
import { openPage, screenshot, untilPlaying, untilVideo } from '../support/browser.ts';
import { CHECKOUT, type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { startHostSite } from '../support/host-site.ts';

const PLAYER_JS = readFileSync(createRequire(import.meta.url).resolve('player.js'), 'utf8');

let gateway: GatewayProcess;

beforeAll(async () => {
  gateway = await startGateway();
  const encoder = await ClipEncoder.publish({ port: gateway.rtmpPort, streamName: 'show' });
  encoder.play(await loadClip('plain'));
  await gateway.waitForLog((line) => line['stream'] === 'show' && line['state'] === 'live');
});

async function frameOf(page: Page): Promise<Frame> {
  const frame = await (await page.waitForSelector('iframe')).contentFrame();
  if (frame === null) throw new Error('the iframe has no frame');
  return frame;
}

/** What the page has noted under `key` so far. */
const noted = (page: Page, key: string) => () =>
  page.evaluate(`window.notes?.[${JSON.stringify(key)}] ?? null`);

it('is driven by the published player.js, in a sandbox on another origin', async () => {
  const site = await startHostSite({
    '/player.js': PLAYER_JS,
    '/': `<!doctype html><iframe id="embed" width="640" height="360" allow="autoplay"
        sandbox="allow-scripts allow-same-origin" src="${gateway.url('/embed/show?muted=1')}"></iframe>
      <script src="/player.js"></script>
      <script>
        window.notes = { events: [] };
        const player = new playerjs.Player('embed');
        const note = (key) => (value) => { window.notes[key] = value ?? true; };
        player.on('ready', () => {
          window.notes.supports = [
            player.supports('method', ['play', 'setVolume', 'getLoop', 'seekToLive', 'getLatency']),
            player.supports('event', ['timeupdate', 'ended', 'live', 'autoplayblocked']),
            player.supports('method', 'explode'),
          ];
          for (const event of ['play', 'pause', 'live']) player.on(event, () => window.notes.events.push(event));
          for (const event of ['timeupdate', 'progress', 'latency', 'stats', 'qualitychange', 'error'])
            player.on(event, note(event));
          player.getPaused(note('pausedFirst'));
          note('ready')();
        });
      </script>`,
  });
  const { page, problems } = await openPage(`${site}/`);
  await expect.poll(noted(page, 'ready')).toBe(true);
  expect(await noted(page, 'supports')()).toEqual([true, true, false]);
  await expect.poll(noted(page, 'pausedFirst')).toBe(true);
  await page.evaluate('player.play()');
  const frame = await frameOf(page);
  await untilPlaying(frame, { minFrames: 30 });

  await page.evaluate(`player.setVolume(30); player.unmute();`);
  await untilVideo(frame, ({ isMuted }) => !isMuted);
  await page.evaluate(`player.getVolume(note('volume')); player.getMuted(note('muted'));
    player.getDuration(note('duration')); player.getCurrentTime(note('time')); player.getLoop(note('loop'));
    for (const method of ['getState', 'getLatency', 'getQualities', 'getStats'])
      player.send({ method }, note(method));`);
  await expect.poll(noted(page, 'getStats')).toMatchObject({
    state: 'live',
    isPlaying: true,
    // Another browser may run beside this one; test/e2e/watch-steadily.test.ts allows no stall.
    stalls: expect.any(Number),
  });
  expect(await page.evaluate('[notes.volume, notes.muted, notes.loop, notes.getState]')).toEqual([
    30,
    false,
    false,
    'live',
  ]);
  expect(await noted(page, 'getQualities')()).toMatchObject([
    { label: '240p', isCurrent: true, width: 426, height: 240 },
  ]);
  const [time, duration] = (await page.evaluate('[notes.time, notes.duration]')) as [number, number];
  expect(time).toBeGreaterThan(0);
  expect(duration).toBeGreaterThanOrEqual(time - 0.5);
  await expect.poll(noted(page, 'getLatency')).toBeGreaterThan(0);
  for (const event of ['timeupdate', 'progress']) {
    await expect
      .poll(noted(page, event))
      .toEqual({ seconds: expect.any(Number), duration: expect.any(Number) });
  }
  await expect.poll(noted(page, 'latency')).toEqual({ latencyMs: expect.any(Number) });
  await expect.poll(noted(page, 'stats')).toMatchObject({ width: 426, height: 240 });

  await page.evaluate('player.pause()');
  await untilVideo(frame, ({ isPaused }) => isPaused);
  await page.evaluate(`player.setVolume('loud')`);
  await expect.poll(noted(page, 'error')).toEqual({
    code: 2,
    msg: 'setVolume takes a number from 0 to 100, not "loud"',
  });
  await page.evaluate(`player.send({ method: 'seekToLive' })`);
  await untilVideo(frame, ({ isPaused }) => !isPaused);
  await expect.poll(noted(page, 'events')).toEqual(expect.arrayContaining(['live', 'play', 'pause']));
  expect({ ...problems, warnings: [] }).toMatchObject({
    pageErrors: [],
    cspViolations: [],
    badResponses: [],
  });
});

it('plays in a sandbox without origin and storage, driven by the embed.js of the gateway', async () => {
  const site = await startHostSite({
    '/': `<!doctype html><iframe width="640" height="360" allow="autoplay" sandbox="allow-scripts"
        src="${gateway.url('/embed/show?autoplay=1&accent=ffcc00&title=Guest%20%3Cb%3Eshow')}"></iframe>
      <script type="module">
        import { createPlayer } from '${gateway.url('/embed.js')}';
        window.notes = { events: [] };
        window.player = createPlayer(document.querySelector('iframe'));
        for (const event of ['live', 'play', 'pause']) player.on(event, () => window.notes.events.push(event));
        await player.ready;
        window.notes.ready = true;
      </script>`,
  });
  const { page, problems } = await openPage(`${site}/`);
  const frame = await frameOf(page);
  await untilPlaying(frame, { minFrames: 30 });
  expect(
    await frame.evaluate(
      `(() => { try { return String(localStorage); } catch (error) { return error.name; } })()`,
    ),
  ).toBe('SecurityError');
  expect(await frame.evaluate('self.origin')).toBe('null');
  await expect.poll(noted(page, 'ready')).toBe(true);
  expect(await page.evaluate('player.getState()')).toBe('live');
  await page.evaluate('player.pause()');
  await expect.poll(() => page.evaluate('player.getPaused()')).toBe(true);
  await expect.poll(noted(page, 'events')).toContain('pause');
  await screenshot(page, 'embed-sandbox-paused');
  expect(await frame.locator('.embed-title').innerText()).toBe('Guest <b>show');
  expect(
    await frame.evaluate(`getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()`),
  ).toBe('#ffcc00');
  expect({ ...problems, consoleErrors: [], warnings: [] }).toEqual({
    ...{ consoleErrors: [], pageErrors: [], failedRequests: [], badResponses: [] },
    ...{ cspViolations: [], warnings: [] },
  });
});

it('is an element of another site, with events and methods', async () => {
  const site = await startHostSite({
    '/': `<!doctype html><script type="module" src="${gateway.url('/embed.js')}"></script>
      <sluice-player src="${gateway.httpUrl}" name="show" autoplay branding="0"></sluice-player>
      <script>
        window.notes = { events: [] };
        const element = document.querySelector('sluice-player');
        for (const event of ['ready', 'live', 'play', 'pause'])
          element.addEventListener(event, ({ detail }) => window.notes.events.push(event));
      </script>`,
  });
  const { page } = await openPage(`${site}/`);
  await untilPlaying(await frameOf(page), { minFrames: 10 });
  await expect.poll(noted(page, 'events')).toEqual(expect.arrayContaining(['ready', 'live', 'play']));
  expect(await page.evaluate('element.player.getVolume()')).toBe(100);
  await page.evaluate(`element.setAttribute('name', 'other'); element.setAttribute('accent', '#ff8800')`);
  await expect
    .poll(() => page.locator('iframe').getAttribute('src'))
    .toBe(gateway.url('/embed/other?autoplay=1&branding=0&accent=ff8800'));
  await page.evaluate('element.remove()');
  expect(await page.evaluate('element.player === undefined')).toBe(true);
});

it('is a module of the package, which can be imported on a server too', async () => {
  const code = "const { createPlayer } = await import('sluice/embed'); console.log(typeof createPlayer)";
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], {
    cwd: CHECKOUT,
  });
  expect(stdout.trim()).toBe('function');
});

it('the playground shows the messages of every method', async () => {
  const { page, problems } = await openPage(gateway.url('/embed/show/test?muted=1'));
  await page.getByText(/^Ready: \d+ methods/).waitFor();
  await page.getByRole('button', { name: 'Call play', exact: true }).click();
  await untilPlaying(await frameOf(page), { minFrames: 10 });
  await page.getByRole('button', { name: 'Call setVolume' }).click();
  await page.getByRole('button', { name: 'Call getVolume' }).click();
  const answer = page.locator('.messages li[data-way="in"][data-name="getVolume"] .message-value');
  expect(await answer.innerText()).toBe('50');
  await page.locator('.messages li[data-name="play"][data-way="in"]').waitFor();
  await screenshot(page, 'playground');
  expect(problems).toEqual({
    ...{ consoleErrors: [], pageErrors: [], failedRequests: [], badResponses: [] },
    ...{ cspViolations: [], warnings: [] },
  });
});

it('looks as its address says', async () => {
  const facts = `(() => {
    const video = document.querySelector('video');
    const shown = (selector) => [...document.querySelectorAll(selector)].some((one) => one.checkVisibility());
    return {
      fit: getComputedStyle(video).objectFit,
      poster: video.poster,
      isInline: video.hasAttribute('playsinline'),
      pip: video.disablePictureInPicture || shown('.control-pip'),
      title: document.querySelector('.embed-title')?.textContent ?? '',
      mark: shown('.embed-mark'),
      sound: shown('.sound-button') || shown('.control-mute'),
    };
  })()`;
  const plain = await openPage(gateway.url('/embed/show?autoplay=1&poster=https://other.example/a.png'));
  await untilPlaying(plain.page, { minFrames: 2 });
  await plain.page.locator('.sound-button').waitFor();
  expect(await plain.page.evaluate(facts)).toEqual({
    ...{ fit: 'contain', poster: '', isInline: true, pip: true, title: 'show', mark: true, sound: true },
  });
  const query = 'autoplay=1&fit=cover&poster=pictures/a.png&playsinline=0&pip=0&title=Big&branding=0&sound=0';
  const own = await openPage(gateway.url(`/embed/show?${query}`));
  await untilPlaying(own.page, { minFrames: 2 });
  expect(await own.page.evaluate(facts)).toEqual({
    ...{ fit: 'cover', poster: gateway.url('/pictures/a.png'), isInline: false, pip: true, title: 'Big' },
    ...{ mark: false, sound: false },
  });
  expect(await own.page.locator('.control-pip').isVisible()).toBe(false);
  expect([plain, own].flatMap(({ problems }) => [...problems.cspViolations, ...problems.pageErrors])).toEqual(
    [],
  );
});
