// What the gateway answers in place of a success, in the language of the page: by its code, or else the sentence of the gateway.
import { dashboardWords } from '../words/dashboard.ts';
import { ApiProblem } from './api-problem.ts';

const { access, actions } = dashboardWords;

/** Why the visitor may not use the dashboard. Without a code there was no answer. */
export function accessWords(code: string, detail: string): string {
  return wordsOf(access.refused, code) ?? (detail === '' ? access.unreachable : detail);
}

/** Why an action failed, or that there was no answer. It stands after a colon. */
export function problemWords(error: unknown): string {
  if (!(error instanceof ApiProblem)) return actions.unreachable;
  const known = wordsOf(actions.problems, error.code) ?? wordsOf(access.refused, error.code);
  return known ?? (error.message === '' ? actions.unreachable : error.message);
}

function wordsOf(words: Readonly<Record<string, string>>, code: string): string | undefined {
  return Object.hasOwn(words, code) ? words[code] : undefined;
}
