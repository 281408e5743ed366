// The server's side of one RTMP connection, without socket, clock or log: bytes in, outputs in order (RTMP 1.0, clause 7.2).

import { type ErrorCode, GatewayError } from '../errors.ts';
import { type Command, parseCommand, parseData, quote, type Status } from './command.ts';
import { ServerHandshake } from './handshake.ts';
import { Inbox } from './inbox.ts';
import { DEFAULT_RTMP_LIMITS, type RtmpLimits } from './limits.ts';
import { MESSAGE_TYPE, type Message, UNNAMED_MESSAGE_STREAM } from './message.ts';
import { MessageLink } from './message-link.ts';
import { type ConnectParameters, parseConnect, parsePublish } from './publish-request.ts';
import { CONNECT_TRANSACTION, ServerReplies } from './server-replies.ts';
import { bytesBeforePublish, mediaNotPublishing, notConnected, playUnsupported } from './session-faults.ts';
import type { ClosingStatus, PublishRequest, SessionOutput } from './session-output.ts';
import { isAllowedMove, type SessionState } from './session-state.ts';

export type { ClosingStatus, PublishRequest, SessionOutput } from './session-output.ts';

const NO_OUTPUTS: readonly SessionOutput[] = [];

/**
 * One connection from an encoder. Each call reads for one turn: while `hasUnread`, stop reading from the socket, let others
 * have their turn, and call `resume`. Give `receive` at most one socket read at a time: see `maxHeldBytes`.
 */
export class Session {
  readonly #limits: RtmpLimits;
  readonly #link: MessageLink;
  readonly #replies: ServerReplies;
  readonly #handshake = new ServerHandshake();
  #state: SessionState = 'handshaking';
  #outputs: SessionOutput[] = [];
  #parameters: ConnectParameters = { app: '', tcUrl: undefined, flashVer: undefined, objectEncoding: 0 };
  #lastMessageStreamId = 0;
  /** The message stream whose media this connection may publish. */
  #publishedStreamId = UNNAMED_MESSAGE_STREAM;
  readonly #inbox: Inbox;
  #publishedName = '';
  /** The name of the publication before: an FCUnpublish for it may come late. */
  #endedName: string | undefined;
  /** A refusal has told the peer already why the session is about to close. */
  #isTold = false;

  constructor(options: { readonly limits?: Partial<RtmpLimits> } = {}) {
    this.#limits = { ...DEFAULT_RTMP_LIMITS, ...options.limits };
    this.#link = new MessageLink(this.#limits, 'full');
    this.#inbox = new Inbox(this.#link, this.#limits);
    this.#inbox.limitTo(this.#limits.maxBytesBeforePublish);
    this.#replies = new ServerReplies(this.#link);
  }

  get state(): SessionState {
    return this.#state;
  }

  /** All bytes given to `receive` while open. */
  get bytesReceived(): number {
    return this.#link.receivedBytes;
  }

  /** Whether what came before can be read on, with `resume`; a publish request is decided first. */
  get hasUnread(): boolean {
    return this.#state !== 'closed' && this.#state !== 'publish-pending' && this.#inbox.hasUnread;
  }

  /** Memory that unfinished messages hold. */
  get assemblingBytes(): number {
    return this.#link.assemblingBytes;
  }

