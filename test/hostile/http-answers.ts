// HTTP/1.1 answers in a stream of bytes (RFC 9112): status, length of the body, whether it is complete.

export type ReadAnswer = { readonly status: number; readonly bodyBytes: number; readonly isWhole: boolean };

const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');

/** The answers from the first byte on; the last one may be incomplete. Bytes after a 101 are not HTTP. */
export function readAnswers(bytes: Buffer): ReadAnswer[] {
  const answers: ReadAnswer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const headEnd = bytes.indexOf(HEAD_END, at);
    if (headEnd < 0) break;
    const head = bytes.toString('latin1', at, headEnd);
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? Number.NaN);
    const bodyAt = headEnd + HEAD_END.length;
    if (status === 101) return [...answers, { status, bodyBytes: 0, isWhole: true }];
    const body = /^transfer-encoding: *chunked/im.test(head)
      ? readChunked(bytes, bodyAt)
      : readSized(bytes, bodyAt, lengthOf(head, status));
    answers.push({ status, bodyBytes: body.bodyBytes, isWhole: body.isWhole });
    if (!body.isWhole) break;
    at = body.end;
  }
  return answers;
}

type Body = { readonly bodyBytes: number; readonly isWhole: boolean; readonly end: number };

function lengthOf(head: string, status: number): number {
  if (status === 204 || status === 304) return 0;
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  return length === undefined ? Number.POSITIVE_INFINITY : Number(length);
}

function readSized(bytes: Buffer, at: number, length: number): Body {
  const there = Math.min(length, bytes.length - at);
  return { bodyBytes: there, isWhole: there === length, end: at + there };
}

function readChunked(bytes: Buffer, from: number): Body {
  let at = from;
  let bodyBytes = 0;
  for (;;) {
    const lineEnd = bytes.indexOf(LINE_END, at);
    if (lineEnd < 0) return { bodyBytes, isWhole: false, end: bytes.length };
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const end = lineEnd + LINE_END.length + size + LINE_END.length;
    if (Number.isNaN(size) || end > bytes.length) return { bodyBytes, isWhole: false, end: bytes.length };
    bodyBytes += size;
    at = end;
    if (size === 0) return { bodyBytes, isWhole: true, end: at };
  }
}
