// The media playlists of captions: equal to the video's (segments, parts, dates, discontinuities; RFC 8216bis clause 6.2.4)
// with WebVTT instead of media.

import type { CaptionChannelId } from '../captions/caption-cue.ts';
import { playlistUri, textUri } from './caption-names.ts';
import { EncodedText } from './encoded-text.ts';
import {
  hasDeltaUpdate,
  type MediaPlaylistView,
  renderDeltaUpdate,
  renderMediaPlaylist,
  SEGMENTS_WITH_PARTS,
} from './media-playlist.ts';
import type { ListedSegment } from './segment.ts';

/** The media playlist of one channel as of the last cut, and what answers `_HLS_skip`. */
export type CaptionPlaylist = { readonly playlist: EncodedText; readonly deltaUpdate: EncodedText };

export class CaptionPlaylists {
  readonly #videoUri: string;
  readonly #segments = new Map<CaptionChannelId, WeakMap<ListedSegment, ListedSegment>>();
  readonly #playlists = new Map<CaptionChannelId, CaptionPlaylist>();
  #view: MediaPlaylistView | undefined;

  /** `videoUri`: media playlist of the captioned video. */
  constructor(videoUri: string) {
    this.#videoUri = videoUri;
  }

  /** The video's playlist has changed. */
  cut(view: MediaPlaylistView): void {
    this.#view = view;
    this.#playlists.clear();
  }

  /** To be read at once; undefined before the first cut. */
  of(channel: CaptionChannelId): CaptionPlaylist | undefined {
    if (this.#view === undefined) return undefined;
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

  #viewOf(channel: CaptionChannelId, view: MediaPlaylistView): MediaPlaylistView {
    let known = this.#segments.get(channel);
    if (known === undefined) {
      known = new WeakMap();
      this.#segments.set(channel, known);
    }
    const segments = known;
    const { preloadHintUri } = view;
    const firstWithParts = view.segments.length - SEGMENTS_WITH_PARTS;
    return {
      ...view,
      segments: view.segments.map((segment, at) =>
        followSegment(channel, segment, segments, at >= firstWithParts),
      ),
      preloadHintUri: preloadHintUri === undefined ? undefined : textUri(channel, preloadHintUri),
      // The video's playlist reports this rendition, and this playlist reports the video.
      reports: view.reports.map((report) =>
        report.uri === playlistUri(channel) ? { ...report, uri: this.#videoUri } : report,
      ),
    };
  }
}

/**
 * The text segment of a video segment. Its identity stays, because rendered lines are cached by it. A playlist of hours has tens of thousands
 * of segments: those that are complete cost nothing, and their parts are not listed.
 */
function followSegment(
  channel: CaptionChannelId,
  video: ListedSegment,
  known: WeakMap<ListedSegment, ListedSegment>,
  hasListedParts: boolean,
): ListedSegment {
  let text = known.get(video);
  if (text?.isOpen === false) return text;
  if (text === undefined) {
    text = { ...video, uri: textUri(channel, video.uri), init: undefined, parts: [] };
    known.set(video, text);
  }
  const added = hasListedParts ? video.parts.slice(text.parts.length) : [];
  for (const part of added) text.parts.push({ ...part, uri: textUri(channel, part.uri) });
  text.duration = video.duration;
  text.byteLength = video.byteLength;
  text.isOpen = video.isOpen;
  return text;
}
