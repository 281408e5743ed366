// One publisher's bytes through session, track assembler and HLS without a socket, with hashes of the output.

import { createHash } from 'node:crypto';
import { HlsOutput, type HlsOutputOptions } from '../../server/hls/hls-output.ts';
import { BlockPool } from '../../server/hls/part-arena.ts';
import { parseMetadata } from '../../server/ingest/metadata.ts';
import { TrackAssembler } from '../../server/ingest/track-assembler.ts';
import { Session, type SessionOutput } from '../../server/rtmp/session.ts';
import { clockOf } from './clock.ts';
import { SCRIPT_START_MS } from './hls-script.ts';
import { rethrow } from './rethrow.ts';

const MIB = 1024 * 1024;

export class SessionPipe {
  readonly output: HlsOutput;
  readonly #session = new Session();
  readonly #assembler: TrackAssembler;
  /** The code by which the session closed itself; undefined while it is open. */
  closedBy: string | undefined;

  /** Without a clock in `options` time stands still, so equal bytes give equal segments. */
  constructor(options: Partial<HlsOutputOptions> = {}) {
    this.output = new HlsOutput({
      pool: new BlockPool(),
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
    this.#assembler = new TrackAssembler({
      onStart: (hints) => this.output.onSourceStart(hints),
      onTrack: (track) => this.output.onTrack(track),
      onSample: (sample) => this.output.onSample(sample),
    });
  }

  /** One socket read. Throws GatewayError for media that cannot be used. */
  feed(bytes: Buffer): void {
    for (const output of this.#session.receive(bytes)) this.#take(output);
  }

  /** The publisher is gone. */
  end(): void {
    this.output.onEnd();
  }

  /** SHA-256 of every segment that is listed, in order, and of the playlist's text. */
  digests(): string[] {
    const { rendition } = this.output;
    if (rendition === undefined) return [];
    const segments = rendition.ring.segments.map(({ init, parts }) => {
      const hash = createHash('sha256').update(init.bytes);
      for (const { slice } of parts) if (slice !== undefined) hash.update(slice.bytes);
      return hash.digest('hex');
    });
    return [...segments, createHash('sha256').update(rendition.playlist.bytes('identity')).digest('hex')];
  }

  #take(output: SessionOutput): void {
    switch (output.kind) {
      case 'publish-requested':
        for (const next of this.#session.accept()) this.#take(next);
        return;
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
        return this.output.onSourceEnd();
      case 'closed':
        this.closedBy = output.code;
        return;
      default:
    }
  }
}
