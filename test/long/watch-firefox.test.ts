// The states of the watch page in Firefox, with its words, its menus, its statistics and axe-core.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { openFirefoxPage } from '../players/firefox.ts';
import { publish } from '../support/ffmpeg.ts';
import { startGateway } from '../support/gateway-process.ts';
import { VIEWPORTS } from '../support/watch-looks.ts';

const AXE_SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const AXE_RUN = `(async () => {
  if (window.axe === undefined) { ${AXE_SOURCE} }
  const { violations } = await window.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] });
  return violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ target }) => target.join(' ')).join(', ')).join('; ');
})()`;
const STATE = 'document.querySelector(".stage")?.dataset.state ?? ""';
const text = (selector: string): string => `document.querySelector('${selector}')?.textContent ?? ''`;

it.each(['dark', 'light'] as const)('Firefox shows each state with its words, in %s', async (scheme) => {
  const gateway = await startGateway({ args: ['--stream-grace', '6s'] });
  const page = await openFirefoxPage(gateway.url('/watch/show?stats=1'), scheme);
  const until = (expression: string, expected: unknown) =>
    expect.poll(() => page.evaluate(expression), { timeout: 30_000 }).toEqual(expected);
  /** Without a violation, in each size. */
  const see = async (state: string): Promise<void> => {
    for (const [size, viewport] of Object.entries(VIEWPORTS)) {
      await page.photograph(`firefox-${state}-${size}-${scheme}`, viewport);
      expect(await page.evaluate(AXE_RUN), `${state}, ${size}`).toBe('');
    }
  };
  await until(STATE, 'offline');
  await see('offline');

  const encoder = publish({ url: gateway.rtmpUrl('show'), video: { size: '320x180', preset: 'ultrafast' } });
  await until('document.querySelector(".stage").dataset.playing', 'true');
  await until(text('[data-nerd="lowLatency"]'), expect.stringContaining('Active'));
  await until(text('[data-nerd="picture"]'), expect.stringContaining('320 × 180'));
  await until(text('.chip-number'), expect.stringMatching(/^\d\.\d s$/));
  await see('live');
  await page.evaluate('document.querySelector(".control-settings").click()');
  await until('document.activeElement.textContent', expect.stringContaining('Quality'));
  await see('settings');
  await page.evaluate('document.querySelector(".control-settings").click()');

  encoder.child.kill('SIGSTOP');
  await until(STATE, 'stalled');
  await until(text('.banner'), expect.stringContaining('The streamer’s connection is slow'));
  await see('stalled');
  encoder.child.kill('SIGKILL');
  await until(STATE, 'reconnecting');
  await until(text('.banner'), expect.stringMatching(/holding your place \(\d s\)/));
  await until(STATE, 'ended');
  await until(text('.card-title'), expect.stringMatching(/^Stream ended at .* · \d+ s$/));
  await until('!document.querySelector(".last-picture").hidden', true);
  await see('ended');
  expect(page.complaints().filter((line) => line.includes('Content-Security-Policy'))).toEqual([]);
  await page.close();
});
