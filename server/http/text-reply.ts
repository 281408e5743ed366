// Sends WebVTT (RFC 8216bis clause 3.1.4, RFC 9110 clause 8.3), which never changes.

import type { HttpReply } from './http-exchange.ts';
import { type RepeatedAnswer, sendRepeated } from './repeated-answer.ts';

/** Names contain the epoch of the process, like those of media. */
const TEXT_HEADERS: readonly string[] = [
  ...['content-type', 'text/vtt; charset=utf-8'],
  ...['cache-control', 'public, max-age=31536000, immutable'],
  ...['access-control-allow-origin', '*'],
  ...['cross-origin-resource-policy', 'cross-origin'],
];

const answers = new WeakMap<Buffer, RepeatedAnswer>();

/** Sends a whole file; HEAD gets the head only. */
export function sendText(response: HttpReply, text: Buffer): void {
  let answer = answers.get(text);
  if (answer === undefined) {
    answer = { status: 200, headers: TEXT_HEADERS, body: text };
    answers.set(text, answer);
  }
  sendRepeated(response, answer);
}
