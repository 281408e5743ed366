// The states of the watch page in Firefox, on a phone, a desktop and a wall, in dark and light: with its words, its menus, its
// statistics and axe-core. A real ffmpeg is behind every state.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { expect, it } from 'vitest';
import { type FirefoxOptions, type FirefoxPage, openFirefoxPage } from '../players/firefox.ts';
import { makeSource, type Publishing, publishFile } from '../support/ffmpeg.ts';
import { startGateway } from '../support/gateway-process.ts';
import { startNetworkLine } from '../support/network-line.ts';
import { startSlowLink } from '../support/slow-link.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { VIEWPORTS } from '../support/watch-looks.ts';

const SCHEMES = ['dark', 'light'] as const;
const AXE_SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const AXE_RUN = `(async () => {
  if (window.axe === undefined) { ${AXE_SOURCE} }
  const { violations } = await window.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] });
  return violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ target }) => target.join(' ')).join(', ')).join('; ');
})()`;
/** What of the card is outside the stage, which cuts it off. */
const CUT_OFF = `[...document.querySelectorAll('.stage .card > *')].filter((node) => {
  const { top, bottom, height } = node.getBoundingClientRect();
  const stage = document.querySelector('.stage').getBoundingClientRect();
  return height > 0 && (top < stage.top || bottom > stage.bottom);
}).map((node) => node.className).join(', ')`;
const STATE = 'document.querySelector(".stage")?.dataset.state ?? ""';
const STATE_TIMEOUT_MS = 60_000;
/** Bytes a second. The handshake takes a second; every message after it is seen on its own. */
const SLOW_UPLOAD = 4_000;
/** The first key frame of the clip has 4 kB: it takes less than the 3 s of a stall, and a part takes 6 s. */
const TRICKLE = 1_600;
const PRESS_S = `document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 's', bubbles: true }))`;
const text = (selector: string): string => `document.querySelector('${selector}')?.textContent ?? ''`;
const WORDS = `(${text('.card')}) + (${text('.banner')})`;

type Watched = FirefoxPage & {
  /** Polls until the expression has the value. */
  readonly until: (expression: string, expected: unknown) => Promise<unknown>;
  /** In each size, and without a violation; what `isStill` names must hold until the last photograph. */
  readonly see: (what: string, isStill?: string) => Promise<void>;
};

async function watch(url: string, options: FirefoxOptions): Promise<Watched> {
  const page = await openFirefoxPage(url, options);
  return {
    ...page,
    until: (expression, expected) =>
      expect.poll(() => page.evaluate(expression), { timeout: STATE_TIMEOUT_MS }).toEqual(expected),
    see: async (what, isStill = STATE) => {
      const before = await page.evaluate(isStill);
      for (const [size, viewport] of Object.entries(VIEWPORTS)) {
        await page.photograph(`firefox-${what}-${size}-${options.scheme}`, viewport);
        expect(await page.evaluate(AXE_RUN), `${what}, ${size}`).toBe('');
        expect(await page.evaluate(CUT_OFF), `${what}, ${size}`).toBe('');
      }
      expect(await page.evaluate(isStill), what).toBe(before);
    },
  };
}

/** The same clip for every push, encoded once. */
async function push(url: string): Promise<Publishing> {
  const video = { size: '320x180', preset: 'ultrafast', gop: 60, bitrateKbps: 120 };
  const source = { video, audio: { bitrateKbps: 32 }, durationS: 12 };
  return publishFile(await makeSource('flv', source), url, ['-stream_loop', '-1']);
}

function fileWith(settings: string): { readonly file: string; readonly data: string } {
  const folder = temporaryFolder('firefox');
  const file = path.join(folder, 'sluice.yaml');
  writeFileSync(file, settings);
  return { file, data: path.join(folder, 'data') };
}

