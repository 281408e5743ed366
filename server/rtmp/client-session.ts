// The publishing side of one RTMP connection, without socket, clock or log, in the order of FMLE: connect, releaseStream, FCPublish, createStream, publish (RTMP 1.0, clauses 7.2 and 7.3.1).

import { type ErrorCode, GatewayError } from '../errors.ts';
import { type AmfValue, amfObject, amfStringProperty } from './amf-value.ts';
import { CHUNK_STREAM } from './chunk-writer.ts';
import { type Command, parseCommand, quote, writeCommand, writeData } from './command.ts';
import { ClientHandshake } from './handshake.ts';
import { DEFAULT_RTMP_LIMITS, OWN_CHUNK_BYTES, type RtmpLimits } from './limits.ts';
import { MESSAGE_TYPE, type Message } from './message.ts';
import { MessageLink } from './message-link.ts';

export type ClientOutput =
  | { readonly kind: 'send'; readonly bytes: Buffer }
  /** `audio`, `video` and `data` may be called now. */
  | { readonly kind: 'publish-started' }
  /** The server refuses or ends the publication; close the connection. */
  | { readonly kind: 'rejected'; readonly code: string; readonly description: string }
  | { readonly kind: 'ignored'; readonly what: string }
  /** The server's bytes are invalid. The last output. */
  | { readonly kind: 'closed'; readonly code: ErrorCode; readonly message: string };

export type PublishSessionOptions = {
  readonly app: string;
  readonly tcUrl: string;
  readonly streamName: string;
  /** Payload bytes of our chunks. */
  readonly chunkSize?: number;
  readonly handshake?: 'simple' | 'digest';
};

/** Transactions of our commands; the server's answers name them. */
const TRANSACTION = {
  connect: 1,
  releaseStream: 2,
  fcPublish: 3,
  createStream: 4,
  publish: 5,
  end: 6,
} as const;
const FLASH_VERSION = 'FMLE/3.0 (compatible; Sluice)';
/** A server sends only short replies. */
const MAX_REPLY_BYTES = 256 * 1024;

type ClientState = 'idle' | 'handshaking' | 'connecting' | 'publishing' | 'over';

const NO_OUTPUTS: readonly ClientOutput[] = [];

/** One publication. Send what `start` and the media methods return, and the `send` outputs, in order. */
export class PublishSession {
  readonly #options: PublishSessionOptions;
  readonly #handshake: ClientHandshake;
  readonly #limits: RtmpLimits = { ...DEFAULT_RTMP_LIMITS, maxMessageBytes: MAX_REPLY_BYTES };
  readonly #link = new MessageLink(this.#limits, 'short');
  #state: ClientState = 'idle';
  #outputs: ClientOutput[] = [];
  #messageStreamId = 0;

  constructor(options: PublishSessionOptions) {
    this.#options = options;
    this.#handshake = new ClientHandshake(options.handshake ?? 'simple');
  }

  /** The first bytes to send. */
  start(): Buffer {
    this.#state = 'handshaking';
    return this.#handshake.start();
  }

