// Captions that a page shows, and whether they are listed.
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';

const POLL_MS = 100;

/** Resolves when the multivariant playlist has them. */
export async function untilDeclared(index: string): Promise<void> {
  while (!(await (await fetch(index)).text()).includes('TYPE=SUBTITLES')) await delay(POLL_MS);
}

/** The captions that the video shows now. */
export async function activeText(page: Page): Promise<string> {
  return page.evaluate<string>(
    `[...document.querySelector('video').textTracks].flatMap((track) => [...(track.activeCues ?? [])]).map((cue) => cue.text).join(' ')`,
  );
}
