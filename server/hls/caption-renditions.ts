// The captions of a stream's video as subtitle renditions, one for each CEA-608 channel and CEA-708 service: playlists that
// have the video's segments, parts, dates and discontinuities to the letter, and WebVTT behind them (RFC 8216bis clauses
// 3.1.4, 6.2.4).

import {
  type CaptionChannelId,
  type CaptionCue,
  type CaptionRow,
  joinCues,
} from '../captions/caption-cue.ts';
import { CaptionDecoder } from '../captions/caption-decoder.ts';
import { renderWebVtt } from '../captions/webvtt.ts';
import { fromTicks } from '../media/ticks.ts';
import { type Track, VIDEO_TIMESCALE } from '../media/track.ts';
import { EncodedText } from './encoded-text.ts';
import {
  hasDeltaUpdate,
  type MediaPlaylistView,
  type RenditionReport,
  renderDeltaUpdate,
  renderMediaPlaylist,
} from './media-playlist.ts';
import type { MediaView, VariantView } from './multivariant-playlist.ts';
import type { ListedSegment, Part } from './segment.ts';
import type { MediaResource } from './segment-ring.ts';
import type { PartPlan } from './segmenter.ts';

/** GROUP-IDs in the multivariant playlist. */
const SUBTITLES_GROUP = 'subs';
const CLOSED_CAPTIONS_GROUP = 'cc';
/** Captions are for those who do not hear: more than what is said. */
const CHARACTERISTICS =
  'public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound';
/** `cc1-part-EPOCH-7.vtt` shows during `part-EPOCH-7.m4s`; services and segments likewise. */
const TEXT_URI = /^(cc[1-4]|s[1-6])-((?:part|seg)-.+)\.vtt$/;
const MEDIA_SUFFIX = /\.m4s$/;

/**
 * What captions may hold beside the media that they belong to, characters for each byte of `hls.max-memory`: 2 Mi at its
 * default, of which a caption that is always there takes 500 a second. When it is full the oldest captions go.
 */
export const HELD_CHARACTERS_SHARE = 1 / 32;
/** Times and objects around the text of a cue, and of every piece that parts make of one. */
const CUE_CHARACTERS = 100;

/** Most parts; without cues it does not matter where on the timeline it says that it is. */
const NOTHING_SHOWN = Buffer.from(renderWebVtt({ channel: 'CC1', start: 0, cues: [] }));

/** What one part shows. */
type PartCaptions = {
  /** Ticks of the video. */
  readonly start: number;
  readonly cues: ReadonlyMap<CaptionChannelId, readonly CaptionCue[]>;
};

/** What the captions of one segment take. */
type HeldCaptions = {
  readonly segment: ListedSegment;
  readonly parts: Part[];
  /** The rows of each channel that were charged last: a cue that goes on shares them. */
  readonly rows: Map<CaptionChannelId, readonly CaptionRow[]>;
  characters: number;
};

/** The media playlist of one channel as of the last cut, and what answers `_HLS_skip`. */
export type CaptionPlaylist = { readonly playlist: EncodedText; readonly deltaUpdate: EncodedText };

/** A WebVTT file that belongs to a part or segment of the video. */
export type TextName = { readonly channel: CaptionChannelId; readonly mediaUri: string };

export class CaptionRenditions {
  readonly #videoUri: string;
  readonly #decoder = new CaptionDecoder();
  /** They leave memory with the video that they belong to. */
  readonly #captions = new WeakMap<Part, PartCaptions>();
  readonly #texts = new WeakMap<Part | ListedSegment, Map<CaptionChannelId, Buffer>>();
  readonly #segments = new Map<CaptionChannelId, WeakMap<ListedSegment, ListedSegment>>();
  readonly #playlists = new Map<CaptionChannelId, CaptionPlaylist>();
  /** One for each listed segment that has captions, oldest first. */
  readonly #held: HeldCaptions[] = [];
  readonly #maxCharacters: number;
  #heldCharacters = 0;
  #fresh: PartCaptions | undefined;
  #view: MediaPlaylistView | undefined;

  /** `videoUri` is the media playlist of the video that the captions lie in, `maxBytes` what its media may take. */
  constructor(videoUri: string, maxBytes: number) {
    this.#videoUri = videoUri;
    this.#maxCharacters = maxBytes * HELD_CHARACTERS_SHARE;
  }

