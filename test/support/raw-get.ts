// A plain request and the unchanged answer, because fetch adds and removes content codings.

import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { isText, leakSearch } from './leak-search.ts';

export type RawAnswer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};

/** Sends a GET by default. Resolves with the complete answer of any status. */
export async function rawGet(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<RawAnswer> {
  const outgoing = request(url, { headers, method });
  outgoing.end();
  const [response]: IncomingMessage[] = await once(outgoing, 'response');
  if (response === undefined) throw new Error(`${url} gave no response`);
  const chunks: Buffer[] = await response.toArray();
  const body = Buffer.concat(chunks);
  const isSearched = isText(response.headers['content-type']);
  leakSearch.sawAnswer(method, url, response.headers, isSearched ? body.toString() : '');
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}
