// Name → HlsOutput: one for each LiveStream that exists, and one pool of memory for all.

import { WRITTEN_CHANNELS } from '../captions/caption-cue.ts';
import type { WrittenCaption } from '../captions/written-captions.ts';
import { GatewayError } from '../errors.ts';
import type { OnLimit } from '../limit-tally.ts';
import type { LiveStream } from '../live/live-stream.ts';
import { msOf } from '../media/ticks.ts';
import type { TrackId } from '../media/track.ts';
import { HlsOutput, type HlsOutputOptions } from './hls-output.ts';
import type { NotReplaced } from './media-budget.ts';
import { BlockPool } from './part-arena.ts';
import { type SegmentFacts, segmentFacts } from './segment.ts';

/** Facts about a stream. */
export type HlsFacts = {
  /** RFC 6381 list. */
  readonly codecs?: string;
  /** Names of the subtitle renditions. */
  readonly captions?: readonly string[];
  /** PART-HOLD-BACK. */
  readonly targetLatencyMs?: number;
};

type SharedOptions = Omit<
  HlsOutputOptions,
  | 'pool'
  | 'onPlayable'
  | 'onCaptions'
  | 'onSegment'
  | 'onTrackNotPlayed'
  | 'onMemoryFull'
  | 'onSilence'
  | 'onStill'
  | 'minMsn'
  | 'maxBytes'
  | 'memory'
> & {
  /** A stream has new subtitles. */
  readonly onCaptions?: (stream: LiveStream) => void;
  /** A segment of a stream's media playlist is complete. */
  readonly onSegment?: (stream: LiveStream, segment: SegmentFacts) => void;
  readonly onLimit?: OnLimit;
  /** A source sends a track that HLS does not play. */
  readonly onTrackNotPlayed?: (stream: LiveStream, id: TrackId) => void;
  /** A track of a source has stopped: silence or a still replaces it, unless there is a reason why not. */
  readonly onTrackStopped?: (stream: LiveStream, id: TrackId, notReplaced?: NotReplaced) => void;
};

export class HlsOutputs {
  readonly #options: SharedOptions;
  readonly #pool = new BlockPool();
  readonly #outputs = new Map<string, HlsOutput>();
  /** Higher than all media sequence numbers of forgotten streams, whose names may return. */
  #msnFloor = 0;

  constructor(options: SharedOptions) {
    this.#options = options;
  }

  get(name: string): HlsOutput | undefined {
    return this.#outputs.get(name);
  }

  /** Facts about a stream; each is absent while it is unknown. */
  facts(name: string): HlsFacts {
    const output = this.#outputs.get(name);
    if (output === undefined) return {};
    const { codecs, rendition, captions } = output;
    return {
      ...(codecs === '' ? {} : { codecs }),
      ...(captions.names.length === 0 ? {} : { captions: captions.names }),
      ...(rendition === undefined ? {} : { targetLatencyMs: Math.round(msOf(rendition.partHoldBack)) }),
    };
  }

  /**
   * Shows a caption to the viewers of a stream, from the next part on. Throws GatewayError `no_picture` or
   * `too_many_caption_languages`.
   */
  writeCaption(name: string, caption: WrittenCaption): void {
    const output = this.#outputs.get(name);
    if (output?.hasPicture !== true)
      throw new GatewayError(
        'invalid-state',
        'no_picture',
        'the stream has no pictures now, so a caption has no place',
      );
    if (!output.captions.write(caption))
      throw new GatewayError(
        'limit',
        'too_many_caption_languages',
        `a stream has captions in at most ${WRITTEN_CHANNELS.length} languages`,
      );
  }

  /** Makes HLS of a new stream. */
  attach(stream: LiveStream): void {
    const { onCaptions, onSegment, onTrackNotPlayed, onTrackStopped, onLimit, ...options } = this.#options;
    const output = new HlsOutput({
      ...options,
      pool: this.#pool,
      maxBytes: stream.memory.maxBytes,
      memory: stream.memory,
      minMsn: () => this.#msnFloor,
      onPlayable: () => stream.markPlayable(),
      onMemoryFull: () => onLimit?.(stream.memory.isSharedOut ? 'media.max-memory' : 'hls.max-memory'),
      onCaptions: () => onCaptions?.(stream),
      onSegment: (segment) => onSegment?.(stream, segmentFacts(segment)),
      onTrackNotPlayed: (id) => onTrackNotPlayed?.(stream, id),
      onSilence: (event) => {
        if (event.kind === 'begins') return onTrackStopped?.(stream, event.track.id);
        if (event.kind === 'gives-up') return onTrackStopped?.(stream, event.track.id, event.reason);
        const drops = stream.source?.drops;
        if (drops === undefined) return;
        if (event.kind === 'made') drops.silentFrames += event.frames;
        else drops.lateSound += 1;
      },
      onStill: (event) => {
        if (event.kind === 'begins') return onTrackStopped?.(stream, event.track.id);
        if (event.kind === 'gives-up') return onTrackStopped?.(stream, event.track.id, event.reason);
        const drops = stream.source?.drops;
        if (drops === undefined) return;
        if (event.kind === 'made') drops.stillPictures += event.pictures;
        else drops.untilSync += 1;
      },
    });
    this.#outputs.set(stream.name, output);
    stream.addSink(output, { isEssential: true });
  }

  /** Releases the memory of a forgotten stream. */
  detach(stream: LiveStream): void {
    const output = this.#outputs.get(stream.name);
    if (output === undefined) return;
    this.#msnFloor = Math.max(this.#msnFloor, output.rendition?.nextMsn ?? 0);
    output.close();
    this.#outputs.delete(stream.name);
  }
}