  /** Reads bytes from the server. Bad input closes the session and never throws. */
  receive(bytes: Buffer): readonly ClientOutput[] {
    if (this.#isOver) return NO_OUTPUTS;
    this.#link.countReceived(bytes.length);
    try {
      this.#read(bytes);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      this.#finish({ kind: 'closed', code: error.code, message: error.message });
    }
    if (!this.#isOver) this.#link.acknowledge();
    this.#flushSends();
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }

  /** An audio tag body as bytes to send; `timestamp` is unsigned 32-bit milliseconds. */
  audio(timestamp: number, body: Buffer): Buffer {
    return this.#writeMedia(MESSAGE_TYPE.audio, CHUNK_STREAM.audio, timestamp, body);
  }

  /** A video tag body as bytes to send; `timestamp` is unsigned 32-bit milliseconds. */
  video(timestamp: number, body: Buffer): Buffer {
    return this.#writeMedia(MESSAGE_TYPE.video, CHUNK_STREAM.video, timestamp, body);
  }

  /** Script data as bytes to send; for metadata the name is `@setDataFrame` and `onMetaData` the first value. */
  data(name: string, values: readonly AmfValue[], timestamp = 0): Buffer {
    this.#requirePublishing();
    return this.#link.write(writeData({ name, values }, this.#messageStreamId, timestamp), CHUNK_STREAM.data);
  }

  /** Commands to send before the socket is closed; empty when nothing is published. */
  end(): Buffer {
    if (this.#state !== 'publishing') return Buffer.alloc(0);
    this.#call('FCUnpublish', TRANSACTION.end, [this.#options.streamName]);
    this.#call('deleteStream', 0, [this.#messageStreamId]);
    this.#state = 'over';
    return this.#link.takeSends() ?? Buffer.alloc(0);
  }

  get #isOver(): boolean {
    return this.#state === 'over';
  }

  #read(bytes: Buffer): void {
    let start = 0;
    if (this.#state === 'handshaking') {
      const step = this.#handshake.receive(bytes, 0, bytes.length);
      if (!step.isDone) return;
      start = step.usedBytes;
      if (step.reply !== undefined) this.#link.sendRaw(step.reply);
      this.#state = 'connecting';
      this.#connect();
    }
    this.#link.startTurn();
    this.#link.feed(bytes, start, bytes.length);
    for (let message = this.#link.next(); message !== undefined; message = this.#link.next()) {
      this.#handle(message);
      if (this.#isOver) this.#link.dropUnread();
    }
  }

  #connect(): void {
    const { app, tcUrl, chunkSize = OWN_CHUNK_BYTES } = this.#options;
    this.#link.sendControl({ kind: 'set-chunk-size', chunkBytes: chunkSize });
    const object = amfObject({ app, type: 'nonprivate', flashVer: FLASH_VERSION, tcUrl });
    const command: Command = { name: 'connect', transactionId: TRANSACTION.connect, object, args: [] };
    this.#link.send(writeCommand(command, 0), CHUNK_STREAM.command);
  }

  #handle(message: Message): void {
    if (message.type !== MESSAGE_TYPE.commandAmf0 && message.type !== MESSAGE_TYPE.commandAmf3) {
      this.#outputs.push({ kind: 'ignored', what: `a message of type ${message.type}` });
      return;
    }
    const command = parseCommand(message, this.#limits);
    switch (command.name) {
      case '_result':
        this.#handleResult(command);
        return;
      case '_error':
        this.#handleError(command);
        return;
      case 'onStatus':
        this.#handleStatus(command);
        return;
      default:
        this.#outputs.push({ kind: 'ignored', what: `the command ${quote(command.name)}` });
    }
  }

  #handleResult({ transactionId, args }: Command): void {
    const { streamName } = this.#options;
    if (transactionId === TRANSACTION.connect) {
      this.#call('releaseStream', TRANSACTION.releaseStream, [streamName]);
      this.#call('FCPublish', TRANSACTION.fcPublish, [streamName]);
      this.#call('createStream', TRANSACTION.createStream, []);
    } else if (transactionId === TRANSACTION.createStream) {
      const [id] = args;
      if (typeof id !== 'number' || !Number.isInteger(id) || id < 1 || id > 0xffff_ffff) {
        throw new GatewayError('invalid-data', 'bad_message_stream');
      }
      this.#messageStreamId = id;
      this.#call('publish', TRANSACTION.publish, [streamName, 'live'], id);
    }
  }

  /** Servers may refuse releaseStream and FCPublish; connect, createStream and publish must succeed. */
  #handleError({ transactionId, args }: Command): void {
    const isFatal =
      transactionId === TRANSACTION.connect ||
      transactionId === TRANSACTION.createStream ||
      transactionId === TRANSACTION.publish;
    if (isFatal) this.#reject(args[0]);
    else this.#outputs.push({ kind: 'ignored', what: `an error for transaction ${transactionId}` });
  }

  #handleStatus({ args }: Command): void {
    const [information] = args;
    const code = amfStringProperty(information, 'code') ?? '';
    if (code === 'NetStream.Publish.Start' && this.#state === 'connecting') {
      this.#state = 'publishing';
      this.#outputs.push({ kind: 'publish-started' });
    } else if (
      amfStringProperty(information, 'level') === 'error' ||
      code === 'NetConnection.Connect.Closed' ||
      code === 'NetStream.Unpublish.Success'
    ) {
      this.#reject(information);
    } else this.#outputs.push({ kind: 'ignored', what: `the status ${quote(code)}` });
  }

  #reject(information: AmfValue): void {
    this.#finish({
      kind: 'rejected',
      code: amfStringProperty(information, 'code') ?? 'unknown',
      description: amfStringProperty(information, 'description') ?? '',
    });
  }

  #finish(output: ClientOutput): void {
    this.#flushSends();
    this.#state = 'over';
    this.#link.dropUnread();
    this.#outputs.push(output);
  }

  #call(name: string, transactionId: number, args: readonly AmfValue[], messageStreamId = 0): void {
    const command: Command = { name, transactionId, object: null, args };
    this.#link.send(writeCommand(command, messageStreamId), CHUNK_STREAM.command);
  }

  #writeMedia(type: number, chunkStreamId: number, timestamp: number, body: Buffer): Buffer {
    this.#requirePublishing();
    return this.#link.write({ type, messageStreamId: this.#messageStreamId, timestamp, body }, chunkStreamId);
  }

  #requirePublishing(): void {
    if (this.#state !== 'publishing') {
      throw new GatewayError(
        'invalid-state',
        'not_publishing',
        `media cannot be sent in state ${this.#state}`,
      );
    }
  }

  #flushSends(): void {
    const bytes = this.#link.takeSends();
    if (bytes !== undefined) this.#outputs.push({ kind: 'send', bytes });
  }
}
