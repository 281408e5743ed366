// The watch page on a phone, a desktop and a wall, in dark and light, opened together: one scene is seen by all of them.
import type { Page } from 'playwright-core';
import { axeViolations } from './axe.ts';
import { openPage, type PageProblems, screenshot } from './browser.ts';

export const VIEWPORTS = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 800 },
  wall: { width: 1920, height: 1080 },
} as const;
const SCHEMES = ['dark', 'light'] as const;

export type Look = {
  readonly name: string;
  readonly page: Page;
  readonly problems: PageProblems;
};

/** Opens the page in every look, or in the named ones. */
export async function openLooks(url: string, only?: readonly string[]): Promise<readonly Look[]> {
  const looks: Look[] = [];
  for (const [size, viewport] of Object.entries(VIEWPORTS))
    for (const colorScheme of SCHEMES) {
      const name = `${size}-${colorScheme}`;
      if (only !== undefined && !only.includes(name)) continue;
      looks.push({ name, ...(await openPage(url, { viewport, colorScheme })) });
    }
  return looks;
}

/** A screenshot of each look, and what axe-core finds in it. A wall has the layout and the colours of a desktop. */
export async function photograph(looks: readonly Look[], state: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { name, page } of looks) {
    await screenshot(page, `watch-${state}-${name}`);
    if (name.startsWith('wall')) continue;
    found.push(...(await axeViolations(page)).map((violation) => `${state}, ${name}: ${violation}`));
  }
  return found;
}
