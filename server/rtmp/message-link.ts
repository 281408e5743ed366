// The layer below commands, for both sessions: chunks in and out, and protocol control messages (RTMP 1.0, clauses 5.4
// and 7.1.7), which it obeys and answers.

import { assertNever } from '../errors.ts';
import { ChunkReader } from './chunk-reader.ts';
import { CHUNK_STREAM, ChunkWriter } from './chunk-writer.ts';
import { DEFAULT_WINDOW_BYTES, MIN_ACKNOWLEDGEMENT_BYTES, type RtmpLimits } from './limits.ts';
import {
  type ControlMessage,
  isControlType,
  type Message,
  parseControl,
  USER_CONTROL_EVENT,
  writeControl,
} from './message.ts';

const NOTHING = Buffer.alloc(0);

/** One end of a connection after its handshake. Output is queued until `takeSends`. */
export class MessageLink {
  readonly #reader: ChunkReader;
  readonly #writer: ChunkWriter;
  #sends: Buffer[] = [];
  #receivedBytes = 0;
  #acknowledgedBytes = 0;
  /** Bytes after which the peer wants an acknowledgement (clause 5.4.4). */
  #peerWindowBytes = DEFAULT_WINDOW_BYTES;
  /** The window we last asked the peer to use for our acknowledgements. */
  #ownWindowBytes = 0;

  constructor(limits: RtmpLimits, headers: 'full' | 'short') {
    this.#reader = new ChunkReader(limits);
    this.#writer = new ChunkWriter(headers);
  }

  /** Bytes received from the peer, including the handshake. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** Memory of unfinished messages. */
  get assemblingBytes(): number {
    return this.#reader.assemblingBytes;
  }

  /** Bytes that were fed and not read. */
  get unreadBytes(): number {
    return this.#reader.unreadBytes;
  }

  /** The bytes that were fed and not read; they share the fed buffer's memory. */
  get unread(): Buffer {
    return this.#reader.unread;
  }

  /** Counts received bytes, which may be fed later. */
  countReceived(byteCount: number): void {
    this.#receivedBytes += byteCount;
  }

  /** Gives `bytes[start, end)` to read. */
  feed(bytes: Buffer, start: number, end: number): void {
    this.#reader.feed(bytes, start, end);
  }

  /** Expires the bodies of all earlier messages. */
  startTurn(): void {
    this.#reader.startTurn();
  }

  /** Sets how many chunks may be read. */
  allowChunks(count: number): void {
    this.#reader.allowChunks(count);
  }

  /** Discards bytes that were fed and not read. */
  dropUnread(): void {
    this.#reader.feed(NOTHING, 0, 0);
  }

  /**
   * The next message that is not handled here; undefined when the fed bytes or the allowed chunks are used up. Its body is valid
   * until `startTurn`.
   */
  next(): Message | undefined {
    for (;;) {
      const message = this.#reader.next();
      if (message === undefined || !isControlType(message.type)) return message;
      const control = parseControl(message);
      if (control === undefined) return message;
      this.#obey(control);
    }
  }

  /** Queues a message. */
  send(message: Message, chunkStreamId: number): void {
    this.#sends.push(this.#writer.write(message, chunkStreamId));
  }

  /** Queues bytes of the handshake. */
  sendRaw(bytes: Buffer): void {
    this.#sends.push(bytes);
  }

  /** Queues a control message; our own writer obeys it too. */
  sendControl(control: ControlMessage): void {
    this.send(writeControl(control), CHUNK_STREAM.control);
    if (control.kind === 'set-chunk-size') this.#writer.setChunkBytes(control.chunkBytes);
    if (control.kind === 'window-acknowledgement-size') this.#ownWindowBytes = control.windowBytes;
  }

  /** The message as chunks, not queued: for senders of media. */
  write(message: Message, chunkStreamId: number): Buffer {
    return this.#writer.write(message, chunkStreamId);
  }

  /** Queues an acknowledgement when the peer's window asks for one (clause 5.4.3). */
  acknowledge(): void {
    const window = Math.max(this.#peerWindowBytes, MIN_ACKNOWLEDGEMENT_BYTES);
    if (this.#receivedBytes - this.#acknowledgedBytes < window) return;
    this.#acknowledgedBytes = this.#receivedBytes;
    this.sendControl({ kind: 'acknowledgement', receivedBytes: this.#receivedBytes % 2 ** 32 });
  }

  /** The queued output, as one buffer for one write. */
  takeSends(): Buffer | undefined {
    const sends = this.#sends;
    if (sends.length === 0) return undefined;
    this.#sends = [];
    return sends.length === 1 ? sends[0] : Buffer.concat(sends);
  }

  #obey(control: ControlMessage): void {
    switch (control.kind) {
      case 'set-chunk-size':
        this.#reader.setChunkBytes(control.chunkBytes);
        return;
      case 'abort':
        this.#reader.abort(control.chunkStreamId);
        return;
      case 'window-acknowledgement-size':
        this.#peerWindowBytes = control.windowBytes;
        return;
      case 'set-peer-bandwidth':
        // Clause 5.4.5: SHOULD be answered with the window if that differs from the one sent last.
        if (control.windowBytes !== this.#ownWindowBytes) {
          this.sendControl({ kind: 'window-acknowledgement-size', windowBytes: control.windowBytes });
        }
        return;
      case 'user-control':
        if (control.event !== USER_CONTROL_EVENT.pingRequest) return;
        this.sendControl({ ...control, event: USER_CONTROL_EVENT.pingResponse });
        return;
      case 'acknowledgement':
        return;
      default:
        assertNever(control);
    }
  }
}
