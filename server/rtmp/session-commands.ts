// Handles the commands of an encoder in a server session: connect, publish, and the end of a publication (RTMP 1.0, clause 7.2).

import { type Command, quote, type Status } from './command.ts';
import type { Inbox } from './inbox.ts';
import type { RtmpLimits } from './limits.ts';
import type { Outbox } from './outbox.ts';
import { type ConnectParameters, parseConnect, parsePublish } from './publish-request.ts';
import type { PublishedStream } from './published-stream.ts';
import { CONNECT_TRANSACTION, type ServerReplies } from './server-replies.ts';
import { notConnected, playUnsupported } from './session-faults.ts';
import type { PublishRequest } from './session-output.ts';
import type { SessionProgress } from './session-state.ts';

/** State that commands share with other parts of the session. */
export type CommandContext = {
  readonly limits: RtmpLimits;
  readonly progress: SessionProgress;
  readonly published: PublishedStream;
  readonly replies: ServerReplies;
  readonly inbox: Inbox;
  readonly outbox: Outbox;
};

export class SessionCommands {
  readonly #limits: RtmpLimits;
  readonly #progress: SessionProgress;
  readonly #published: PublishedStream;
  readonly #replies: ServerReplies;
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  #parameters: ConnectParameters = { app: '', tcUrl: undefined, flashVer: undefined, objectEncoding: 0 };
  #lastMessageStreamId = 0;
  #isTold = false;

  constructor(context: CommandContext) {
    this.#limits = context.limits;
    this.#progress = context.progress;
    this.#published = context.published;
    this.#replies = context.replies;
    this.#inbox = context.inbox;
    this.#outbox = context.outbox;
  }

  /** The peer was told why the session closes. */
  get isTold(): boolean {
    return this.#isTold;
  }

  /** Before `connect` no other command is accepted. */
  obey(command: Command, messageStreamId: number): void {
    if (command.name === 'connect') {
      this.#connect(command);
      return;
    }
    if (this.#progress.state === 'connecting') {
      this.#isTold = command.transactionId !== 0;
      const fault = notConnected(command.name);
      this.#replies.error(command, 'NetConnection.Call.Failed', fault.message);
      throw fault;
    }
    this.#obeyConnected(command, messageStreamId);
  }

  #obeyConnected(command: Command, messageStreamId: number): void {
    switch (command.name) {
      case 'createStream':
        this.#lastMessageStreamId += 1;
        this.#replies.result(command, this.#lastMessageStreamId);
        return;
      case 'publish':
        this.#publish(command, messageStreamId);
        return;
      case 'FCUnpublish':
        this.#replies.result(command);
        if (!this.#published.isForEndedName(command)) this.#unpublish(command);
        return;
      case 'closeStream':
        if (messageStreamId === this.#published.id) this.#unpublish(command);
        return;
      case 'deleteStream':
        if (command.args[0] === this.#published.id) this.#unpublish(command);
        return;
      case 'play':
      case 'play2':
        this.#refusePlay(messageStreamId);
        return;
      default:
        if (!this.#replies.other(command)) this.#outbox.ignore(`the command ${quote(command.name)}`);
    }
  }

  #connect(command: Command): void {
    const numbered = { ...command, transactionId: command.transactionId || CONNECT_TRANSACTION };
    if (this.#progress.state !== 'connecting') {
      this.#replies.error(numbered, 'NetConnection.Connect.Rejected', 'The connection is already connected.');
      this.#outbox.ignore('a second connect');
      return;
    }
    try {
      this.#parameters = parseConnect(command);
    } catch (error) {
      this.#replies.error(numbered, 'NetConnection.Connect.Rejected', 'The command object is not valid.');
      this.#isTold = true;
      throw error;
    }
    this.#progress.move('connected');
    this.#replies.connected(numbered, this.#parameters.objectEncoding);
  }

  #publish(command: Command, messageStreamId: number): void {
    const { state } = this.#progress;
    if (state === 'publishing' && messageStreamId === this.#published.id && command.args[0] === false) {
      // Flash and Wirecast stop in this way.
      this.#unpublish(command);
      return;
    }
    if (state !== 'connected') {
      this.#refusePublish(
        'This connection is already publishing; end that publication first.',
        messageStreamId,
      );
      this.#outbox.ignore('a second publish');
      return;
    }
    let request: PublishRequest;
    try {
      request = parsePublish(command, this.#parameters);
    } catch (error) {
      this.#refusePublish('The stream name must be a string.', messageStreamId);
      this.#isTold = true;
      throw error;
    }
    this.#published.request(messageStreamId, request.streamName);
    this.#outbox.flushSends();
    this.#progress.move('publish-pending');
    this.#outbox.push({ kind: 'publish-requested', request });
  }

  #refusePublish(description: string, messageStreamId: number): void {
    const status: Status = { level: 'error', code: 'NetStream.Publish.BadName', description };
    this.#replies.status(status, Math.max(0, messageStreamId));
  }

  #unpublish(command: Command): void {
    if (this.#progress.state !== 'publishing') return;
    this.#progress.move('connected');
    this.#published.end();
    this.#inbox.limitTo(this.#limits.maxBytesBeforePublish);
    this.#replies.publishEnded(this.#published.replyId);
    // The answer comes first, because the connection may be closed at the output.
    this.#outbox.flushSends();
    this.#outbox.push({ kind: 'publish-ended', how: command.name });
  }

  #refusePlay(messageStreamId: number): void {
    const description = 'Playing over RTMP is not supported; watch over HLS.';
    this.#replies.status(
      { level: 'error', code: 'NetStream.Play.StreamNotFound', description },
      Math.max(0, messageStreamId),
    );
    this.#isTold = true;
    throw playUnsupported();
  }
}
