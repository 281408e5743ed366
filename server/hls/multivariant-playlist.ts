// The multivariant playlist as text (RFC 8216bis clause 4.4.6).

import { pictureOf } from '../codec/codec-config.ts';
import type { Track } from '../media/track.ts';
import { EncodedText } from './encoded-text.ts';

/** Measured on the segments of a rendition, bits per second. */
export type MeasuredBandwidth = { readonly peak: number; readonly average: number };

export type VariantView = {
  /** Relative to the multivariant playlist. */
  readonly uri: string;
  readonly tracks: readonly Track[];
  readonly bandwidth: MeasuredBandwidth;
  readonly frameRate: number | undefined;
  /** GROUP-ID of the subtitles that belong to it; none when absent. */
  readonly subtitles?: string;
  /** GROUP-ID of the closed captions in its video; if absent the playlist says that there are none (4.4.6.2). */
  readonly closedCaptions?: string;
};

/** 4.4.6.1.1: attributes of every EXT-X-MEDIA. Texts have no `"` and no line break. */
type MediaChoice = {
  readonly groupId: string;
  /** Name for menus, unique in its group. */
  readonly name: string;
  /** RFC 5646 tag; absent when unknown. */
  readonly language?: string;
  /** Shown unless the viewer chose otherwise; at most one of a group. */
  readonly isDefault: boolean;
  /** A player may choose it by the viewer's language; every default is. */
  readonly isAutoselect: boolean;
  /** UTIs of its purpose, such as `public.accessibility.transcribes-spoken-dialog`. */
  readonly characteristics?: string;
};

/** An EXT-X-MEDIA line: a rendition with a playlist, or captions inside the video. */
export type MediaView =
  | (MediaChoice & {
      readonly kind: 'subtitles';
      /** Media playlist, relative to the multivariant playlist. */
      readonly uri: string;
    })
  | (MediaChoice & {
      readonly kind: 'closed-captions';
      /** CEA-608 channel, `CC1` to `CC4`, or CEA-708 service, `SERVICE1` to `SERVICE63`. */
      readonly instreamId: string;
    });

/** The tags here need version 6 (clause 8). */
const VERSION = 6;
/** Clause 8: an INSTREAM-ID of CEA-708 came with 7. */
const SERVICE_VERSION = 7;

export function renderMultivariantPlaylist(
  variants: readonly VariantView[],
  media: readonly MediaView[] = [],
): string {
  const hasService = media.some(
    (view) => view.kind === 'closed-captions' && view.instreamId.startsWith('SERVICE'),
  );
  let text = `#EXTM3U\n#EXT-X-VERSION:${hasService ? SERVICE_VERSION : VERSION}\n`;
  for (const view of media) text += `#EXT-X-MEDIA:${mediaAttributes(view)}\n`;
  for (const variant of variants) text += `#EXT-X-STREAM-INF:${attributes(variant)}\n${variant.uri}\n`;
  return text;
}

/** The playlist of one variant, rendered on request, because `measure` reads all segments. */
export function multivariantText(
  variant: Omit<VariantView, 'bandwidth'>,
  measure: () => MeasuredBandwidth,
  media: readonly MediaView[],
): EncodedText {
  return new EncodedText(() => renderMultivariantPlaylist([{ ...variant, bandwidth: measure() }], media));
}

/** RFC 6381 codecs of some tracks, video first. */
export function codecList(tracks: readonly Track[]): string {
  const video = tracks.filter((track) => track.kind === 'video');
  const audio = tracks.filter((track) => track.kind === 'audio');
  return [...video, ...audio].map((track) => track.config.codecString).join(',');
}

function attributes(variant: VariantView): string {
  const video = variant.tracks.find((track) => track.kind === 'video');
  const list = [
    `BANDWIDTH=${Math.ceil(variant.bandwidth.peak)}`,
    `AVERAGE-BANDWIDTH=${Math.ceil(variant.bandwidth.average)}`,
    `CODECS="${codecList(variant.tracks)}"`,
  ];
  if (video !== undefined) {
    // 4.4.6.2: the display size, which differs from the coded size if pixels are not square.
    const { displayWidth, displayHeight } = pictureOf(video.config);
    list.push(`RESOLUTION=${displayWidth}x${displayHeight}`);
  }
  if (video !== undefined && variant.frameRate !== undefined)
    list.push(`FRAME-RATE=${variant.frameRate.toFixed(3)}`);
  if (variant.subtitles !== undefined) list.push(`SUBTITLES="${variant.subtitles}"`);
  // NONE, so that players do not search for captions (4.4.6.2).
  if (video !== undefined)
    list.push(
      variant.closedCaptions === undefined
        ? 'CLOSED-CAPTIONS=NONE'
        : `CLOSED-CAPTIONS="${variant.closedCaptions}"`,
    );
  return list.join(',');
}

function mediaAttributes(view: MediaView): string {
  const list = [
    `TYPE=${view.kind === 'subtitles' ? 'SUBTITLES' : 'CLOSED-CAPTIONS'}`,
    `GROUP-ID="${view.groupId}"`,
    `NAME="${view.name}"`,
  ];
  if (view.language !== undefined) list.push(`LANGUAGE="${view.language}"`);
  list.push(`DEFAULT=${view.isDefault ? 'YES' : 'NO'}`, `AUTOSELECT=${view.isAutoselect ? 'YES' : 'NO'}`);
  if (view.characteristics !== undefined) list.push(`CHARACTERISTICS="${view.characteristics}"`);
  // 4.4.6.1: captions have no URI; subtitles have no INSTREAM-ID.
  list.push(view.kind === 'subtitles' ? `URI="${view.uri}"` : `INSTREAM-ID="${view.instreamId}"`);
  return list.join(',');
}
