// What a page shows of a stream's captions, and whether they are offered already.
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';

const POLL_MS = 100;

/** Resolves when the multivariant playlist has them. */
export async function untilDeclared(index: string): Promise<void> {
  while (!(await (await fetch(index)).text()).includes('TYPE=SUBTITLES')) await delay(POLL_MS);
}

/** All that the video shows at this moment. */
export async function activeText(page: Page): Promise<string> {
  return page.evaluate<string>(
    `[...document.querySelector('video').textTracks].flatMap((track) => [...(track.activeCues ?? [])]).map((cue) => cue.text).join(' ')`,
  );
}
