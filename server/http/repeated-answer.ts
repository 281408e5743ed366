// Answers that are the same for many, as playlists are: the first is written by node:http, the others get its bytes in one piece
// (docs/decisions/0010).

import { ServerResponse } from 'node:http';
import { systemClock } from '../clock.ts';

/** Those that are to get the same bytes hand in the same one. */
export type RepeatedAnswer = {
  readonly status: number;
  /** Names and values in turn, without content-length. */
  readonly headers: readonly string[];
  readonly body: Buffer;
};

/** Head and body as they went to the first who got them; the head has the date, so it lasts for a second. */
type ReadyBytes = { readonly head: string; readonly bytes: Buffer; readonly second: number };

/** What a response has beside its public side, in Node 20 to 24: its head once it is written, and whether that was sent. */
type WrittenHead = { _header: string | null; _headerSent: boolean; maxRequestsOnConnectionReached?: boolean };

/** Longer ones are copied too seldom and too slowly for it to matter. */
const MAX_READY_BYTES = 64 * 1024;

const ready = new WeakMap<RepeatedAnswer, ReadyBytes>();
const { writeHead, write, end } = ServerResponse.prototype;

/** Sends it whole; a HEAD gets the head of it. */
export function sendRepeated(response: ServerResponse, answer: RepeatedAnswer): void {
  const second = Math.floor(systemClock.epochMs() / 1000);
  const isPlain = isPlainResponse(response);
  const known = ready.get(answer);
  if (isPlain && known?.second === second) return sendReady(response, answer.status, known);
  const { status, headers, body } = answer;
  response.writeHead(status, [...headers, 'content-length', String(body.length)]);
  if (isPlain && body.length <= MAX_READY_BYTES) keep(response, answer, second);
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

/** One write of one buffer: node:http would gather head, body and an empty end, which takes almost twice as long. */
function sendReady(response: ServerResponse, status: number, { head, bytes }: ReadyBytes): void {
  response.statusCode = status;
  Object.assign(response, { _header: head, _headerSent: true } satisfies WrittenHead);
  response.socket?.write(bytes);
  response.end();
}

function keep(response: ServerResponse, answer: RepeatedAnswer, second: number): void {
  const { _header: head, _headerSent: isSent } = response as ServerResponse & Partial<WrittenHead>;
  // A node:http that keeps them elsewhere writes every answer itself.
  if (typeof head !== 'string' || isSent !== false) return;
  ready.set(answer, { head, bytes: Buffer.concat([Buffer.from(head, 'latin1'), answer.body]), second });
}

/**
 * Whether what node:http would write is what it wrote for others: HTTP/1.1 on a connection that stays, with the socket at hand
 * (it is not while an answer before it is under way), and no header, hook or limit of an application around us.
 */
function isPlainResponse(response: ServerResponse): boolean {
  if (!(response instanceof ServerResponse)) return false;
  const { req: request, socket, shouldKeepAlive, headersSent } = response;
  const isAsMany =
    request.method === 'GET' && request.httpVersion === '1.1' && shouldKeepAlive && !headersSent;
  const { maxRequestsOnConnectionReached: isLast } = response as ServerResponse & Partial<WrittenHead>;
  const isHooked = response.writeHead !== writeHead || response.write !== write || response.end !== end;
  return (
    isAsMany && socket !== null && isLast !== true && !isHooked && response.getHeaderNames().length === 0
  );
}
