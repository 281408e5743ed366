// One publication of a connection: holds the stream's name, and passes media from tag bodies to the stream.

import type { MonotonicClock } from '../clock.ts';
import { assertNever, type ErrorCode, type ErrorValues, GatewayError } from '../errors.ts';
import type { PublishRefusal, PublishTerms } from '../live/authorizer.ts';
import type { LiveStream, Source } from '../live/live-stream.ts';
import type { PublishOutcome, StreamRegistry } from '../live/stream-registry.ts';
import type { EndReason } from '../live/stream-state.ts';
import type { MemoryShare } from '../media/media-memory.ts';
import { reasonText } from './connection-events.ts';
import { DropReport } from './drop-report.ts';
import { endReasonOf } from './end-reason.ts';
import type { IngestLimits } from './limits.ts';
import { encoderName, type parseMetadata } from './metadata.ts';
import { TrackAssembler } from './track-assembler.ts';

export type PublicationOptions = {
  readonly limits: IngestLimits;
  readonly clock: MonotonicClock;
  readonly remoteAddress: string;
  /** The encoder's name from `connect`. */
  readonly flashVer: string | undefined;
  readonly onReplaced: Source['onReplaced'];
  /** Media is not played: a track is left out, or frames were lost. `code` is stable, `reason` is a sentence. */
  readonly onMediaLost: (code: ErrorCode, reason: string) => void;
};

/** Others read it, this publication changes it. */
type OwnSource = Source & { encoder: string | undefined; arrivesLate: boolean };

export class Publication {
  readonly #assembler: TrackAssembler;
  readonly #source: OwnSource;
  readonly #clock: MonotonicClock;
  readonly #dropReport: DropReport;
  readonly #onMediaLost: PublicationOptions['onMediaLost'];
  #registry: StreamRegistry | undefined;
  #terms: PublishTerms = {};
  #stream: LiveStream | undefined;
  /** Unfinished messages, in the stream's account. */
  #assembling: MemoryShare | undefined;

  constructor({ limits, clock, remoteAddress, flashVer, onReplaced, onMediaLost }: PublicationOptions) {
    this.#clock = clock;
    this.#onMediaLost = onMediaLost;
    this.#assembler = new TrackAssembler(
      {
        onStart: (hints) => this.#stream?.startSource(this.#source, hints),
        onTrack: (track) => this.#stream?.setTrack(this.#source, track),
        onSample: (sample) => this.#stream?.push(this.#source, sample),
        onLeftOut: (what, { code, message }) => onMediaLost(code, `${what} is not played: ${message}`),
      },
      limits,
      clock,
    );
    this.#dropReport = new DropReport(this.#assembler.drops);
    this.#source = {
      remoteAddress,
      encoder: flashVer === undefined ? undefined : encoderName(flashVer),
      arrivesLate: false,
      repairs: this.#assembler.timeline.repairs,
      drops: this.#assembler.drops,
      onReplaced,
    };
  }

  /** Media was read later than it came, so that the time of its arrival is not known. */
  set arrivesLate(isLate: boolean) {
    this.#source.arrivesLate = isLate;
  }

  /** The stream's name; empty before `open`. */
  get name(): string {
    return this.#stream?.name ?? '';
  }

  /** How long the stream has had no picture and no sound. */
  get mediaSilentMs(): number {
    return this.#stream?.silentMs ?? 0;
  }

  /** For how long nobody needs the next sample, milliseconds. */
  get patienceMs(): number {
    return this.#stream?.patienceMs ?? 0;
  }

  /** Requests the name; after that media goes to its stream. `testOf`: the public name, for a publish with `?test=1`. */
  open(registry: StreamRegistry, name: string, terms: PublishTerms = {}, testOf?: string): PublishOutcome {
    const outcome = registry.publish(name, this.#source, { ...terms, testOf });
    if (outcome.kind === 'accepted') {
      this.#stream = outcome.stream;
      this.#assembling = outcome.stream.memory.openWaiting();
      this.#registry = registry;
      this.#terms = terms;
    }
    return outcome;
  }

  /** One video tag body. Throws GatewayError if it cannot be played. */
  video(timestamp: number, body: Buffer): void {
    this.#assembler.video(timestamp, body);
  }

  /** One audio tag body. Throws GatewayError if it cannot be played. */
  audio(timestamp: number, body: Buffer): void {
    this.#assembler.audio(timestamp, body);
  }

  /**
   * Called once a second: logs lost media. Throws GatewayError if nothing of the source can be played, and `publish_revoked` if the
   * authorizer ended the publication.
   */
  check(): void {
    const revoked = this.#terms.revocation?.();
    if (revoked !== undefined) throw new GatewayError('invalid-state', 'publish_revoked', revoked);
    this.#reportDrops(false);
    this.#assembler.check();
  }

  /** Charges unfinished messages and pictures. Throws GatewayError `stream_memory` above the stream's limit. */
  chargeAssembling(bytes: number): void {
    this.#assembling?.set(bytes + this.#assembler.heldBytes);
    this.#stream?.memory.checkWaiting();
  }

  metadata(metadata: NonNullable<ReturnType<typeof parseMetadata>>): void {
    this.#assembler.metadata(metadata);
    this.#source.encoder = metadata.encoder ?? this.#source.encoder;
  }

  /** Releases the name, which stays reserved for a while. */
  close(code: string, message: string, values?: ErrorValues): void {
    this.#assembling?.set(0);
    try {
      this.#assembler.finish();
    } finally {
      this.#reportDrops(true);
      this.#closeSource(endReasonOf(code, message, values));
    }
  }

  #reportDrops(isLast: boolean): void {
    const reason = this.#dropReport.next(this.#clock.monotonicMs(), isLast);
    if (reason !== undefined) this.#onMediaLost('media_lost', reason);
  }

  #closeSource(reason: EndReason): void {
    if (this.#stream === undefined) return;
    this.#registry?.closeSource(this.#stream, this.#source, reason);
    this.#terms.onEnded?.();
  }
}

/** Why a name was refused, for the publisher and the log; undefined if it was granted. */
export function refusalOf(
  outcome: PublishOutcome,
  name: string,
): { readonly code: ErrorCode; readonly description: string } | undefined {
  switch (outcome.kind) {
    case 'accepted':
      return undefined;
    case 'taken': {
      const description = `"${name}" is being published by someone else; choose another stream key`;
      return { code: 'name_taken', description };
    }
    case 'closed': {
      const seconds = Math.ceil(outcome.remainingMs / 1000);
      const description = `the operator ended "${name}"; it may be published again in ${seconds} s`;
      return { code: 'name_closed', description };
    }
    case 'full': {
      const description = `the gateway takes no more streams now: ${outcome.reason}; try again later`;
      return { code: 'server_busy', description };
    }
    default:
      return assertNever(outcome);
  }
}

/** A refused publish request, for operators. */
export function toldRefusal(
  code: string,
  reason: string,
  remoteAddress: string,
  { name, values }: Pick<PublishRefusal, 'name' | 'values'>,
): PublishRefusal {
  return {
    code,
    reason: reasonText(reason),
    remoteAddress,
    ...(name === undefined ? {} : { name }),
    ...(values === undefined ? {} : { values }),
  };
}
