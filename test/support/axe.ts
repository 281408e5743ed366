// axe-core in a page: what breaks WCAG 2.2 A and AA, in words. It is run by the debugger, so the page's policy stays strict.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Frame, Page } from 'playwright-core';

type AxeResult = {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
};

const AXE_SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Running animations and transitions give colours that nobody sees for long. */
const SETTLE = `Promise.all(document.getAnimations()
  .filter((one) => one.effect?.getTiming().iterations !== Infinity).map((one) => one.finished.catch(() => undefined)))`;

/**
 * Every violation as `RULE: SELECTOR: WHY`; empty for an accessible page. `exclude`: selectors of parts that are not
 * judged, such as a canvas of another page. Frames inside are judged on their own: pass the `Frame`.
 */
export async function axeViolations(
  page: Page | Frame,
  options: { readonly exclude?: readonly string[] } = {},
): Promise<readonly string[]> {
  await page.evaluate(`window.axe === undefined ? (() => { ${AXE_SOURCE} })() : undefined`);
  await page.evaluate(SETTLE);
  const context = JSON.stringify({ exclude: (options.exclude ?? []).map((selector) => [selector]) });
  const found = await page.evaluate<readonly AxeResult[]>(
    `window.axe.run(${context}, { iframes: false, runOnly: ${JSON.stringify(TAGS)}, resultTypes: ['violations'] })
      .then(({ violations }) => violations)`,
  );
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary = help }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
  );
}
