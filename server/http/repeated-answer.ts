// Equal answers to many clients, such as playlists and parts: node:http writes the first, and the others get its bytes in one write
// (docs/decisions/0010).

import { ServerResponse } from 'node:http';
import { systemClock } from '../clock.ts';
import { DirectReply, headOf } from './direct-reply.ts';
import type { HttpReply } from './http-exchange.ts';

/** Equal answers share one of these. */
export type RepeatedAnswer = {
  readonly status: number;
  /** Alternating names and values, without content-length. */
  readonly headers: readonly string[];
  readonly body: Buffer;
};

/** A body that is too long to be copied behind its head. Equal bodies are one list of chunks. */
export type RepeatedBody = {
  readonly chunks: readonly { readonly bytes: Buffer }[];
  readonly byteLength: number;
};

/** Head and body of the first answer. The head has the date, so it is valid for a second. */
type ReadyBytes = { readonly head: string; readonly bytes: Buffer; readonly second: number };

/** Internal properties of a response in Node 20 to 24: its head, and whether it was sent. */
type WrittenHead = { _header: string | null; _headerSent: boolean; maxRequestsOnConnectionReached?: boolean };

/** Longer bodies are not copied. */
const MAX_READY_BYTES = 64 * 1024;

const ready = new WeakMap<RepeatedAnswer, ReadyBytes>();
/** Heads by the list of chunks behind them. */
const heads = new WeakMap<RepeatedBody['chunks'], Omit<ReadyBytes, 'bytes'>>();
/** The same for direct connections. */
const directHeads = new WeakMap<RepeatedBody['chunks'], Omit<ReadyBytes, 'head'>>();
const { writeHead, write, end } = ServerResponse.prototype;

/** Sends the answer; HEAD gets the head only. */
export function sendRepeated(response: HttpReply, answer: RepeatedAnswer): void {
  const second = Math.floor(systemClock.epochMs() / 1000);
  if (response instanceof DirectReply) return sendDirectly(response, answer, second);
  const isPlain = isPlainResponse(response);
  const known = ready.get(answer);
  if (isPlain && known?.second === second) return sendReady(response, answer.status, known);
  const { status, headers, body } = answer;
  response.writeHead(status, [...headers, 'content-length', String(body.length)]);
  if (isPlain && body.length <= MAX_READY_BYTES) keep(response, answer, second);
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

/** Answers a GET with 200 and `body`. `headers` alternate names and values, without content-length. */
export function sendRepeatedBody(
  response: HttpReply & Partial<WrittenHead>,
  body: RepeatedBody,
  headers: readonly string[],
): void {
  const { chunks, byteLength } = body;
  const second = Math.floor(systemClock.epochMs() / 1000);
  if (response instanceof DirectReply) return sendBodyDirectly(response, { body, headers, second });
  const isPlain = isPlainResponse(response);
  const known = isPlain ? heads.get(chunks) : undefined;
  if (known?.second === second) response._header = known.head;
  else {
    response.writeHead(200, [...headers, 'content-length', String(byteLength)]);
    const { _header: head, _headerSent: isSent } = response;
    if (isPlain && typeof head === 'string' && isSent === false) heads.set(chunks, { head, second });
  }
  let last: Buffer | undefined;
  response.cork();
  for (const { bytes } of chunks) {
    if (last !== undefined) response.write(last);
    last = bytes;
  }
  response.end(last);
  response.uncork();
}

function sendDirectly(reply: DirectReply, answer: RepeatedAnswer, second: number): void {
  let known = ready.get(answer);
  if (known?.second !== second) {
    const { status, headers, body } = answer;
    const head = headOf(status, [...headers, 'content-length', String(body.length)]);
    if (body.length > MAX_READY_BYTES) return reply.endReady(Buffer.from(head, 'latin1'), [{ bytes: body }]);
    known = { head, bytes: Buffer.concat([Buffer.from(head, 'latin1'), body]), second };
    ready.set(answer, known);
  }
  reply.endReady(known.bytes);
}

function sendBodyDirectly(
  reply: DirectReply,
  {
    body,
    headers,
    second,
  }: { readonly body: RepeatedBody; readonly headers: readonly string[]; readonly second: number },
): void {
  const { chunks, byteLength } = body;
  let known = directHeads.get(chunks);
  if (known?.second !== second) {
    const head = headOf(200, [...headers, 'content-length', String(byteLength)]);
    known = { bytes: Buffer.from(head, 'latin1'), second };
    directHeads.set(chunks, known);
  }
  reply.endReady(known.bytes, chunks);
}

/** One write of one buffer; node:http's writev of head, body and end takes almost twice as long. */
function sendReady(response: ServerResponse, status: number, { head, bytes }: ReadyBytes): void {
  response.statusCode = status;
  Object.assign(response, { _header: head, _headerSent: true } satisfies WrittenHead);
  response.socket?.write(bytes);
  response.end();
}

function keep(response: ServerResponse, answer: RepeatedAnswer, second: number): void {
  const { _header: head, _headerSent: isSent } = response as ServerResponse & Partial<WrittenHead>;
  // If a later Node has no such properties, node:http writes every answer.
  if (typeof head !== 'string' || isSent !== false) return;
  ready.set(answer, { head, bytes: Buffer.concat([Buffer.from(head, 'latin1'), answer.body]), second });
}

/**
 * Whether node:http would write the same bytes: HTTP/1.1 on a connection that stays open, with the socket available (no earlier
 * answer is unfinished), and without headers, hooks or limits of a surrounding application.
 */
function isPlainResponse(response: HttpReply): response is ServerResponse {
  if (!(response instanceof ServerResponse)) return false;
  const { req: request, socket, shouldKeepAlive, headersSent } = response;
  const isUsual =
    request.method === 'GET' && request.httpVersion === '1.1' && shouldKeepAlive && !headersSent;
  const { maxRequestsOnConnectionReached: isLast } = response as ServerResponse & Partial<WrittenHead>;
  const isHooked = response.writeHead !== writeHead || response.write !== write || response.end !== end;
  return isUsual && socket !== null && isLast !== true && !isHooked && response.getHeaderNames().length === 0;
}
