// The message stream whose media a session accepts, and its published name (RTMP 1.0, clause 7.2.2.6).

import type { Command } from './command.ts';
import { type Message, UNNAMED_MESSAGE_STREAM } from './message.ts';

export class PublishedStream {
  #id = UNNAMED_MESSAGE_STREAM;
  #name = '';
  /** The name of the previous publication: an FCUnpublish for it may arrive late. */
  #endedName: string | undefined;

  get id(): number {
    return this.#id;
  }

  /** Message stream for statuses of the publication; 0 while there is none. */
  get replyId(): number {
    return Math.max(0, this.#id);
  }

  request(messageStreamId: number, name: string): void {
    this.#id = messageStreamId;
    this.#name = name;
  }

  end(): void {
    this.#endedName = this.#name;
  }

  /** A chunk stream without a message stream id uses the only message stream. */
  carries({ messageStreamId }: Message): boolean {
    return messageStreamId === this.#id || messageStreamId === UNNAMED_MESSAGE_STREAM;
  }

  /** An FCUnpublish for the previous publication does not end this one. */
  isForEndedName({ args: [name] }: Command): boolean {
    return typeof name === 'string' && name === this.#endedName && name !== this.#name;
  }
}
