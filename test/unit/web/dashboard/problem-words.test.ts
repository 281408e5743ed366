// What the dashboard says when the gateway refuses something, and when a proxy answers in its place.
import { expect, onTestFinished, test } from 'vitest';
import { OPERATIONS } from '../../../../server/api/operations.ts';
import { commonErrors } from '../../../../server/api/problem-statuses.ts';
import { ApiProblem, problemIn } from '../../../../web/dashboard/api-problem.ts';
import { accessWords, problemWords } from '../../../../web/dashboard/problem-words.ts';
import { speak } from '../../../../web/words/catalogue.ts';
import { LANGUAGES } from '../../../../web/words/language.ts';

/** What the dashboard asks for (web/dashboard/operator-api.ts). */
const ASKED = ['kickPublisher', 'endStream', 'listKeys', 'addKey', 'removeKey', 'listClosedNames'];
/** A mistake of the page, and not of its visitor. */
const OF_THE_PAGE = ['bad_parameter', 'bad_query', 'bad_body', 'bad_content_type', 'body_too_large'];

const problem = (code: string): string => JSON.stringify({ code, detail: 'A sentence.' });

test('a refusal of the gateway is one', () => {
  for (const [status, code] of [
    [401, 'unknown_admin_token'],
    [403, 'admin_network'],
    [429, 'token_attempts'],
  ] as const)
    expect(problemIn(status, problem(code)).isRefusal, code).toBe(true);
});

test('an answer of a proxy that cannot reach the gateway says nothing about the token', () => {
  for (const [status, body] of [
    [502, '<html>Bad Gateway</html>'],
    [503, ''],
    [404, '<html>nothing here</html>'],
    [403, '"a text"'],
    [500, problem('internal_error')],
  ] as const)
    expect(problemIn(status, body).isRefusal, String(status)).toBe(false);
  const { code, message } = problemIn(502, '<html>Bad Gateway</html>');
  expect(accessWords(code, message)).toContain('Can’t reach the gateway');
});

test.each(LANGUAGES)('every refusal of what the dashboard asks for has words in %s', async (language) => {
  await speak([language]);
  onTestFinished(async () => {
    await speak(['en']);
  });
  const asked = OPERATIONS.filter(({ id }) => ASKED.includes(id));
  expect(asked.map(({ id }) => id).toSorted()).toEqual(ASKED.toSorted());
  const codes = new Set(asked.flatMap((operation) => [...operation.errors, ...commonErrors(operation)]));
  for (const code of codes) {
    if (OF_THE_PAGE.includes(code)) continue;
    expect(problemWords(new ApiProblem(400, code, 'The sentence of the gateway.')), code).not.toContain(
      'The sentence of the gateway',
    );
  }
  expect(problemWords(new ApiProblem(400, 'toString', 'New.'))).toBe('New.');
  expect(accessWords('toString', 'New.')).toBe('New.');
});