it.each(SCHEMES)(
  'Firefox shows a stream from before its start until after its end, in %s',
  async (scheme) => {
    const gateway = await startGateway({ args: ['--stream-grace', '20s'] });
    const page = await watch(gateway.url('/watch/show'), { scheme });
    await page.until(STATE, 'offline');
    await page.see('offline');

    const upload = await startSlowLink(gateway.rtmpPort, SLOW_UPLOAD);
    const encoder = await push(`rtmp://127.0.0.1:${upload.port}/live/show`);
    await gateway.waitForLog(({ state }) => state === 'connecting');
    upload.setRate(0);
    await page.until(STATE, 'connecting');
    await page.until(text('.card-title'), 'Starting…');
    await page.see('connecting');
    upload.setRate(SLOW_UPLOAD);
    await gateway.waitForLog(({ state }) => state === 'starting');
    upload.setRate(TRICKLE);
    await page.until(STATE, 'starting');
    await page.until(text('.card-detail'), 'Waiting for the first picture.');
    await page.see('starting');

    upload.setRate(Number.POSITIVE_INFINITY);
    await page.until('document.querySelector(".stage").dataset.playing', 'true');
    await page.until(text('.chip-number'), expect.stringMatching(/^\d\.\d s$/));
    await page.see('live');
    await page.evaluate(PRESS_S);
    await page.until(text('[data-nerd="lowLatency"]'), expect.stringContaining('Active'));
    await page.until(text('[data-nerd="picture"]'), expect.stringContaining('320 × 180'));
    await page.see('statistics');
    await page.evaluate(PRESS_S);
    await page.evaluate('document.querySelector(".control-settings").click()');
    await page.until('document.activeElement.textContent', expect.stringContaining('Quality'));
    await page.see('settings');
    await page.evaluate('document.querySelector(".control-settings").click()');

    encoder.child.kill('SIGSTOP');
    await page.until(STATE, 'stalled');
    await page.until(text('.banner'), expect.stringContaining('The streamer’s connection is slow'));
    await page.see('stalled');
    encoder.child.kill('SIGKILL');
    await page.until(STATE, 'reconnecting');
    await page.until(text('.banner'), expect.stringMatching(/holding your place \(1\d s\)/));
    await page.see('reconnecting');
    await page.until(text('.banner'), expect.stringMatching(/holding your place \(\d s\)/));
    await page.until(STATE, 'ended');
    await page.until(text('.card-title'), expect.stringMatching(/^Stream ended at .* · \d+ s$/));
    await page.until('!document.querySelector(".last-picture").hidden', true);
    await page.see('ended');

    await page.setOffline(true);
    await page.until(STATE, 'viewer-offline');
    await page.until(text('.card-title'), 'Your device is offline');
    await page.see('viewer-offline');
    await page.setOffline(false);
    await page.until(STATE, 'ended');
    expect(page.complaints().filter((line) => line.includes('Content-Security-Policy'))).toEqual([]);
    await page.close();
  },
);

it.each(SCHEMES)('Firefox shows no access, a password, and a server that is gone, in %s', async (scheme) => {
  const { file, data } = fileWith(
    'playback:\n  streams:\n    closed: signed\n    party: { password: "correct horse" }\n',
  );
  const gateway = await startGateway({ args: ['--config', file, '--data-dir', data] });
  await push(gateway.rtmpUrl('closed'));
  await push(gateway.rtmpUrl('party'));
  await push(gateway.rtmpUrl('show'));
  const denied = await watch(gateway.url('/watch/closed'), { scheme });
  await denied.until(STATE, 'denied');
  await denied.until(text('.card-title'), 'No access');
  await denied.see('denied');
  await denied.close();

  const party = await watch(gateway.url('/watch/party'), { scheme });
  const answer = (password: string): string => `(() => {
    document.querySelector('input[type="password"]').value = '${password}';
    document.querySelector('form').submit();
  })()`;
  await party.until(text('label'), expect.stringContaining('Password of the stream'));
  await party.see('password', text('label'));
  await party.evaluate(answer('wrong'));
  await party.until(text('main'), expect.stringContaining('The password is wrong.'));
  await party.see('password-wrong', text('label'));
  await party.evaluate(answer('correct horse'));
  await party.until('document.querySelector(".stage")?.dataset.playing', 'true');
  await party.close();

  const left = await watch(gateway.url('/watch/show'), { scheme });
  await left.until('document.querySelector(".stage").dataset.playing', 'true');
  await gateway.stop('SIGKILL');
  await left.until(STATE, 'unreachable');
  await left.until(WORDS, expect.stringContaining('Can’t reach the server'));
  await left.see('unreachable');
  await left.close();
});

it.each(SCHEMES)('Firefox without a decoder for H.264 says what helps, in %s', async (scheme) => {
  const gateway = await startGateway();
  await push(gateway.rtmpUrl('show'));
  await gateway.waitForLog(({ state }) => state === 'live');
  const page = await watch(gateway.url('/watch/show'), {
    scheme,
    preferences: { 'media.ffmpeg.enabled': false },
  });
  await page.until(STATE, 'unsupported');
  await page.until(text('.card-title'), 'Your browser can’t play this stream');
  await page.until(
    text('.card-detail'),
    expect.stringMatching(/^It can’t decode H\.264.*Try Chrome, Edge, Firefox or Safari\.$/),
  );
  await page.see('unsupported');
  await page.close();
});

it.each(SCHEMES)('Firefox on a line that is too slow blames the line, in %s', async (scheme) => {
  const gateway = await startGateway();
  const line = await startNetworkLine(gateway.httpPort);
  await push(gateway.rtmpUrl('show'));
  const page = await watch(`http://127.0.0.1:${line.port}/watch/show`, { scheme });
  await page.until('document.querySelector(".stage")?.dataset.playing', 'true');
  await page.until('document.querySelector(".notice").hidden', true);
  line.limit(100_000);
  const LINE = 'document.querySelector(".stage").dataset.line';
  await page.until(LINE, 'slow');
  await page.until(text('.notice'), expect.stringContaining('Your connection is too slow for this stream'));
  expect(await page.evaluate(STATE)).toBe('live');
  await page.see('slow-line', LINE);
  line.limit(Number.POSITIVE_INFINITY);
  await page.until(LINE, 'fine');
  await page.until('document.querySelector(".notice").hidden', true);
  await page.close();
});
