// Memory that is returned at once. The engine counts the memory of buffers until its next collection finds them unused, and starts
// collections because of it: buffers that a busy connection throws away cause several a second.

import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { expire } from './poison.ts';

/**
 * Sending through a closed port discards the message together with the memory that is transferred with it (Node's documentation
 * of `port.postMessage`). Node 20 has no other public function that does so.
 */
const closedPort = newClosedPort();
/** Reused, because a list for each call would be garbage too. */
const transferred: ArrayBuffer[] = [];

/** Smaller memory is left to the collector: to free it costs more, and thousands of such pieces cause no collection. */
const LEAST_FREED_BYTES = 2048;

/** Frees the memory of `bytes`, which must have it alone; after that every view of it is empty. Other buffers are left alone. */
export function freeBytes(bytes: Buffer): void {
  const { buffer } = bytes;
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength !== bytes.length) return;
  if (bytes.length < LEAST_FREED_BYTES) return expire(bytes);
  transferred[0] = buffer;
  closedPort.postMessage(undefined, transferred);
  transferred.length = 0;
}

function newClosedPort(): MessagePort {
  const { port1 } = new MessageChannel();
  port1.close();
  return port1;
}
