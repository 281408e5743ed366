// CEA-708 captions in Chromium: shown as they were sent.
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { screenshot } from '../support/browser.ts';
import { activeText, untilDeclared } from '../support/captioned-page.ts';
import { makeServiceSource } from '../support/captioned-source.ts';
import { publishFile } from '../support/ffmpeg.ts';
import { startGateway } from '../support/gateway-process.ts';
import { joined, ourCues, plain, play, type Shown, shownBy, TOLERANCE_S } from '../support/shown-captions.ts';

const SOURCE_S = 60;
const POLL_MS = 100;

it('of CEA-708 are shown in Chromium as they were sent', async () => {
  const gateway = await startGateway();
  const file = await makeServiceSource(SOURCE_S);
  publishFile(file, gateway.rtmpUrl('service'));
  const index = gateway.url('/live/service/index.m3u8');
  await untilDeclared(index);
  expect(await (await fetch(index)).text()).toContain('INSTREAM-ID="SERVICE1"');
  const page = await play(index, { enableCEA708Captions: false });
  while (!(await activeText(page)).includes('IN POP-ON')) await delay(POLL_MS);
  await screenshot(page, 'captions-service-shown');

  const sent = ourCues(file, 'S1');
  let seen: Shown[] = [];
  while (seen.length < 10) {
    await delay(POLL_MS * 10);
    seen = joined(await shownBy(page));
  }
  // The page joined in the middle of a caption, of which it may have shown pieces, and ends in the middle of another.
  const whole = seen.slice(
    seen.findIndex(({ text }) => text !== seen[0]?.text),
    -1,
  );
  const first = sent.findIndex(({ text }) => plain(text) === whole[0]?.text);
  expect(first).toBeGreaterThanOrEqual(0);
  // The file's clock started with the publication.
  const offset = (whole[0]?.start ?? 0) - (sent[first]?.start ?? 0);
  for (const [at, { start, end, text }] of whole.entries()) {
    const expected = sent[first + at];
    expect(text).toBe(plain(expected?.text ?? ''));
    expect(Math.abs(start - offset - (expected?.start ?? 0)), text).toBeLessThan(TOLERANCE_S);
    expect(Math.abs(end - offset - (expected?.end ?? 0)), text).toBeLessThan(TOLERANCE_S);
  }
});