  /** Reads what came from the peer; the buffer may be reused afterwards. Bad input never throws: it closes. */
  receive(bytes: Buffer): readonly SessionOutput[] {
    if (this.#state === 'closed') return NO_OUTPUTS;
    this.#link.countReceived(bytes.length);
    return this.#read(bytes);
  }

  /** Reads on after a turn that left something unread; otherwise nothing happens. */
  resume(): readonly SessionOutput[] {
    return this.hasUnread ? this.#read(undefined) : NO_OUTPUTS;
  }

  /** Grants the pending request and goes on with what was held back. Nothing happens after a close. */
  accept(): readonly SessionOutput[] {
    if (this.#isClosedOrThrow()) return NO_OUTPUTS;
    this.#move('publishing');
    this.#replies.publishStarted(this.#replyStreamId);
    this.#flushSends();
    this.#inbox.unlimit();
    return this.#read(undefined);
  }

  /** Refuses the pending request and closes. Nothing happens after a close. */
  reject(status: ClosingStatus): readonly SessionOutput[] {
    if (this.#isClosedOrThrow()) return NO_OUTPUTS;
    this.#replies.status({ level: 'error', ...status }, this.#replyStreamId);
    this.#close('publish_rejected', `${status.code}: ${status.description}`);
    return this.#takeOutputs();
  }

  /** Closes for a reason of ours (drain, kick), which the peer is told. Nothing happens after a close. */
  end(status?: ClosingStatus): readonly SessionOutput[] {
    if (this.#state === 'closed') return NO_OUTPUTS;
    const farewell: Status = {
      level: status === undefined ? 'status' : 'error',
      code: status?.code ?? 'NetConnection.Connect.Closed',
      description: status?.description ?? 'The server closes the connection.',
    };
    // The reason first: clients stop reading at the word that their publication has ended.
    this.#replies.closing(this.#state, farewell, this.#replyStreamId);
    if (this.#state === 'publishing') this.#replies.publishEnded(this.#replyStreamId);
    this.#close('ended_by_server', `${farewell.code}: ${farewell.description}`);
    return this.#takeOutputs();
  }

  get #replyStreamId(): number {
    return Math.max(0, this.#publishedStreamId);
  }

  #isClosedOrThrow(): boolean {
    if (this.#state === 'closed') return true;
    if (this.#state === 'publish-pending') return false;
    throw new GatewayError(
      'invalid-state',
      'no_publish_pending',
      `nothing is to be decided in state ${this.#state}`,
    );
  }

  /** One turn. The one place where a fault in the peer's bytes ends the session. */
  #read(bytes: Buffer | undefined): readonly SessionOutput[] {
    try {
      if (bytes !== undefined) this.#take(bytes);
      if (this.#state !== 'handshaking') this.#readMessages();
      this.#inbox.settle();
      if (this.#state === 'publish-pending') this.#inbox.requireRoom();
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      this.#tellFault(error.message);
      this.#close(error.code, error.message);
    }
    if (this.#state !== 'closed') this.#link.acknowledge();
    return this.#takeOutputs();
  }

  /** Tells the peer what was wrong; librtmp and clients built on it log NetStream.Failed as an error. */
  #tellFault(description: string): void {
    if (this.#isTold) return;
    const code = this.#state === 'connected' ? 'NetConnection.Connect.Closed' : 'NetStream.Failed';
    this.#replies.closing(this.#state, { level: 'error', code, description }, this.#replyStreamId);
  }

  /** The handshake is read at once; what follows it goes to the inbox. */
  #take(bytes: Buffer): void {
    let start = 0;
    if (this.#state === 'handshaking') {
      const end = Math.min(bytes.length, this.#inbox.readableBytes);
      start = this.#shakeHands(bytes, end);
      if (this.#state === 'handshaking') {
        if (end < bytes.length) throw bytesBeforePublish(this.#limits.maxBytesBeforePublish);
        return;
      }
    }
    this.#inbox.add(bytes, start);
  }

  /** Returns where the handshake's bytes end. */
  #shakeHands(bytes: Buffer, end: number): number {
    const step = this.#handshake.receive(bytes, 0, end);
    if (step.reply !== undefined) this.#link.sendRaw(step.reply);
    if (step.isDone) this.#move('connecting');
    this.#inbox.countRead(step.usedBytes);
    return step.usedBytes;
  }

  #readMessages(): void {
    this.#inbox.startTurn();
    while (this.#state !== 'publish-pending') {
      const message = this.#inbox.next();
      if (message === undefined) return;
      if (this.#inbox.isAggregated) this.#takeAggregated(message);
      else this.#handle(message);
    }
  }

  #handle(message: Message): void {
    switch (message.type) {
      case MESSAGE_TYPE.audio:
        this.#takeMedia('audio', message);
        return;
      case MESSAGE_TYPE.video:
        this.#takeMedia('video', message);
        return;
      case MESSAGE_TYPE.dataAmf0:
      case MESSAGE_TYPE.dataAmf3:
        this.#takeData(message);
        return;
      case MESSAGE_TYPE.commandAmf0:
      case MESSAGE_TYPE.commandAmf3:
        this.#obey(parseCommand(message, this.#limits), message);
        return;
      case MESSAGE_TYPE.aggregate:
        this.#requirePublisher(message);
        this.#inbox.open(message);
        return;
      case MESSAGE_TYPE.sharedObjectAmf0:
      case MESSAGE_TYPE.sharedObjectAmf3:
        this.#ignore('a shared object message');
        return;
      default:
        this.#ignore(`a message of type ${message.type}`);
    }
  }

  #takeAggregated(message: Message): void {
    const isMedia = message.type === MESSAGE_TYPE.audio || message.type === MESSAGE_TYPE.video;
    if (isMedia || message.type === MESSAGE_TYPE.dataAmf0) this.#handle(message);
    else this.#ignore(`a message of type ${message.type} in an aggregate`);
  }

  #takeMedia(kind: 'audio' | 'video', message: Message): void {
    this.#requirePublisher(message);
    if (message.body.length === 0) this.#ignore(`an empty ${kind} message`);
    else this.#outputs.push({ kind, timestamp: message.timestamp, body: message.body });
  }

  /** Metadata that cannot be read must not end a live stream whose media can. */
  #takeData(message: Message): void {
    const isElsewhere = this.#state === 'publishing' && !this.#isOnPublishedStream(message);
    if (isElsewhere) {
      this.#ignore(`a data message on message stream ${message.messageStreamId}`);
      return;
    }
    this.#requirePublisher(message);
    if (message.body.length > this.#limits.maxDataBytes) {
      this.#ignore(`a data message of ${message.body.length} bytes`);
      return;
    }
    try {
      const call = parseData(message, this.#limits);
      if (call === undefined) this.#ignore('a data message without a name');
      else this.#outputs.push({ kind: 'data', timestamp: message.timestamp, ...call });
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      this.#ignore(`a data message: ${error.message}`);
    }
  }

  /** Media is taken from the accepted publisher, on the message stream it publishes, and from nobody else. */
  #requirePublisher(message: Message): void {
    if (this.#state === 'publishing' && this.#isOnPublishedStream(message)) return;
    throw mediaNotPublishing(message, this.#state);
  }

  /** A chunk stream that never named a message stream can only mean the one there is. */
  #isOnPublishedStream({ messageStreamId }: Message): boolean {
    return messageStreamId === this.#publishedStreamId || messageStreamId === UNNAMED_MESSAGE_STREAM;
  }

  #obey(command: Command, message: Message): void {
    if (command.name === 'connect') {
      this.#connect(command);
      return;
    }
    if (this.#state === 'connecting') {
      this.#isTold = command.transactionId !== 0;
      const fault = notConnected(command.name);
      this.#replies.error(command, 'NetConnection.Call.Failed', fault.message);
      throw fault;
    }
    switch (command.name) {
      case 'createStream':
        this.#lastMessageStreamId += 1;
        this.#replies.result(command, this.#lastMessageStreamId);
        return;
      case 'publish':
        this.#publish(command, message.messageStreamId);
        return;
      case 'FCUnpublish':
        this.#replies.result(command);
        if (!this.#isForEndedName(command)) this.#unpublish(command);
        return;
      case 'closeStream':
        if (message.messageStreamId === this.#publishedStreamId) this.#unpublish(command);
        return;
      case 'deleteStream':
        if (command.args[0] === this.#publishedStreamId) this.#unpublish(command);
        return;
      case 'play':
      case 'play2':
        this.#refusePlay(message.messageStreamId);
        return;
      default:
        if (!this.#replies.other(command)) this.#ignore(`the command ${quote(command.name)}`);
    }
  }

  #connect(command: Command): void {
    const numbered = { ...command, transactionId: command.transactionId || CONNECT_TRANSACTION };
    if (this.#state !== 'connecting') {
      this.#replies.error(numbered, 'NetConnection.Connect.Rejected', 'The connection is made already.');
      this.#ignore('a second connect');
      return;
    }
    try {
      this.#parameters = parseConnect(command);
    } catch (error) {
      this.#replies.error(numbered, 'NetConnection.Connect.Rejected', 'The command object is not valid.');
      this.#isTold = true;
      throw error;
    }
    this.#move('connected');
    this.#replies.connected(numbered, this.#parameters.objectEncoding);
  }

  #publish(command: Command, messageStreamId: number): void {
    const isPublished = this.#state === 'publishing' && messageStreamId === this.#publishedStreamId;
    if (isPublished && command.args[0] === false) {
      // Flash's way to stop, which Wirecast has kept.
      this.#unpublish(command);
      return;
    }
    if (this.#state !== 'connected') {
      this.#refusePublish('This connection publishes already; end that publication first.', messageStreamId);
      this.#ignore('a second publish');
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
    this.#publishedStreamId = messageStreamId;
    this.#publishedName = request.streamName;
    this.#flushSends();
    this.#move('publish-pending');
    this.#outputs.push({ kind: 'publish-requested', request });
  }

  #refusePublish(description: string, messageStreamId: number): void {
    const status: Status = { level: 'error', code: 'NetStream.Publish.BadName', description };
    this.#replies.status(status, Math.max(0, messageStreamId));
  }

  #unpublish(command: Command): void {
    if (this.#state !== 'publishing') return;
    this.#move('connected');
    this.#endedName = this.#publishedName;
    this.#inbox.limitTo(this.#limits.maxBytesBeforePublish);
    this.#replies.publishEnded(this.#replyStreamId);
    // The answer comes first: whoever hears of the end may close the connection.
    this.#flushSends();
    this.#outputs.push({ kind: 'publish-ended', how: command.name });
  }

  /** An FCUnpublish that names the publication before this one does not end this one. */
  #isForEndedName({ args: [name] }: Command): boolean {
    return typeof name === 'string' && name === this.#endedName && name !== this.#publishedName;
  }

  #refusePlay(messageStreamId: number): void {
    const description = 'Streams are played over HTTP here, not over RTMP.';
    this.#replies.status(
      { level: 'error', code: 'NetStream.Play.StreamNotFound', description },
      Math.max(0, messageStreamId),
    );
    this.#isTold = true;
    throw playUnsupported();
  }

  #ignore(what: string): void {
    this.#outputs.push({ kind: 'ignored', what });
  }

  #move(to: SessionState): void {
    if (!isAllowedMove(this.#state, to)) throw new Error(`no way from ${this.#state} to ${to}`);
    this.#state = to;
  }

  #close(code: ErrorCode, message: string): void {
    this.#flushSends();
    this.#move('closed');
    this.#inbox.clear();
    this.#outputs.push({ kind: 'closed', code, message });
  }

  #flushSends(): void {
    const bytes = this.#link.takeSends();
    if (bytes !== undefined) this.#outputs.push({ kind: 'send', bytes });
  }

  #takeOutputs(): readonly SessionOutput[] {
    this.#flushSends();
    if (this.#outputs.length === 0) return NO_OUTPUTS;
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }
}
