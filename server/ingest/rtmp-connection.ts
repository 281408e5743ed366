// One encoder's socket: feeds the session, asks who may publish, and hands media to the stream. The one catch is here.

import type { Socket } from 'node:net';
import { plainAddress } from '../address.ts';
import { assertNever, GatewayError } from '../errors.ts';
import type { EventLog, LoggedEvent } from '../event-log.ts';
import type { Authorizer, PublishVerdict } from '../live/authorizer.ts';
import type { LiveStream, Source } from '../live/live-stream.ts';
import { isStreamName, type PublishAddress, parsePublishAddress } from '../live/stream-name.ts';
import type { StreamRegistry } from '../live/stream-registry.ts';
import type { Logger } from '../log.ts';
import type { RtmpLimits } from '../rtmp/limits.ts';
import { type ClosingStatus, type PublishRequest, Session, type SessionOutput } from '../rtmp/session.ts';
import { BitrateCap } from './bitrate-cap.ts';
import { DropReport } from './drop-report.ts';
import { KeyFrameWatch } from './key-frame-watch.ts';
import type { IngestLimits } from './limits.ts';
import { encoderName, parseMetadata } from './metadata.ts';
import { printableText } from './printable-text.ts';
import { isPrivateAddress } from './private-address.ts';
import { TrackAssembler } from './track-assembler.ts';

export type RtmpConnectionOptions = {
  readonly socket: Socket;
  readonly registry: StreamRegistry;
  readonly authorizer: Authorizer;
  readonly rtmpLimits: Partial<RtmpLimits>;
  readonly limits: IngestLimits;
  readonly log: Logger;
  /** Where the connection's end is told. */
  readonly endings: EventLog;
  /** Called once; `code` names the reason. */
  readonly onClosed: (connection: RtmpConnection, code: string) => void;
};

/** A reason names one offending value; more is a peer's, not ours. */
const MAX_REASON_CHARACTERS = 500;
const INTERNAL_ERROR = 'a fault of the gateway itself; its log tells more';

type Publication = { readonly stream: LiveStream; readonly source: Source; encoder: string | undefined };

export class RtmpConnection {
  readonly remoteAddress: string;
  readonly #options: RtmpConnectionOptions;
  readonly #socket: Socket;
  readonly #session: Session;
  readonly #assembler: TrackAssembler;
  readonly #bitrate: BitrateCap;
  readonly #dropReport: DropReport;
  #publication: Publication | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #lastReceivedAt = performance.now();
  /** How the publisher ended its publication; from then on whatever ends the connection is its way out. */
  #unpublishedBy: string | undefined;
  #isClosed = false;

  constructor(options: RtmpConnectionOptions) {
    this.#options = options;
    this.#socket = options.socket;
    this.remoteAddress = plainAddress(options.socket.remoteAddress ?? 'unknown');
    this.#session = new Session({ limits: options.rtmpLimits });
    const now = (): number => performance.now();
    this.#bitrate = new BitrateCap(options.limits.maxBitsPerSecond, now);
    this.#assembler = new TrackAssembler(
      {
        onStart: (hints) => this.#withStream((stream, source) => stream.startSource(source, hints)),
        onTrack: (track) => this.#withStream((stream, source) => stream.setTrack(source, track)),
        onSample: (sample) => this.#withStream((stream, source) => stream.push(source, sample)),
        onLeftOut: (what, { code, message }) =>
          this.#logMedia({ what, code, reason: printableText(message, MAX_REASON_CHARACTERS) }, 'not played'),
      },
      new KeyFrameWatch(options.limits, now),
    );
    this.#dropReport = new DropReport(this.#assembler.drops);
    const { publishDeadlineMs } = options.limits;
    // What has arrived is read first: when the process was busy, its timers come before its sockets.
    const onDeadline = (): void => {
      if (this.#publication !== undefined) return;
      const description = `no publish within ${publishDeadlineMs} ms of connecting`;
      this.#end('publish_deadline', { code: 'NetConnection.Connect.Closed', description });
    };
    this.#deadline = setTimeout(() => setImmediate(onDeadline), publishDeadlineMs);
    this.#socket.on('data', (bytes) => this.#receive(bytes));
    this.#socket.on('error', (error) => this.#close('socket_error', error.message));
    this.#socket.on('end', () => this.#close('peer_closed', 'the peer closed the connection'));
    this.#socket.on('close', () => this.#close('peer_closed', 'the connection is gone'));
  }

