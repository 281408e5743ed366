// The form with the password of a stream: one that cannot be read is refused with the reason.
import { expect, test } from 'vitest';
import { openGateway } from '../gateway-fixture.ts';

const FORM = 'application/x-www-form-urlencoded';

test.each([
  ['too long', { 'content-type': FORM }, `password=${'x'.repeat(5_000)}`, 413, '4096 bytes'],
  ['with too many fields', { 'content-type': FORM }, 'a=1&b=2&c=3&d=4&e=5', 413, '4 fields'],
  ['in an unknown charset', { 'content-type': `${FORM}; charset=x` }, 'password=x', 415, 'encoding'],
  [
    'that is compressed by nothing known',
    { 'content-type': FORM, 'content-encoding': 'x' },
    'a',
    415,
    'compressed',
  ],
  [
    'that says it is compressed',
    { 'content-type': FORM, 'content-encoding': 'gzip' },
    'a=1',
    400,
    'cannot be read',
  ],
])('a form %s', async (_what, headers, body, status, words) => {
  const open = await openGateway({ playback: { streams: { party: { password: 'correct horse' } } } });
  const answer = await fetch(open.url('/watch/party'), { method: 'POST', headers, body });
  const problem = (await answer.json()) as { detail: string };
  expect(answer.status).toBe(status);
  expect(problem.detail).toContain(words);
});