  /** Channels and services that captions were seen on; they stay for the stream's life. */
  get channels(): readonly CaptionChannelId[] {
    return this.#decoder.channels.map(({ id }) => id);
  }

  /** Characters of text in memory, names and times included. */
  get heldCharacters(): number {
    return this.#heldCharacters;
  }

  /** Another run of tracks begins: captions do not reach over a discontinuity. */
  reset(): void {
    this.#decoder.reset();
  }

  /** Reads the captions of a part that is about to be added. @returns whether more are to be declared than before */
  read(plan: PartPlan, video: Track | undefined): boolean {
    if (video?.kind !== 'video') return false;
    const declaredBefore = this.channels.length;
    for (const { kind, baseDecodeTime, samples } of plan.tracks) {
      if (kind !== 'video') continue;
      let dts = baseDecodeTime;
      for (const { data, duration, compositionOffset } of samples) {
        this.#decoder.push(data, video.config, dts + compositionOffset);
        dts += duration;
      }
    }
    const end = fromTicks(plan.start + plan.duration, VIDEO_TIMESCALE);
    this.#decoder.advance(end);
    const shown = this.#decoder.channels.flatMap((channel) => {
      const cues = channel.cut(end);
      return cues.length === 0 ? [] : [[channel.id, cues] as const];
    });
    if (shown.length > 0)
      this.#fresh = { start: fromTicks(plan.start, VIDEO_TIMESCALE), cues: new Map(shown) };
    return this.channels.length > declaredBefore;
  }

  /** The video's playlist has changed; the part that was read last is its newest. */
  cut(view: MediaPlaylistView): void {
    this.#forget(view.segments[0]?.msn ?? Number.POSITIVE_INFINITY);
    const segment = view.segments.at(-1);
    const newest = segment?.parts.at(-1);
    if (this.#fresh !== undefined && segment !== undefined && newest !== undefined)
      this.#hold(segment, newest, this.#fresh);
    this.#fresh = undefined;
    this.#view = view;
    this.#playlists.clear();
  }

  /** Whether a rendition has its media playlist at a relative URI. */
  has(uri: string): boolean {
    return this.channels.some((id) => playlistUri(id) === uri);
  }

  /** The media playlist at a relative URI, to be read at once; undefined when there is no such rendition. */
  playlist(uri: string): CaptionPlaylist | undefined {
    const channel = this.channels.find((id) => playlistUri(id) === uri);
    if (channel === undefined || this.#view === undefined) return undefined;
    let found = this.#playlists.get(channel);
    if (found === undefined) {
      const view = this.#viewOf(channel, this.#view);
      const playlist = new EncodedText(() => renderMediaPlaylist(view));
      const deltaUpdate = hasDeltaUpdate(view) ? new EncodedText(() => renderDeltaUpdate(view)) : playlist;
      found = { playlist, deltaUpdate };
      this.#playlists.set(channel, found);
    }
    return found;
  }

  /** What a URI names, whether or not it is there yet; undefined when no captions of ours have such a name. */
  nameOf(uri: string): TextName | undefined {
    const [, prefix, stem] = TEXT_URI.exec(uri) ?? [];
    const channel = this.channels.find((id) => id.toLowerCase() === prefix);
    return channel === undefined || stem === undefined ? undefined : { channel, mediaUri: `${stem}.m4s` };
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

  /** How far the captions are, which is where the video is; for the playlist of the video. */
  reports(video: RenditionReport | undefined): RenditionReport[] {
    return video === undefined ? [] : this.channels.map((id) => ({ ...video, uri: playlistUri(id) }));
  }

  /** EXT-X-MEDIA of every rendition, and of the same captions as they lie in the video. */
  media(): MediaView[] {
    const choice = { isDefault: false, isAutoselect: true };
    return this.channels.flatMap((id): MediaView[] => {
      const { name, instreamId } = namesOf(id);
      const uri = playlistUri(id);
      return [
        {
          ...choice,
          kind: 'subtitles',
          groupId: SUBTITLES_GROUP,
          name,
          characteristics: CHARACTERISTICS,
          uri,
        },
        { ...choice, kind: 'closed-captions', groupId: CLOSED_CAPTIONS_GROUP, name, instreamId },
      ];
    });
  }

  /** What menus call them, in the order of the multivariant playlist. */
  get names(): readonly string[] {
    return this.channels.map((id) => namesOf(id).name);
  }

  /** Groups that the variant has members of. */
  get groups(): Pick<VariantView, 'subtitles' | 'closedCaptions'> {
    if (this.channels.length === 0) return {};
    return { subtitles: SUBTITLES_GROUP, closedCaptions: CLOSED_CAPTIONS_GROUP };
  }

  #hold(segment: ListedSegment, part: Part, captions: PartCaptions): void {
    let held = this.#held.at(-1);
    if (held?.segment !== segment) {
      held = { segment, parts: [], rows: new Map(), characters: 0 };
      this.#held.push(held);
    }
    let characters = 0;
    for (const [channel, cues] of captions.cues) {
      for (const { rows } of cues) {
        characters += CUE_CHARACTERS;
        if (held.rows.get(channel) !== rows) for (const { text } of rows) characters += text.length;
        held.rows.set(channel, rows);
      }
    }
    held.characters += characters;
    held.parts.push(part);
    this.#heldCharacters += characters;
    this.#captions.set(part, captions);
    while (this.#heldCharacters > this.#maxCharacters) this.#dropOldest();
  }

  /** Segments before `firstMsn` have left the playlist, and their captions with them. */
  #forget(firstMsn: number): void {
    while ((this.#held[0]?.segment.msn ?? firstMsn) < firstMsn) this.#release();
  }

  /** The video plays on without them. */
  #dropOldest(): void {
    const oldest = this.#release();
    if (oldest === undefined) return;
    for (const media of [oldest.segment, ...oldest.parts]) this.#texts.delete(media);
    for (const part of oldest.parts) this.#captions.delete(part);
  }

  #release(): HeldCaptions | undefined {
    const oldest = this.#held.shift();
    this.#heldCharacters -= oldest?.characters ?? 0;
    return oldest;
  }

  #viewOf(channel: CaptionChannelId, view: MediaPlaylistView): MediaPlaylistView {
    let known = this.#segments.get(channel);
    if (known === undefined) {
      known = new WeakMap();
      this.#segments.set(channel, known);
    }
    const segments = known;
    const { preloadHintUri } = view;
    return {
      ...view,
      segments: view.segments.map((segment) => followSegment(channel, segment, segments)),
      preloadHintUri: preloadHintUri === undefined ? undefined : textUri(channel, preloadHintUri),
      // The video reports this rendition to its players; this one's players are told of the video.
      reports: view.reports.map((report) =>
        report.uri === playlistUri(channel) ? { ...report, uri: this.#videoUri } : report,
      ),
    };
  }
}

/** The segment of text beside one of video, kept up with it: what is rendered of it is kept by its identity. */
function followSegment(
  channel: CaptionChannelId,
  video: ListedSegment,
  known: WeakMap<ListedSegment, ListedSegment>,
): ListedSegment {
  let text = known.get(video);
  if (text === undefined) {
    text = { ...video, uri: textUri(channel, video.uri), init: undefined, parts: [] };
    known.set(video, text);
  }
  for (const part of video.parts.slice(text.parts.length))
    text.parts.push({ ...part, uri: textUri(channel, part.uri), isIndependent: true });
  text.duration = video.duration;
  text.byteLength = video.byteLength;
  text.isOpen = video.isOpen;
  return text;
}

/** As menus show it, and as INSTREAM-ID calls it (4.4.6.1.1). */
function namesOf(channel: CaptionChannelId): { readonly name: string; readonly instreamId: string } {
  const number = channel.slice(-1);
  if (channel.startsWith('S')) return { name: `Captions, service ${number}`, instreamId: `SERVICE${number}` };
  return { name: channel === 'CC1' ? 'Captions' : `Captions ${number}`, instreamId: channel };
}

function playlistUri(channel: CaptionChannelId): string {
  return `${channel.toLowerCase()}.m3u8`;
}

function textUri(channel: CaptionChannelId, mediaUri: string): string {
  return `${channel.toLowerCase()}-${mediaUri.replace(MEDIA_SUFFIX, '.vtt')}`;
}
