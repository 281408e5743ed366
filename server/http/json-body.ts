// Reads the JSON body of a request, up to a limit (RFC 8259, RFC 9110 clause 15.5).

import type { IncomingMessage } from 'node:http';
import type { ErrorCode } from '../errors.ts';
import { type FaultLog, guarded } from '../guard.ts';
import { FIXED_LIMITS } from '../limit-tally.ts';

/** A key with all of its fields and 64 networks takes 4 KiB. */
export const MAX_BODY_BYTES = FIXED_LIMITS['api.body'].limit;

/**
 * Each piece costs a call and some hundred bytes of memory, and one read can have ten thousand chunks of a byte. A body of 64 KiB in
 * packets of 536 bytes, the smallest that TCP takes for granted (RFC 9293 clause 3.7.1), has 123.
 */
export const MAX_BODY_PIECES = FIXED_LIMITS['http.body-pieces'].limit;

export type BodyFault = { readonly code: ErrorCode; readonly detail: string };

const JSON_TYPE = /^application\/json\s*(?:;|$)/i;

const TOO_LARGE: BodyFault = {
  code: 'body_too_large',
  detail: `A body is ${MAX_BODY_BYTES} bytes at most, in ${MAX_BODY_PIECES} pieces at most.`,
};

/** The parsed value, or why there is none. Rejects if the client leaves before its body is complete. */
export async function readJsonBody(
  request: IncomingMessage,
  log: FaultLog,
): Promise<{ readonly value: unknown } | BodyFault> {
  const { 'content-type': type = '', 'content-encoding': coding = 'identity' } = request.headers;
  if (!JSON_TYPE.test(type)) {
    const given = type === '' ? 'has no Content-Type' : `is ${JSON.stringify(type.slice(0, 80))}`;
    const detail = `The body ${given}; send JSON with Content-Type: application/json. Without fields, send {}.`;
    return { code: 'bad_content_type', detail };
  }
  if (coding.toLowerCase() !== 'identity')
    return { code: 'bad_content_type', detail: 'The body is compressed; send it as it is.' };
  // A surrounding application has read the body and parsed it (express.json).
  if (request.readableEnded) return { value: 'body' in request ? request.body : undefined };
  const bytes = await readBytes(request, MAX_BODY_BYTES, log);
  if (bytes === undefined) return TOO_LARGE;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { code: 'bad_body', detail: 'The body is not JSON in UTF-8.' };
  }
}

/** Undefined if the body is too long or in too many pieces; the rest is not kept. Rejects if the client leaves before its body is complete. */
export async function readBytes(
  request: IncomingMessage,
  maxBytes: number,
  log: FaultLog,
): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return undefined;
  return new Promise((resolve, reject) => {
    const guard = { log, close: () => reject(new Error('the body could not be read')) };
    const pieces: Buffer[] = [];
    let length = 0;
    const take = (piece: Buffer): void => {
      length += piece.length;
      if (length <= maxBytes && pieces.length < MAX_BODY_PIECES) pieces.push(piece);
      else resolve(undefined);
    };
    const leave = (): void => reject(new Error('the client left before its body was complete'));
    request.on('data', guarded(guard, take));
    request.once(
      'end',
      guarded(guard, () => resolve(Buffer.concat(pieces))),
    );
    request.once('error', guarded(guard, leave));
    request.once('close', guarded(guard, leave));
  });
}
