// WebVTT as responses (RFC 8216bis clause 3.1.4, RFC 9110 clause 8.3): small, made before, and never changed.

import type { ServerResponse } from 'node:http';
import { type RepeatedAnswer, sendRepeated } from './repeated-answer.ts';

/** Names carry the epoch of the process that wrote them, as those of media do. */
const TEXT_HEADERS: readonly string[] = [
  ...['content-type', 'text/vtt; charset=utf-8'],
  ...['cache-control', 'public, max-age=31536000, immutable'],
  ...['access-control-allow-origin', '*'],
  ...['cross-origin-resource-policy', 'cross-origin'],
];

const answers = new WeakMap<Buffer, RepeatedAnswer>();

/** Sends a whole file; a HEAD gets the head of it. */
export function sendText(response: ServerResponse, text: Buffer): void {
  let answer = answers.get(text);
  if (answer === undefined) {
    answer = { status: 200, headers: TEXT_HEADERS, body: text };
    answers.set(text, answer);
  }
  sendRepeated(response, answer);
}
