// Every answer of the API that a page gets is checked as it is documented.
import type { Page } from 'playwright-core';
import { AnswerChecks } from './answer-checks.ts';

/** Listens to a page. @returns the faults of all answers so far */
export function checkApiAnswers(page: Page): () => Promise<string[]> {
  const checks = new AnswerChecks();
  page.on('response', (response) =>
    checks.check(response.url(), async () => ({
      method: response.request().method(),
      status: response.status(),
      contentType: (await response.headerValue('content-type')) ?? '',
      text: await response.text(),
    })),
  );
  return () => checks.faults();
}
