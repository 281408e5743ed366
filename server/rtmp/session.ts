// The server side of one RTMP connection, without socket, clock or log: takes bytes, returns outputs in order (RTMP 1.0,
// clause 7.2).

import { type ErrorCode, GatewayError } from '../errors.ts';
import { parseCommand, type Status } from './command.ts';
import { ServerHandshake } from './handshake.ts';
import { Inbox } from './inbox.ts';
import { DEFAULT_RTMP_LIMITS, type RtmpLimits } from './limits.ts';
import { MESSAGE_TYPE, type Message } from './message.ts';
import { MessageLink } from './message-link.ts';
import { Outbox } from './outbox.ts';
import { PublishedMedia } from './published-media.ts';
import { PublishedStream } from './published-stream.ts';
import { ServerReplies } from './server-replies.ts';
import { SessionCommands } from './session-commands.ts';
import { bytesBeforePublish } from './session-faults.ts';
import type { ClosingStatus, SessionOutput } from './session-output.ts';
import { SessionProgress, type SessionState } from './session-state.ts';

export type { ClosingStatus, PublishRequest, SessionOutput } from './session-output.ts';

const NO_OUTPUTS: readonly SessionOutput[] = [];

/**
 * One connection from an encoder. Each call reads for one turn. While `hasUnread` is true, stop reading from the socket, let
 * other connections have a turn, and call `resume`. Give `receive` at most one socket read at a time: see `maxHeldBytes`. Bodies in
 * the outputs are valid until the next call of `receive`, `resume`, `accept` or `endTurn`.
 */
export class Session {
  readonly #limits: RtmpLimits;
  readonly #link: MessageLink;
  readonly #handshake = new ServerHandshake();
  readonly #progress = new SessionProgress();
  readonly #published = new PublishedStream();
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  readonly #replies: ServerReplies;
  readonly #commands: SessionCommands;
  readonly #media: PublishedMedia;

