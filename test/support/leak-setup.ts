// Runs before each end-to-end file: reads what its gateways answer, and fails the file if a secret was seen (leak-search.ts), or if an
// answer of the API is not as it is documented.
import { appendFileSync } from 'node:fs';
import { afterAll, expect, inject } from 'vitest';
import { AnswerChecks } from './answer-checks.ts';
import { isText, leakSearch } from './leak-search.ts';

const EVENTS = /^text\/event-stream/;
const plainFetch = globalThis.fetch;
const checks = new AnswerChecks();

leakSearch.begin();

globalThis.fetch = async (input, init) => {
  const response = await plainFetch(input, init);
  const url = input instanceof Request ? input.url : String(input);
  const method = init?.method ?? (input instanceof Request ? input.method : 'GET');
  const type = response.headers.get('content-type');
  if (EVENTS.test(type ?? '')) return withReader(response, leakSearch.sawPieces('events', url));
  const head = Object.fromEntries(response.headers);
  const isSearched = response.body !== null && isText(type);
  const reading = isSearched ? response.clone().text() : Promise.resolve('');
  leakSearch.await(reading.then((body) => leakSearch.sawAnswer(method, url, head, body)));
  const { status } = response;
  checks.check(url, async () => ({ method, status, contentType: type ?? '', text: await reading }));
  return response;
};

/** Endless answers cannot be cloned: the copy would keep the connection open after the test has left. */
function withReader(response: Response, read: (text: string) => void): Response {
  const decoder = new TextDecoder();
  const reading = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      read(decoder.decode(chunk, { stream: true }));
      controller.enqueue(chunk);
    },
  });
  const { status, headers, url } = response;
  const copy = new Response(response.body?.pipeThrough(reading) ?? null, { status, headers });
  return Object.defineProperty(copy, 'url', { value: url });
}

afterAll(async () => {
  await leakSearch.settled();
  const file = expect.getState().testPath ?? '';
  const seen = { file, secrets: leakSearch.secretCount, counts: leakSearch.counts() };
  appendFileSync(inject('leakTally'), `${JSON.stringify(seen)}\n`);
  const faults = await checks.faults();
  if (faults.length > 0)
    throw new Error(`the API has answered as it is not documented:\n${faults.join('\n')}`);
  const leaks = leakSearch.leaks();
  if (leaks.length > 0) throw new Error(`the gateway has told a secret:\n${leaks.join('\n')}`);
});
