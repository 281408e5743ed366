// The captions of listed segments and their WebVTT. Above a limit the oldest are removed.

import {
  type CaptionChannelId,
  type CaptionCue,
  type CaptionRow,
  joinCues,
} from '../captions/caption-cue.ts';
import { renderWebVtt } from '../captions/webvtt.ts';
import type { ListedSegment, Part } from './segment.ts';
import type { MediaResource } from './segment-ring.ts';

/**
 * Limit of captions, characters for each byte of `hls.max-memory`: 2 Mi by default. Permanent captions use 500 a second. Above
 * it the oldest are removed.
 */
export const HELD_CHARACTERS_SHARE = 1 / 32;
/** Overhead of a cue and of each of its pieces in parts. */
const CUE_CHARACTERS = 100;

/** The text of most parts. Without cues its time does not matter. */
const NOTHING_SHOWN = Buffer.from(renderWebVtt({ channel: 'CC1', start: 0, cues: [] }));

/** Captions of one part. */
export type PartCaptions = {
  /** Ticks of the video. */
  readonly start: number;
  readonly cues: ReadonlyMap<CaptionChannelId, readonly CaptionCue[]>;
};

/** Memory of the captions of one segment. */
type SegmentCaptions = {
  readonly segment: ListedSegment;
  readonly parts: Part[];
  /** The last charged rows of each channel, which a continued cue shares. */
  readonly rows: Map<CaptionChannelId, readonly CaptionRow[]>;
  characters: number;
};

export class HeldCaptions {
  /** Removed together with the video. */
  readonly #captions = new WeakMap<Part, PartCaptions>();
  readonly #texts = new WeakMap<Part | ListedSegment, Map<CaptionChannelId, Buffer>>();
  /** One for each listed segment that has captions, oldest first. */
  readonly #segments: SegmentCaptions[] = [];
  readonly #maxCharacters: number;
  #characters = 0;

  /** `maxBytes`: the limit of the video's media. */
  constructor(maxBytes: number) {
    this.#maxCharacters = maxBytes * HELD_CHARACTERS_SHARE;
  }

  /** Characters of text in memory, names and times included. */
  get characters(): number {
    return this.#characters;
  }

  /** The captions of a segment's newest part. */
  add(segment: ListedSegment, part: Part, captions: PartCaptions): void {
    let held = this.#segments.at(-1);
    if (held?.segment !== segment) {
      held = { segment, parts: [], rows: new Map(), characters: 0 };
      this.#segments.push(held);
    }
    const characters = charge(held, captions);
    held.characters += characters;
    held.parts.push(part);
    this.#characters += characters;
    this.#captions.set(part, captions);
    while (this.#characters > this.#maxCharacters) this.#dropOldest();
  }

  /** Segments before `firstMsn` have left the playlist, and their captions with them. */
  forgetBefore(firstMsn: number): void {
    while ((this.#segments[0]?.segment.msn ?? firstMsn) < firstMsn) this.#release();
  }

  /** The WebVTT of a part or of a closed segment; made at most once. */
  text(channel: CaptionChannelId, media: Exclude<MediaResource, { kind: 'init' }>): Buffer {
    const [key, parts] =
      media.kind === 'part' ? [media.part, [media.part]] : [media.segment, media.segment.parts];
    const captions = parts.map((part) => this.#captions.get(part)).filter((found) => found !== undefined);
    const [first] = captions;
    if (first === undefined) return NOTHING_SHOWN;
    let texts = this.#texts.get(key);
    if (texts === undefined) {
      texts = new Map();
      this.#texts.set(key, texts);
    }
    let text = texts.get(channel);
    if (text === undefined) {
      const cues = joinCues(captions.map((part) => part.cues.get(channel) ?? []));
      text = Buffer.from(renderWebVtt({ channel, start: first.start, cues }));
      texts.set(channel, text);
    }
    return text;
  }

  /** The video plays on without them. */
  #dropOldest(): void {
    const oldest = this.#release();
    if (oldest === undefined) return;
    for (const media of [oldest.segment, ...oldest.parts]) this.#texts.delete(media);
    for (const part of oldest.parts) this.#captions.delete(part);
  }

  #release(): SegmentCaptions | undefined {
    const oldest = this.#segments.shift();
    this.#characters -= oldest?.characters ?? 0;
    return oldest;
  }
}

/** Characters of a part's captions in addition to those of the segment before it. */
function charge({ rows: charged }: SegmentCaptions, captions: PartCaptions): number {
  let characters = 0;
  for (const [channel, cues] of captions.cues) {
    for (const { rows } of cues) {
      characters += CUE_CHARACTERS;
      if (charged.get(channel) !== rows) for (const { text } of rows) characters += text.length;
      charged.set(channel, rows);
    }
  }
  return characters;
}
