// The seconds in the LIVE chip are true: they agree with a counter in the picture, in each mode of distance from live.
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { parseFlvFile } from '../../server/flv/flv-file.ts';
import { clipFrom } from '../../server/relay/clip-loop.ts';
import { ClipEncoder } from '../continuity/clip-encoder.ts';
import { openPage, untilPlaying } from '../support/browser.ts';
import { makeSource } from '../support/ffmpeg.ts';
import { startGateway } from '../support/gateway-process.ts';

const RATE = 30;
const CLIP_S = 16;
const BITS = 9;
const CELL = 32;
const SAMPLES = 40;
const AGREES_WITHIN_MS = 150;
const SETTLE_MS = 45_000;

/** Black and white cells: the number of the picture in binary. */
const COUNTER = Array.from(
  { length: BITS },
  (_, bit) =>
    `drawbox=x=${bit * CELL}:y=0:w=${CELL}:h=${CELL}:color=white:t=fill:enable='mod(floor(n/${2 ** bit}),2)'`,
);
const BLACK = `drawbox=x=0:y=0:w=${BITS * CELL}:h=${CELL}:color=black:t=fill`;

/** The counter of the shown picture, the time of day, and what the chip says. */
const READ = `new Promise((resolve) => {
  const video = document.querySelector('video');
  video.requestVideoFrameCallback(() => {
    const canvas = document.createElement('canvas');
    canvas.width = ${BITS * CELL};
    canvas.height = ${CELL};
    const context = canvas.getContext('2d');
    context.drawImage(video, 0, 0, ${BITS * CELL}, ${CELL}, 0, 0, ${BITS * CELL}, ${CELL});
    let frame = 0;
    for (let bit = 0; bit < ${BITS}; bit += 1)
      if (context.getImageData(bit * ${CELL} + ${CELL / 2}, ${CELL / 2}, 1, 1).data[0] > 127) frame += 2 ** bit;
    resolve({ frame, atMs: Date.now(), chip: document.querySelector('.chip-number').textContent });
  });
})`;

type Reading = { readonly frame: number; readonly atMs: number; readonly chip: string };

async function differences(page: Page, startMs: number, clipMs: number): Promise<readonly number[]> {
  const found: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const { frame, atMs, chip } = await page.evaluate<Reading>(READ);
    const sentMs = startMs + (frame * 1000) / RATE;
    const trueMs = (((atMs - sentMs) % clipMs) + clipMs) % clipMs;
    const shownMs = Number(/([\d.]+) s/.exec(chip)?.[1]) * 1000;
    found.push(shownMs - trueMs);
    await delay(100);
  }
  return found.sort((a, b) => a - b);
}

it('agrees within 150 ms with the counter in the picture, in each mode', async () => {
  const gateway = await startGateway();
  const file = await makeSource('flv', {
    video: { size: '320x180', rate: RATE, gop: 60, bframes: 0, bitrateKbps: 600 },
    durationS: CLIP_S,
    extraArgs: ['-vf', [BLACK, ...COUNTER].join(',')],
  });
  const clip = clipFrom(parseFlvFile(await readFile(file)));
  const encoder = await ClipEncoder.publish({ port: gateway.rtmpPort, streamName: 'show' });
  encoder.play(clip);
  const { page } = await openPage(gateway.url('/watch/show'));
  await untilPlaying(page, { minFrames: 60 });
  const startMs = encoder.firstMediaAtMs ?? 0;
  for (const mode of ['Low', 'Balanced', 'Stable']) {
    await page.getByRole('button', { name: 'Settings' }).press('Enter');
    await page.getByRole('menuitem', { name: /Distance from live/ }).press('Enter');
    await page.getByRole('menuitemradio', { name: new RegExp(`^${mode}`) }).press('Enter');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    // The way to another distance is gone with a slightly changed speed.
    await expect
      .poll(async () => Math.abs(Number(await page.locator('.stage').getAttribute('data-behind-ms'))), {
        timeout: SETTLE_MS,
      })
      .toBeLessThan(250);
    const found = await differences(page, startMs, clip.durationMs);
    const middle = found[SAMPLES / 2] ?? Number.NaN;
    console.log(
      `${mode}: median ${middle.toFixed(0)} ms, from ${found[0]?.toFixed(0)} to ${found.at(-1)?.toFixed(0)} ms`,
    );
    expect(Math.abs(middle), mode).toBeLessThan(AGREES_WITHIN_MS);
    const agreeing = found.filter((one) => Math.abs(one) < AGREES_WITHIN_MS).length;
    expect(agreeing / SAMPLES, `${mode}: ${found.map(Math.round).join(' ')}`).toBeGreaterThan(0.9);
  }
});
