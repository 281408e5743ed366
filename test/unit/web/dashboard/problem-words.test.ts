// What the dashboard says when the gateway refuses something, and when a proxy answers in its place.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { OPERATIONS } from '../../../../server/api/operations.ts';
import { commonErrors } from '../../../../server/api/problem-statuses.ts';
import { ApiProblem, OperatorApi } from '../../../../web/dashboard/operator-api.ts';
import { accessWords, problemWords } from '../../../../web/dashboard/problem-words.ts';
import { speak } from '../../../../web/words/catalogue.ts';
import { LANGUAGES } from '../../../../web/words/language.ts';

/** What the dashboard asks for (web/dashboard/operator-api.ts). */
const ASKED = ['kickPublisher', 'endStream', 'listKeys', 'addKey', 'removeKey', 'listClosedNames'];
/** A mistake of the page, and not of its visitor. */
const OF_THE_PAGE = ['bad_parameter', 'bad_query', 'bad_body', 'bad_content_type', 'body_too_large'];

/** A gateway, or a proxy, that answers everything in one way. */
async function answering(status: number, type: string, body: string): Promise<OperatorApi> {
  const server = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': type }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return new OperatorApi(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

async function problemOf(api: OperatorApi): Promise<ApiProblem> {
  try {
    await api.check('a-token');
  } catch (error) {
    if (error instanceof ApiProblem) return error;
  }
  throw new Error('there was no problem');
}

const problem = (code: string): string => JSON.stringify({ code, detail: 'A sentence.' });

test('a refusal of the gateway is one', async () => {
  for (const [status, code] of [
    [401, 'unknown_admin_token'],
    [403, 'admin_network'],
    [429, 'token_attempts'],
  ] as const) {
    const { isRefusal } = await problemOf(await answering(status, 'application/problem+json', problem(code)));
    expect(isRefusal, code).toBe(true);
  }
});

test('an answer of a proxy that cannot reach the gateway says nothing about the token', async () => {
  for (const [status, body] of [
    [502, '<html>Bad Gateway</html>'],
    [503, ''],
    [404, '<html>nothing here</html>'],
    [500, problem('internal_error')],
  ] as const) {
    const found = await problemOf(await answering(status, 'text/html', body));
    expect(found.isRefusal, String(status)).toBe(false);
  }
  const { code, message } = await problemOf(await answering(502, 'text/html', '<html>Bad Gateway</html>'));
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
