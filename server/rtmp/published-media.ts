// Turns a publisher's audio, video and metadata messages into outputs (RTMP 1.0, clause 7.1).

import { GatewayError } from '../errors.ts';
import { limitOf } from '../limit-tally.ts';
import { parseData } from './command.ts';
import type { RtmpLimits } from './limits.ts';
import type { Message } from './message.ts';
import type { Outbox } from './outbox.ts';
import type { PublishedStream } from './published-stream.ts';
import { mediaNotPublishing } from './session-faults.ts';
import type { SessionProgress } from './session-state.ts';

/** Handles messages that only an accepted publisher may send. */
export class PublishedMedia {
  readonly #limits: RtmpLimits;
  readonly #progress: SessionProgress;
  readonly #published: PublishedStream;
  readonly #outbox: Outbox;

  constructor(limits: RtmpLimits, progress: SessionProgress, published: PublishedStream, outbox: Outbox) {
    this.#limits = limits;
    this.#progress = progress;
    this.#published = published;
    this.#outbox = outbox;
  }

  take(kind: 'audio' | 'video', message: Message): void {
    this.requirePublisher(message);
    if (message.body.length === 0) this.#outbox.ignore(`an empty ${kind} message`);
    else this.#outbox.push({ kind, timestamp: message.timestamp, body: message.body });
  }

  /** Unreadable metadata does not end a stream with good media. */
  takeData(message: Message): void {
    const isElsewhere = this.#progress.state === 'publishing' && !this.#published.carries(message);
    if (isElsewhere) {
      this.#outbox.ignore(`a data message on message stream ${message.messageStreamId}`);
      return;
    }
    this.requirePublisher(message);
    if (message.body.length > this.#limits.maxDataBytes) {
      this.#outbox.ignore(`a data message of ${message.body.length} bytes`, 'rtmp.max-metadata');
      return;
    }
    try {
      const call = parseData(message, this.#limits);
      if (call === undefined) this.#outbox.ignore('a data message without a name');
      else this.#outbox.push({ kind: 'data', timestamp: message.timestamp, ...call });
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      this.#outbox.ignore(`a data message: ${error.message}`, limitOf(error.code, error.message));
    }
  }

  /** Media is accepted only from the accepted publisher, on its message stream. */
  requirePublisher(message: Message): void {
    if (this.#progress.state === 'publishing' && this.#published.carries(message)) return;
    throw mediaNotPublishing(message, this.#progress.state);
  }
}
