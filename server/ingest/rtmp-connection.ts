// One encoder's socket: feeds the session, and passes media to the stream. All errors of a connection are caught here.

import type { Socket } from 'node:net';
import { type NetworkList, plainAddress } from '../address.ts';
import { freeBytes } from '../bytes/free-bytes.ts';
import { type MonotonicClock, systemClock } from '../clock.ts';
import { assertNever, type ErrorCode, type ErrorValues, GatewayError } from '../errors.ts';
import type { EventLog } from '../event-log.ts';
import { type Guard, guarded } from '../guard.ts';
import type { LimitTally } from '../limit-tally.ts';
import type { Authorizer, PublishRefusal } from '../live/authorizer.ts';
import type { StreamRegistry } from '../live/stream-registry.ts';
import type { Logger } from '../log.ts';
import type { RtmpLimits } from '../rtmp/limits.ts';
import { type ClosingStatus, type PublishRequest, Session, type SessionOutput } from '../rtmp/session.ts';
import { BitrateCap } from './bitrate-cap.ts';
import { ConnectionEvents, endedBy, reasonText, tellIgnored, type Unpublished } from './connection-events.ts';
import type { HoldClock } from './hold-clock.ts';
import { letGo } from './let-go.ts';
import type { IngestLimits } from './limits.ts';
import { parseMetadata } from './metadata.ts';
import { Publication, refusalOf, toldRefusal } from './publication.ts';
import { PublishDecision } from './publish-decision.ts';
import { PublishRate } from './publish-rate.ts';
import { ReadTurns } from './read-turns.ts';
import { type PublishGrant, testReportPath, testWelcome } from './test-publish.ts';

export type RtmpConnectionOptions = {
  readonly socket: Socket;
  readonly registry: StreamRegistry;
  readonly authorizer: Authorizer;
  readonly rtmpLimits: Partial<RtmpLimits>;
  readonly limits: IngestLimits;
  /** Ends pauses of reading; one for all connections. */
  readonly holds: HoldClock;
  /** Further networks that count as private. */
  readonly trustedNetworks?: NetworkList;
  /** The system's clock by default. */
  readonly clock?: MonotonicClock;
  readonly log: Logger;
  /** Logs publications and the connection's end. */
  readonly endings: EventLog;
  /** Called for each refused publish request; it must not throw. */
  readonly onPublishRefused?: (refusal: PublishRefusal) => void;
  /** The address of the report about a publish with `?test=1`; the path alone by default. */
  readonly testReportUrl?: (id: string) => string;
  /** Called for each accepted publication. */
  readonly onPublishing: (connection: RtmpConnection) => void;
  /** Counts limits that end nothing. */
  readonly tally?: Pick<LimitTally, 'met'>;
  /** Called once. */
  readonly onClosed: (connection: RtmpConnection) => void;
};

const INTERNAL_ERROR = 'the gateway has failed; its log has the reason';

export class RtmpConnection {
  readonly remoteAddress: string;
  readonly #options: RtmpConnectionOptions;
  readonly #socket: Socket;
  readonly #session: Session;
  readonly #events: ConnectionEvents;
  readonly #clock: MonotonicClock;
  readonly #bitrate: BitrateCap;
  readonly #decision: PublishDecision;
  /** A listener or timer that fails ends this connection. */
  readonly #guard: Guard;
  readonly #turns: ReadTurns;
  #publication: Publication | undefined;
  #unpublished: Unpublished | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #lastReceivedAt: number;
  #isClosed = false;

