// OBS Studio's own captions: OBS writes each into one picture, after the slices. A script in OBS sends them, as its
// caption plugins do; the gateway's subtitles contain every text.
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openPage, screenshot, untilPlaying } from '../support/browser.ts';
import { startGateway } from '../support/gateway-process.ts';
import { longFlashClip } from './flash-clip.ts';
import { startObs } from './obs-encoder.ts';

const NAME = 'captioned';
const CLIP_S = 60;
const TEXTS = [
  'HELLO FROM OBS',
  'THIS ONE IS LONGER THAN A ROW OF THIRTY-TWO CHARACTERS, AND HAS TWO.',
  'WHO IS IT? IT IS ME & YOU',
] as const;
const SAYS_EVERY_MS = 3_000;
const SHOWN_S = 2.5;
/** OBS and a browser start slowly on a busy machine. */
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 50;

const SCRIPT = `
obs = obslua
texts = { ${TEXTS.map((text) => JSON.stringify(text)).join(', ')} }
said = 0
function say()
  local output = obs.obs_frontend_get_streaming_output()
  if output == nil then return end
  if obs.obs_output_active(output) then
    obs.obs_output_output_caption_text2(output, texts[said % #texts + 1], ${SHOWN_S})
    said = said + 1
  end
  obs.obs_output_release(output)
end
function script_load(settings) obs.timer_add(say, ${SAYS_EVERY_MS}) end
`;

/** The captions on the watch page, with rows joined: OBS breaks texts into rows of 32 characters. */
const SHOWN_TEXT = `[...document.querySelector('video').textTracks]
  .flatMap((track) => [...(track.activeCues ?? [])])
  .map((cue) => cue.getCueAsHTML().textContent.replace(/\\s+/g, ' '))
  .join(' ')`;

it('captions that OBS writes are offered by the watch page, and have their texts', async () => {
  const gateway = await startGateway();
  const { page, problems } = await openPage(gateway.url(`/watch/${NAME}`));
  const push = await startObs(gateway, {
    streamName: NAME,
    clip: await longFlashClip(CLIP_S),
    script: SCRIPT,
  });
  await untilPlaying(page, { timeoutMs: START_TIMEOUT_MS });
  await page.locator('.captions-control').waitFor({ state: 'visible' });
  await page.locator('.stage').focus();
  await page.keyboard.press('c');
  for (const text of [...TEXTS, ...TEXTS]) {
    while ((await page.evaluate<string>(SHOWN_TEXT)) !== text) await delay(POLL_MS);
    await screenshot(page, `captions-of-obs-${TEXTS.indexOf(text)}`);
  }
  expect(problems.pageErrors).toEqual([]);
  await push.stop();
});
