// docs/webhooks.md shows every event as its schema has it, and the schedule of retries as it is.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { withEvents } from '../../scripts/webhook-events.ts';
import { RETRY_DELAYS_MS } from '../../server/webhooks/retry-schedule.ts';

const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/webhooks.md'), 'utf8');

test('docs/webhooks.md shows every event as it is (`npm run docs` writes it)', () => {
  expect(page).toBe(withEvents(page));
});

test('docs/webhooks.md has the schedule of retries', () => {
  const words = RETRY_DELAYS_MS.map((delayMs) => {
    if (delayMs < 60_000) return `${delayMs / 1_000} s`;
    return delayMs < 3_600_000 ? `${delayMs / 60_000} min` : `${delayMs / 3_600_000} h`;
  });
  expect(page).toContain(`${words.slice(0, -1).join(', ')} and ${words.at(-1)}`);
});
