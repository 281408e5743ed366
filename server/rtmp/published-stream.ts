// The message stream whose media a session takes, and the name it is published under (RTMP 1.0, clause 7.2.2.6).

import type { Command } from './command.ts';
import { type Message, UNNAMED_MESSAGE_STREAM } from './message.ts';

export class PublishedStream {
  #id = UNNAMED_MESSAGE_STREAM;
  #name = '';
  /** The name of the publication before: an FCUnpublish for it may come late. */
  #endedName: string | undefined;

  get id(): number {
    return this.#id;
  }

  /** Where statuses of the publication go; 0 while there is none. */
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

  /** A chunk stream that never named a message stream can only mean the one there is. */
  carries({ messageStreamId }: Message): boolean {
    return messageStreamId === this.#id || messageStreamId === UNNAMED_MESSAGE_STREAM;
  }

  /** An FCUnpublish that names the publication before this one does not end this one. */
  isForEndedName({ args: [name] }: Command): boolean {
    return typeof name === 'string' && name === this.#endedName && name !== this.#name;
  }
}
