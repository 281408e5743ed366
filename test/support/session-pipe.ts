// One publisher's bytes through session, track assembler and HLS without a socket, with hashes of the output.

import { createHash } from 'node:crypto';
import { HlsOutput, type HlsOutputOptions } from '../../server/hls/hls-output.ts';
import { BlockPool } from '../../server/hls/part-arena.ts';
import { parseMetadata } from '../../server/ingest/metadata.ts';
import { TrackAssembler } from '../../server/ingest/track-assembler.ts';
import { Session, type SessionOutput } from '../../server/rtmp/session.ts';
import { kept } from '../cases/rtmp-script.ts';
import { clockOf } from './clock.ts';
import { SCRIPT_START_MS } from './hls-script.ts';
import { rethrow } from './rethrow.ts';

const MIB = 1024 * 1024;

export class SessionPipe {
  readonly output: HlsOutput;
  readonly #isFresh: boolean;
  #session = new Session();
  #assembler = this.#newAssembler();
  /** The code by which the session closed itself; undefined while it is open. */
  closedBy: string | undefined;

  /**
   * Without a clock in `options` time stands still, so equal bytes give equal segments. `isFresh`: no memory is used again; every
   * message and every block has its own.
   */
  constructor(options: Partial<HlsOutputOptions> = {}, isFresh = false) {
    this.#isFresh = isFresh;
    this.output = new HlsOutput({
      pool: new BlockPool(isFresh ? 0 : undefined),
      part: 0.2,
      segment: 2,
      window: 60,
      maxBytes: 64 * MIB,
      holdBackParts: 4,
      clock: clockOf(() => SCRIPT_START_MS),
      onFault: rethrow,
      onPlayable: () => {},
      newEpoch: () => 'e',
      ...options,
    });
  }

  /** One socket read. Throws GatewayError for media that cannot be used. */
  feed(bytes: Buffer): void {
    this.#takeAll(this.#session.receive(bytes));
    while (this.#session.hasUnread) this.#takeAll(this.#session.resume());
  }

  /** The connection is lost, and another one begins. */
  reconnect(): void {
    this.#leave();
    this.#session = new Session();
    this.closedBy = undefined;
  }

  /** The publisher is gone. */
  end(): void {
    this.#assembler.finish();
    this.output.onEnd();
  }

  /** SHA-256 of every segment that is listed, in order, and of the playlist's text. */
  digests(): string[] {
    const { rendition } = this.output;
    if (rendition === undefined) return [];
    const segments = rendition.ring.segments.map(({ init, parts }) => {
      const hash = createHash('sha256').update(init.bytes);
      for (const { slices } of parts) for (const { bytes } of slices) hash.update(bytes);
      return hash.digest('hex');
    });
    return [...segments, createHash('sha256').update(rendition.playlist.bytes('identity')).digest('hex')];
  }

  #newAssembler(): TrackAssembler {
    return new TrackAssembler({
      onStart: (hints) => this.output.onSourceStart(hints),
      onTrack: (track) => this.output.onTrack(track),
      onSample: (sample) => this.output.onSample(sample),
    });
  }

  #leave(): void {
    this.#assembler.finish();
    this.output.onSourceEnd();
    this.#assembler = this.#newAssembler();
  }

  #takeAll(outputs: readonly SessionOutput[]): void {
    for (const output of this.#isFresh ? outputs.map(kept) : outputs) this.#take(output);
  }

  #take(output: SessionOutput): void {
    switch (output.kind) {
      case 'publish-requested':
        return this.#takeAll(this.#session.accept());
      case 'video':
        return this.#assembler.video(output.timestamp, output.body);
      case 'audio':
        return this.#assembler.audio(output.timestamp, output.body);
      case 'data': {
        const metadata = output.name === 'onMetaData' ? parseMetadata(output.values) : undefined;
        if (metadata !== undefined) this.#assembler.metadata(metadata);
        return;
      }
      case 'publish-ended':
        return this.#leave();
      case 'closed':
        this.closedBy = output.code;
        return;
      default:
    }
  }
}