  constructor(options: { readonly limits?: Partial<RtmpLimits> } = {}) {
    const limits = { ...DEFAULT_RTMP_LIMITS, ...options.limits };
    const progress = this.#progress;
    const published = this.#published;
    this.#limits = limits;
    this.#link = new MessageLink(limits, 'full');
    this.#inbox = new Inbox(this.#link, limits);
    this.#inbox.limitTo(limits.maxBytesBeforePublish);
    const inbox = this.#inbox;
    const outbox = new Outbox(this.#link);
    this.#outbox = outbox;
    const replies = new ServerReplies(this.#link);
    this.#replies = replies;
    this.#commands = new SessionCommands({ limits, progress, published, replies, inbox, outbox });
    this.#media = new PublishedMedia(limits, progress, published, outbox);
  }

  get state(): SessionState {
    return this.#progress.state;
  }

  /** All bytes given to `receive` while open. */
  get bytesReceived(): number {
    return this.#link.receivedBytes;
  }

  /** Whether `resume` has something to read. False while a publish request waits. */
  get hasUnread(): boolean {
    return (
      this.#progress.state !== 'closed' && this.#progress.state !== 'publish-pending' && this.#inbox.hasUnread
    );
  }

  /** Memory of unfinished messages. */
  get assemblingBytes(): number {
    return this.#link.assemblingBytes;
  }

  /** Reads bytes from the peer; the buffer may be reused afterwards. Bad input closes the session and never throws. */
  receive(bytes: Buffer): readonly SessionOutput[] {
    if (this.#progress.state === 'closed') return NO_OUTPUTS;
    this.#link.countReceived(bytes.length);
    return this.#read(bytes);
  }

  /** Reads what the last turn left unread. */
  resume(): readonly SessionOutput[] {
    return this.hasUnread ? this.#read(undefined) : NO_OUTPUTS;
  }

  /** The outputs were handled: the memory of their bodies is free, so that a peer that sends nothing more keeps none. */
  endTurn(): void {
    this.#inbox.expireBodies();
  }

  /** Accepts the pending request, with a sentence for the publisher, and reads the input that waited. No effect after a close. */
  accept(description?: string): readonly SessionOutput[] {
    if (this.#isClosedOrThrow()) return NO_OUTPUTS;
    this.#progress.move('publishing');
    this.#replies.publishStarted(this.#published.replyId, description);
    this.#outbox.flushSends();
    this.#inbox.unlimit();
    return this.#read(undefined);
  }

  /** Refuses the pending request and closes. No effect after a close. */
  reject(status: ClosingStatus): readonly SessionOutput[] {
    if (this.#isClosedOrThrow()) return NO_OUTPUTS;
    this.#replies.status({ level: 'error', ...status }, this.#published.replyId);
    this.#close('publish_rejected', `${status.code}: ${status.description}`);
    return this.#outbox.take();
  }

  /** Closes for a reason of the server (drain, kick) and tells the peer. No effect after a close. */
  end(status?: ClosingStatus): readonly SessionOutput[] {
    if (this.#progress.state === 'closed') return NO_OUTPUTS;
    const farewell: Status = {
      level: status === undefined ? 'status' : 'error',
      code: status?.code ?? 'NetConnection.Connect.Closed',
      description: status?.description ?? 'The server closes the connection.',
    };
    // The reason comes first, because clients stop reading when their publication has ended.
    this.#replies.closing(this.#progress.state, farewell, this.#published.replyId);
    if (this.#progress.state === 'publishing') this.#replies.publishEnded(this.#published.replyId);
    this.#close('ended_by_server', `${farewell.code}: ${farewell.description}`);
    return this.#outbox.take();
  }

  #isClosedOrThrow(): boolean {
    if (this.#progress.state === 'closed') return true;
    if (this.#progress.state === 'publish-pending') return false;
    throw new GatewayError(
      'invalid-state',
      'no_publish_pending',
      `nothing is to be decided in state ${this.#progress.state}`,
    );
  }

  /** One turn. Only here a fault in the peer's bytes ends the session. */
  #read(bytes: Buffer | undefined): readonly SessionOutput[] {
    try {
      if (bytes !== undefined) this.#take(bytes);
      if (this.#progress.state !== 'handshaking') this.#readMessages();
      this.#inbox.settle();
      if (this.#progress.state === 'publish-pending') this.#inbox.requireRoom();
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      this.#tellFault(error.message);
      this.#close(error.code, error.message);
    }
    if (this.#progress.state !== 'closed') this.#link.acknowledge();
    return this.#outbox.take();
  }

  /** Tells the peer the reason; librtmp and its clients log NetStream.Failed as an error. */
  #tellFault(description: string): void {
    if (this.#commands.isTold) return;
    const code = this.#progress.state === 'connected' ? 'NetConnection.Connect.Closed' : 'NetStream.Failed';
    this.#replies.closing(
      this.#progress.state,
      { level: 'error', code, description },
      this.#published.replyId,
    );
  }

  /** Reads the handshake at once; further bytes go to the inbox. */
  #take(bytes: Buffer): void {
    let start = 0;
    if (this.#progress.state === 'handshaking') {
      const end = Math.min(bytes.length, this.#inbox.readableBytes);
      start = this.#shakeHands(bytes, end);
      if (this.#progress.state === 'handshaking') {
        if (end < bytes.length) throw bytesBeforePublish(this.#limits.maxBytesBeforePublish);
        return;
      }
    }
    this.#inbox.add(bytes, start);
  }

  /** Returns the end of the handshake's bytes. */
  #shakeHands(bytes: Buffer, end: number): number {
    const step = this.#handshake.receive(bytes, 0, end);
    if (step.reply !== undefined) this.#link.sendRaw(step.reply);
    if (step.isDone) this.#progress.move('connecting');
    this.#inbox.countRead(step.usedBytes);
    return step.usedBytes;
  }

  #readMessages(): void {
    this.#inbox.startTurn();
    while (this.#progress.state !== 'publish-pending') {
      const message = this.#inbox.next();
      if (message === undefined) return;
      if (this.#inbox.isAggregated) this.#takeAggregated(message);
      else this.#handle(message);
    }
  }

  #handle(message: Message): void {
    switch (message.type) {
      case MESSAGE_TYPE.audio:
        this.#media.take('audio', message);
        return;
      case MESSAGE_TYPE.video:
        this.#media.take('video', message);
        return;
      case MESSAGE_TYPE.dataAmf0:
      case MESSAGE_TYPE.dataAmf3:
        this.#media.takeData(message);
        return;
      case MESSAGE_TYPE.commandAmf0:
      case MESSAGE_TYPE.commandAmf3:
        this.#commands.obey(parseCommand(message, this.#limits), message.messageStreamId);
        return;
      case MESSAGE_TYPE.aggregate:
        this.#media.requirePublisher(message);
        this.#inbox.open(message);
        return;
      case MESSAGE_TYPE.sharedObjectAmf0:
      case MESSAGE_TYPE.sharedObjectAmf3:
        this.#outbox.ignore('a shared object message');
        return;
      default:
        this.#outbox.ignore(`a message of type ${message.type}`);
    }
  }

  #takeAggregated(message: Message): void {
    const isMedia = message.type === MESSAGE_TYPE.audio || message.type === MESSAGE_TYPE.video;
    if (isMedia || message.type === MESSAGE_TYPE.dataAmf0) this.#handle(message);
    else this.#outbox.ignore(`a message of type ${message.type} in an aggregate`);
  }

  #close(code: ErrorCode, message: string): void {
    this.#outbox.flushSends();
    this.#progress.move('closed');
    this.#inbox.clear();
    this.#outbox.push({ kind: 'closed', code, message });
  }
}