  /** Once a second: a publisher that has sent nothing for too long has ended, whatever its TCP connection says. */
  checkSilence(): void {
    if (this.#publication === undefined || this.#isClosed) return;
    this.#reportDrops(false);
    this.#guard(() => this.#assembler.check());
    if (this.#isClosed) return;
    const silentMs = performance.now() - this.#lastReceivedAt;
    const { silenceMs } = this.#options.limits;
    if (silentMs <= silenceMs) return;
    const description = `the publisher sent nothing for ${silenceMs} ms`;
    this.#end('publisher_silent', { code: 'NetConnection.Connect.Closed', description });
  }

  /** Tells a publisher that the gateway stops, and closes. */
  shutDown(): void {
    this.#end('shutting_down', {
      code: 'NetConnection.Connect.Closed',
      description: 'the gateway is shutting down',
    });
  }

  #receive(bytes: Buffer): void {
    if (this.#isClosed) return;
    this.#lastReceivedAt = performance.now();
    this.#guard(() => {
      if (this.#publication !== undefined) this.#bitrate.count(bytes.length);
      this.#handle(this.#session.receive(bytes));
    });
  }

  /** Everything a peer can cause runs in here; only this connection ends by it. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (error instanceof GatewayError) {
        this.#end(error.code, { code: 'NetStream.Failed', description: error.message });
      } else {
        this.#logFault(error);
        this.#end('internal_error', { code: 'NetStream.Failed', description: INTERNAL_ERROR });
      }
    }
  }

  #logFault(error: unknown): void {
    this.#options.log.error({ err: error, remote: this.remoteAddress }, 'a fault of the gateway itself');
  }

  #handle(outputs: readonly SessionOutput[]): void {
    for (const output of outputs) {
      if (this.#isClosed) return;
      this.#handleOne(output);
    }
  }

  #handleOne(output: SessionOutput): void {
    switch (output.kind) {
      case 'send':
        return this.#send(output.bytes);
      case 'video':
        return this.#assembler.video(output.timestamp, output.body);
      case 'audio':
        return this.#assembler.audio(output.timestamp, output.body);
      case 'data':
        return this.#data(output.name, output.values);
      case 'publish-requested':
        return this.#requestPublish(output.request);
      case 'publish-ended':
        return this.#unpublish(output.how);
      case 'ignored':
        return this.#options.log.debug({ remote: this.remoteAddress, what: output.what }, 'ignored');
      case 'closed':
        return this.#close(output.code, output.message);
      default:
        return assertNever(output);
    }
  }

  #data(name: string, values: Parameters<typeof parseMetadata>[0]): void {
    const metadata = name === 'onMetaData' ? parseMetadata(values) : undefined;
    if (metadata === undefined) return;
    this.#assembler.metadata(metadata);
    if (this.#publication !== undefined)
      this.#publication.encoder = metadata.encoder ?? this.#publication.encoder;
  }

  #requestPublish(request: PublishRequest): void {
    let address: PublishAddress;
    try {
      address = parsePublishAddress(request.app, request.streamName);
    } catch (error) {
      if (error instanceof GatewayError) return this.#refuse(error.code, error.message);
      throw error;
    }
    const attempt = {
      ...address,
      remoteAddress: this.remoteAddress,
      isPrivateAddress: isPrivateAddress(this.remoteAddress),
    };
    let verdict: PublishVerdict | Promise<PublishVerdict>;
    try {
      verdict = this.#options.authorizer.authorizePublish(attempt);
    } catch (error) {
      return this.#refuseUndecided(error);
    }
    if (!('then' in verdict)) return this.#decide(request, verdict);
    this.#socket.pause();
    verdict.then(
      (later) => this.#resumeWith(() => this.#decide(request, later)),
      (error: unknown) => this.#resumeWith(() => this.#refuseUndecided(error)),
    );
  }

  /** Fails closed; what went wrong is for the operator, not for whoever knocks. */
  #refuseUndecided(error: unknown): void {
    this.#options.log.error({ err: error, remote: this.remoteAddress }, 'the authorizer failed');
    this.#refuse('authorizer_failed', 'the gateway could not decide who may publish; its log tells more');
  }

  #resumeWith(work: () => void): void {
    if (this.#isClosed) return;
    this.#guard(work);
    this.#socket.resume();
  }

  #decide(request: PublishRequest, verdict: PublishVerdict): void {
    if (verdict.kind === 'denied') return this.#refuse(verdict.code, verdict.reason);
    if (verdict.kind !== 'allowed' || !isStreamName(verdict.name)) {
      return this.#refuseUndecided(new TypeError('the verdict is neither a refusal nor a stream name'));
    }
    const publication = this.#newPublication(verdict.name, request.flashVer);
    if (publication === undefined) return;
    clearTimeout(this.#deadline);
    this.#publication = publication;
    this.#options.log.info({ stream: verdict.name, remote: this.remoteAddress }, 'publishing');
    this.#handle(this.#session.accept());
  }

  /** Takes the name, or refuses when a publisher that still speaks has it. */
  #newPublication(name: string, flashVer: string | undefined): Publication | undefined {
    const connection = this;
    const source: Source = {
      get encoder() {
        return connection.#publication?.encoder;
      },
      repairs: this.#assembler.timeline.repairs,
      drops: this.#assembler.drops,
      onReplaced: (code, message) =>
        this.#end(code, { code: 'NetStream.Publish.BadName', description: message }),
    };
    const outcome = this.#options.registry.publish(name, source);
    if (outcome.kind === 'taken') {
      this.#refuse('name_taken', `"${name}" is being published by someone else; choose another stream key`);
      return undefined;
    }
    if (outcome.kind === 'full') {
      this.#refuse(
        'server_busy',
        `the gateway takes no more streams now: ${outcome.reason}; try again later`,
      );
      return undefined;
    }
    return {
      stream: outcome.stream,
      source,
      encoder: flashVer === undefined ? undefined : encoderName(flashVer),
    };
  }

  #refuse(code: string, description: string): void {
    this.#sendLast(this.#session.reject({ code: 'NetStream.Publish.BadName', description }));
    this.#close(code, description);
  }

  /** Says why, then closes. */
  #end(code: string, status: ClosingStatus): void {
    if (this.#isClosed) return;
    try {
      this.#sendLast(this.#session.end(status));
    } catch (error) {
      this.#logFault(error);
    }
    this.#close(code, status.description);
  }

  /** Last words are worth a try, and no longer a reason to close: there is one already. */
  #sendLast(outputs: readonly SessionOutput[]): void {
    for (const output of outputs) if (output.kind === 'send') this.#socket.write(output.bytes);
  }

  #send(bytes: Buffer): void {
    this.#socket.write(bytes);
    const { maxUnreadBytes } = this.#options.limits;
    if (this.#socket.writableLength > maxUnreadBytes) {
      this.#close('unread_replies', `the peer left ${this.#socket.writableLength} bytes of replies unread`);
    }
  }

  #withStream(use: (stream: LiveStream, source: Source) => void): void {
    if (this.#publication !== undefined) use(this.#publication.stream, this.#publication.source);
  }

  /** The stream ends at once; the connection is the encoder's to close, which may have more to say before. */
  #unpublish(how: string): void {
    this.#unpublishedBy = how;
    this.#closeSource();
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#close('unpublished', ''), this.#options.limits.lingerMs);
  }

  #reportDrops(isLast: boolean): void {
    const reason = this.#dropReport.next(performance.now(), isLast);
    if (reason !== undefined) this.#logMedia({ reason }, 'media lost');
  }

  #logMedia(facts: Readonly<Record<string, string>>, message: string): void {
    const stream = this.#publication?.stream.name;
    if (stream !== undefined)
      this.#options.log.warn({ stream, remote: this.remoteAddress, ...facts }, message);
  }

  #closeSource(): void {
    try {
      this.#assembler.finish();
      this.#reportDrops(true);
      const { stream, source } = this.#publication ?? {};
      if (stream !== undefined && source !== undefined) this.#options.registry.closeSource(stream, source);
    } catch (error) {
      // A sink that fails at the end must not keep the connection's place.
      this.#logFault(error);
    }
  }

  #close(code: string, message: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#deadline);
    this.#closeSource();
    const how = this.#unpublishedBy;
    const isOver = how !== undefined;
    const endCode = isOver ? 'unpublished' : code;
    const stream = this.#publication?.stream.name;
    this.#logEnd({
      code: endCode,
      reason: isOver
        ? `the publisher ended the stream (${printableText(how, MAX_REASON_CHARACTERS)})`
        : printableText(message, MAX_REASON_CHARACTERS),
      remote: this.remoteAddress,
      ...(stream !== undefined && { stream }),
    });
    this.#letGo();
    this.#options.onClosed(this, endCode);
  }

  /** The end of a publication is news each time; others may be a flood. */
  #logEnd(end: LoggedEvent): void {
    if (end.stream === undefined) this.#options.endings.write('info', end, 'rtmp connection closed');
    else this.#options.log.info(end, 'rtmp connection closed');
  }

  /** Lets the last reply reach the peer: what it still sends is read and dropped, else its kernel would drop the reply. */
  #letGo(): void {
    const socket = this.#socket;
    socket.resume();
    socket.end();
    const timer = setTimeout(() => socket.destroy(), this.#options.limits.lingerMs);
    socket.once('close', () => clearTimeout(timer));
  }
}
