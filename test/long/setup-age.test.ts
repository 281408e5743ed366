// The set-up page while a stream runs and when its encoder is lost.
import { expect, it } from 'vitest';
import { openPage } from '../support/browser.ts';
import { liveGateway } from '../support/watched-stream.ts';

it('the set-up page tells the age of the stream, not of its last hiccup', async () => {
  const { gateway, encoder } = await liveGateway();
  const { page } = await openPage(gateway.url('/'));
  const facts = page.locator('.live-facts');
  const age = async (): Promise<number> => Number(/for (\d+) s/.exec(await facts.innerText())?.[1] ?? 0);
  await expect.poll(age, { timeout: 15_000 }).toBeGreaterThan(4);
  const before = await age();
  encoder.end('FIN');
  await page.locator('.pill[data-state="reconnecting"]').waitFor();
  expect(await age()).toBeGreaterThanOrEqual(before);
});
