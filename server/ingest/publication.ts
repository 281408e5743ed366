// One publication of a connection: the stream's name it holds, and the way of its media from tag bodies to the stream.

import type { LiveStream, Source } from '../live/live-stream.ts';
import type { PublishOutcome, StreamRegistry } from '../live/stream-registry.ts';
import type { MemoryShare } from '../media/media-memory.ts';
import { endReasonOf } from './end-reason.ts';
import { KeyFrameWatch } from './key-frame-watch.ts';
import type { IngestLimits } from './limits.ts';
import { encoderName, type parseMetadata } from './metadata.ts';
import { TrackAssembler } from './track-assembler.ts';

export type PublicationOptions = {
  readonly limits: IngestLimits;
  /** What the encoder called itself in `connect`. */
  readonly flashVer: string | undefined;
  readonly onReplaced: Source['onReplaced'];
};

export class Publication {
  readonly #assembler: TrackAssembler;
  readonly #source: Source;
  #registry: StreamRegistry | undefined;
  #stream: LiveStream | undefined;
  #encoder: string | undefined;
  /** Unfinished messages, in the stream's account. */
  #assembling: MemoryShare | undefined;

  constructor({ limits, flashVer, onReplaced }: PublicationOptions) {
    this.#encoder = flashVer === undefined ? undefined : encoderName(flashVer);
    this.#assembler = new TrackAssembler(
      {
        onStart: (hints) => this.#stream?.startSource(this.#source, hints),
        onTrack: (track) => this.#stream?.setTrack(this.#source, track),
        onSample: (sample) => this.#stream?.push(this.#source, sample),
      },
      new KeyFrameWatch(limits, () => performance.now()),
    );
    const encoder = (): string | undefined => this.#encoder;
    this.#source = {
      get encoder() {
        return encoder();
      },
      repairs: this.#assembler.timeline.repairs,
      onReplaced,
    };
  }

  /** The stream's name; empty before `open`. */
  get name(): string {
    return this.#stream?.name ?? '';
  }

  /** How long no picture and no sound has reached the stream. */
  get mediaSilentMs(): number {
    return this.#stream?.silentMs ?? 0;
  }

  /** Asks for the name; media goes to its stream once it is granted. */
  open(registry: StreamRegistry, name: string): PublishOutcome {
    const outcome = registry.publish(name, this.#source);
    if (outcome.kind === 'accepted') {
      this.#stream = outcome.stream;
      this.#assembling = outcome.stream.memory.openWaiting();
      this.#registry = registry;
    }
    return outcome;
  }

  /** One video tag body. Throws GatewayError for what cannot be played. */
  video(timestamp: number, body: Buffer): void {
    this.#assembler.video(timestamp, body);
  }

  /** One audio tag body. Throws GatewayError for what cannot be played. */
  audio(timestamp: number, body: Buffer): void {
    this.#assembler.audio(timestamp, body);
  }

  /** Charges what unfinished messages hold. Throws GatewayError `stream_memory` when the stream keeps too much waiting. */
  chargeAssembling(bytes: number): void {
    this.#assembling?.set(bytes);
    this.#stream?.memory.checkWaiting();
  }

  metadata(metadata: NonNullable<ReturnType<typeof parseMetadata>>): void {
    this.#assembler.metadata(metadata);
    this.#encoder = metadata.encoder ?? this.#encoder;
  }

  /** Gives up the name; the stream keeps its place for a while. */
  close(code: string, message: string): void {
    this.#assembling?.set(0);
    if (this.#stream !== undefined)
      this.#registry?.closeSource(this.#stream, this.#source, endReasonOf(code, message));
  }
}