  constructor(options: RtmpConnectionOptions) {
    this.#options = options;
    this.#socket = options.socket;
    this.remoteAddress = plainAddress(options.socket.remoteAddress ?? 'unknown');
    this.#session = new Session({ limits: options.rtmpLimits });
    this.#clock = options.clock ?? systemClock;
    this.#lastReceivedAt = this.#clock.monotonicMs();
    this.#events = new ConnectionEvents(options.endings, this.remoteAddress);
    this.#bitrate = new BitrateCap(options.limits.maxBitsPerSecond, this.#clock);
    const guard: Guard = { log: options.log, close: () => this.#abort() };
    this.#guard = guard;
    this.#decision = this.#newDecision();
    this.#turns = new ReadTurns(options.socket, guard, options.holds, () => this.#takeTurn());
    this.#startDeadline();
    const onData = guarded(guard, (bytes: Buffer) => this.#receive(bytes));
    const leave = (code: ErrorCode, message: string): void =>
      this.#turns.finish(this.#session.hasUnread, () => this.#close(code, message));
    const onError = guarded(guard, (error: Error) => leave('socket_error', error.message));
    const onEnd = guarded(guard, () => leave('peer_closed', 'the peer closed the connection'));
    const onClose = guarded(guard, () => leave('peer_closed', 'the connection is gone'));
    options.socket.on('data', onData).on('error', onError).on('end', onEnd).on('close', onClose);
  }

  #newDecision(): PublishDecision {
    const { authorizer, trustedNetworks, log, limits, testReportUrl = testReportPath } = this.#options;
    return new PublishDecision({
      authorizer,
      rate: new PublishRate(limits.maxPublishesPerMinute, this.#clock),
      remoteAddress: this.remoteAddress,
      trustedNetworks,
      log,
      guard: this.#guard,
      testReportUrl,
      onAnswer: (work) => {
        if (this.#isClosed) return;
        this.#contain(work);
        this.#readOn();
      },
      onVerdict: (request, verdict) => this.#decide(request, verdict),
    });
  }

  /** Called once a second: ends a publisher that has sent nothing for too long, or no picture and no sound for longer. */
  checkSilence(): void {
    if (this.#publication === undefined || this.#isClosed) return;
    if (this.#turns.mustReadFirst(this.#session.hasUnread)) return;
    this.#contain(() => this.#publication?.check());
    if (this.#isClosed || this.#publication === undefined) return;
    const { silenceMs, mediaWaitMs } = this.#options.limits;
    if (this.#clock.monotonicMs() - this.#lastReceivedAt > silenceMs) {
      const description = `the publisher sent nothing for ${silenceMs} ms`;
      this.#end('publisher_silent', { code: 'NetConnection.Connect.Closed', description });
    } else if (this.#publication.mediaSilentMs > mediaWaitMs) {
      const description = `no picture and no sound that can be used came for ${mediaWaitMs} ms, only other data; check what the encoder takes its picture and sound from`;
      this.#end('no_media', { code: 'NetStream.Failed', description });
    }
  }

  /** Ends at once, because another connection needs the place. */
  giveWay(): void {
    this.#close('gave_way', 'all connections are in use, and this one was not publishing');
    this.#socket.destroy();
  }

  /** Tells a publisher that the gateway stops, and closes. */
  shutDown(): void {
    this.#end('shutting_down', {
      code: 'NetConnection.Connect.Closed',
      description: 'the gateway is shutting down',
    });
  }

  /** Starts the publish deadline. Received bytes are read first, because timers of a busy process fire before reads. */
  #startDeadline(): void {
    const onDeadline = guarded(this.#guard, () => this.#miss());
    const onTimeout = guarded(this.#guard, () => void setImmediate(onDeadline));
    this.#deadline = setTimeout(onTimeout, this.#options.limits.publishDeadlineMs);
  }

  #miss(): void {
    if (this.#publication !== undefined) return;
    if (this.#unpublished !== undefined) return this.#close('unpublished', '');
    const { publishDeadlineMs } = this.#options.limits;
    const description = this.#decision.isPending
      ? `the authorizer did not decide within ${publishDeadlineMs} ms`
      : `no publish within ${publishDeadlineMs} ms of connecting`;
    if (this.#decision.isPending) this.#tellRefusal('publish_deadline', description);
    this.#end('publish_deadline', { code: 'NetConnection.Connect.Closed', description });
  }

  #receive(bytes: Buffer): void {
    if (this.#isClosed) return;
    const nowMs = this.#clock.monotonicMs();
    const received = this.#turns.take(bytes, nowMs);
    if (received.length === 0) return;
    this.#lastReceivedAt = nowMs;
    // One that does not wait for the decision is read no further. The goodbye of one that leaves is read, so that its end is noticed.
    if (this.#decision.isPending) this.#socket.pause();
    this.#contain(() => {
      if (this.#publication !== undefined) this.#bitrate.count(received.length);
      if (this.#publication !== undefined) this.#publication.arrivesLate = this.#turns.isLate;
      this.#handle(this.#session.receive(received));
      this.#publication?.chargeAssembling(this.#session.assemblingBytes);
    });
    freeBytes(bytes);
    this.#readOn();
  }

  /** While a publish request waits for a decision, `#receive` says when to stop reading. */
  #readOn(): void {
    this.#session.endTurn();
    if (this.#isClosed || this.#decision.isPending) return;
    this.#turns.readOn(this.#session.hasUnread, this.#publication?.patienceMs ?? 0);
  }

  #takeTurn(): void {
    if (this.#isClosed) return;
    this.#lastReceivedAt = this.#clock.monotonicMs();
    this.#contain(() => {
      this.#handle(this.#session.resume());
      this.#publication?.chargeAssembling(this.#session.assemblingBytes);
    });
    this.#readOn();
  }

  /** Everything that a peer can cause runs in here, so that errors end only this connection. */
  #contain(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (error instanceof GatewayError) {
        this.#end(error.code, { code: 'NetStream.Failed', description: error.message }, error.values);
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
        return this.#publication?.video(output.timestamp, output.body);
      case 'audio':
        return this.#publication?.audio(output.timestamp, output.body);
      case 'data':
        return this.#data(output.name, output.values);
      case 'publish-requested':
        this.#noteNextPublication();
        return this.#decision.ask(output.request);
      case 'publish-ended':
        return this.#unpublish(output.how);
      case 'ignored':
        return tellIgnored(output, this.remoteAddress, this.#options);
      case 'closed':
        if (output.code === 'bad_publish_name') this.#tellRefusal(output.code, output.message);
        return this.#close(output.code, output.message);
      default:
        return assertNever(output);
    }
  }

  #data(name: string, values: Parameters<typeof parseMetadata>[0]): void {
    const metadata = name === 'onMetaData' ? parseMetadata(values) : undefined;
    if (metadata !== undefined) this.#publication?.metadata(metadata);
  }

  /** The end of a publication is logged at the next request; that of the last one at the connection's end. */
  #noteNextPublication(): void {
    if (this.#unpublished === undefined) return;
    this.#events.unpublished(this.#unpublished);
    this.#unpublished = undefined;
  }

  #decide(request: PublishRequest, verdict: PublishGrant): void {
    if (verdict.kind === 'denied') return this.#refuse(verdict.code, verdict.reason, verdict);
    const { registry, limits, onPublishing } = this.#options;
    const { name, test } = verdict;
    const publication = new Publication({
      limits,
      clock: this.#clock,
      remoteAddress: this.remoteAddress,
      flashVer: request.flashVer,
      onReplaced: (code, message, values) =>
        this.#end(code, { code: 'NetStream.Publish.BadName', description: message }, values),
      onMediaLost: (code, reason) => this.#events.mediaLost(name, code, reason),
    });
    const refusal = refusalOf(publication.open(registry, name, verdict, test?.of), name);
    if (refusal !== undefined) {
      verdict.onEnded?.();
      return this.#refuse(refusal.code, refusal.description, { name });
    }
    clearTimeout(this.#deadline);
    this.#bitrate.limitTo(verdict.maxBitsPerSecond ?? limits.maxBitsPerSecond);
    this.#publication = publication;
    this.#events.publishing(name, test);
    onPublishing(this);
    this.#handle(this.#session.accept(test && testWelcome(test)));
  }

  #refuse(code: string, description: string, known: Pick<PublishRefusal, 'name' | 'values'>): void {
    this.#tellRefusal(code, description, known);
    this.#sendLast(this.#session.reject({ code: 'NetStream.Publish.BadName', description }));
    this.#close(code, description);
  }

  #tellRefusal(code: string, reason: string, known: Pick<PublishRefusal, 'name' | 'values'> = {}): void {
    this.#options.onPublishRefused?.(toldRefusal(code, reason, this.remoteAddress, known));
  }

  /** Sends the reason, then closes. */
  #end(code: ErrorCode, status: ClosingStatus, values?: ErrorValues): void {
    if (this.#isClosed) return;
    try {
      this.#sendLast(this.#session.end(status));
    } catch (error) {
      this.#logFault(error);
    }
    this.#close(code, status.description, values);
  }

  /** Tries to send last messages; errors are ignored, because the connection is already closing. */
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

  /** Ends the publication at once. The encoder may publish again or close the connection. */
  #unpublish(how: string): void {
    this.#unpublished = { how, name: this.#publication?.name ?? '' };
    this.#closePublication('unpublished', how);
    this.#startDeadline();
  }

  #closePublication(code: string, message: string, values?: ErrorValues): void {
    const publication = this.#publication;
    this.#publication = undefined;
    try {
      publication?.close(code, reasonText(message), values);
    } catch (error) {
      // A sink that fails at the end must not keep the connection's place.
      if (!(error instanceof GatewayError)) this.#logFault(error);
    }
  }

  #close(code: string, message: string, values?: ErrorValues): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#deadline);
    this.#decision.cancel();
    this.#turns.stop();
    const stream = this.#publication?.name ?? this.#unpublished?.name;
    this.#closePublication(code, message, values);
    const how = this.#unpublished?.how;
    if (how === undefined) this.#events.closed(code, message, stream);
    else this.#events.closed('unpublished', endedBy(how), stream);
    letGo(this.#socket, this.#guard, this.#options.limits.lingerMs);
    this.#options.onClosed(this);
  }

  #abort(): void {
    this.#socket.destroy();
    this.#close('internal_error', INTERNAL_ERROR);
  }
}
