// Captions as subtitle renditions: one for each CEA-608 channel and CEA-708 service of the video, and for each language that is
// written during the stream. Listed beside the video, and written as WebVTT (RFC 8216bis clauses 3.1.4, 6.2.4).

import type { CaptionChannelId, CaptionCue, CaptionSource } from '../captions/caption-cue.ts';
import { CaptionDecoder } from '../captions/caption-decoder.ts';
import { type WrittenCaption, WrittenCaptions } from '../captions/written-captions.ts';
import { fromTicks } from '../media/ticks.ts';
import { type Track, VIDEO_TIMESCALE } from '../media/track.ts';
import { groupsOf, mediaOf, menuName, playlistUri, type TextName, textNameOf } from './caption-names.ts';
import { type CaptionPlaylist, CaptionPlaylists } from './caption-playlists.ts';
import { HeldCaptions, type PartCaptions } from './held-captions.ts';
import type { MediaPlaylistView, RenditionReport } from './media-playlist.ts';
import type { MediaView, VariantView } from './multivariant-playlist.ts';
import type { PartPlan } from './part-plan.ts';
import type { MediaResource } from './segment-ring.ts';

export class CaptionRenditions {
  readonly #decoder = new CaptionDecoder();
  readonly #written = new WrittenCaptions();
  readonly #held: HeldCaptions;
  readonly #playlists: CaptionPlaylists;
  #fresh: PartCaptions | undefined;

  /** `videoUri` is the media playlist of the video that the captions lie in, `maxBytes` the limit of its media. */
  constructor(videoUri: string, maxBytes: number) {
    this.#held = new HeldCaptions(maxBytes);
    this.#playlists = new CaptionPlaylists(videoUri);
  }

  /** Channels and services with captions; they stay for the stream's life. */
  get channels(): readonly CaptionChannelId[] {
    return this.#sources.map(({ id }) => id);
  }

  get #sourceCount(): number {
    return this.#decoder.channels.length + this.#written.channels.length;
  }

  get #sources(): readonly CaptionSource[] {
    return [...this.#decoder.channels.map(({ id }) => ({ id })), ...this.#written.channels];
  }

  /** Shows a caption from the next part on. @returns false if there are too many languages */
  write(caption: WrittenCaption): boolean {
    return this.#written.write(caption);
  }

  /** Characters of text in memory, names and times included. */
  get heldCharacters(): number {
    return this.#held.characters;
  }

  /** A new run begins: captions end at a discontinuity. */
  reset(): void {
    this.#decoder.reset();
    this.#written.reset();
  }

  /** Reads the captions of a new part. @returns whether there is a new channel to declare */
  read(plan: PartPlan, video: Track | undefined): boolean {
    if (video?.kind !== 'video') return false;
    const declaredBefore = this.#sourceCount;
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
    const start = fromTicks(plan.start, VIDEO_TIMESCALE);
    const inVideo = this.#decoder.channels.flatMap((channel) => {
      const cues = channel.cut(end);
      return cues.length === 0 ? [] : [[channel.id, cues] as const];
    });
    const shown = [...inVideo, ...this.#written.cut(start, end)];
    if (shown.length > 0)
      this.#fresh = { start, cues: new Map<CaptionChannelId, readonly CaptionCue[]>(shown) };
    return this.#sourceCount > declaredBefore;
  }

  /** The video's playlist has changed; its newest part is the last one read. */
  cut(view: MediaPlaylistView): void {
    this.#held.forgetBefore(view.segments[0]?.msn ?? Number.POSITIVE_INFINITY);
    const segment = view.segments.at(-1);
    const newest = segment?.parts.at(-1);
    if (this.#fresh !== undefined && segment !== undefined && newest !== undefined)
      this.#held.add(segment, newest, this.#fresh);
    this.#fresh = undefined;
    this.#playlists.cut(view);
  }

  /** Whether a rendition has its media playlist at a relative URI. */
  has(uri: string): boolean {
    return this.channels.some((id) => playlistUri(id) === uri);
  }

  /** The media playlist at a relative URI, to be read at once; undefined when there is no such rendition. */
  playlist(uri: string): CaptionPlaylist | undefined {
    const channel = this.channels.find((id) => playlistUri(id) === uri);
    return channel === undefined ? undefined : this.#playlists.of(channel);
  }

  /** The file of a URI, which may not exist yet; undefined if there are no such captions. */
  nameOf(uri: string): TextName | undefined {
    return textNameOf(uri, this.channels);
  }

  /** The WebVTT of a part or of a closed segment; made at most once. */
  text(channel: CaptionChannelId, media: Exclude<MediaResource, { kind: 'init' }>): Buffer {
    return this.#held.text(channel, media);
  }

  /** Reports for the playlist of the video; captions are as far as the video. */
  reports(video: RenditionReport | undefined): RenditionReport[] {
    if (video === undefined || this.#sourceCount === 0) return [];
    return this.channels.map((id) => ({ ...video, uri: playlistUri(id) }));
  }

  /** EXT-X-MEDIA of every rendition, and of the same captions in the video. */
  media(): MediaView[] {
    return this.#sources.flatMap(mediaOf);
  }

  /** Names for menus, in the order of the multivariant playlist. */
  get names(): readonly string[] {
    return this.#sources.map(menuName);
  }

  /** Groups that the variant has members of. */
  get groups(): Pick<VariantView, 'subtitles' | 'closedCaptions'> {
    return groupsOf(this.channels);
  }
}
