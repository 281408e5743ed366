// The multivariant playlist as text (RFC 8216bis clause 4.4.6). Pure.

import type { Track } from '../media/track.ts';

/** Measured on the segments that a rendition holds, bits per second. */
export type MeasuredBandwidth = { readonly peak: number; readonly average: number };

export type VariantView = {
  /** Relative to the multivariant playlist. */
  readonly uri: string;
  readonly tracks: readonly Track[];
  readonly bandwidth: MeasuredBandwidth;
  readonly frameRate: number | undefined;
};

/** EXT-X-STREAM-INF is as old as the format; nothing here needs more than version 6 (clause 8). */
const VERSION = 6;

export function renderMultivariantPlaylist(variants: readonly VariantView[]): string {
  let text = `#EXTM3U\n#EXT-X-VERSION:${VERSION}\n`;
  for (const variant of variants) text += `#EXT-X-STREAM-INF:${attributes(variant)}\n${variant.uri}\n`;
  return text;
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
  if (video !== undefined) list.push(`RESOLUTION=${video.config.sps.width}x${video.config.sps.height}`);
  if (video !== undefined && variant.frameRate !== undefined)
    list.push(`FRAME-RATE=${variant.frameRate.toFixed(3)}`);
  // Said outright, so that players do not look for captions that nobody sends (4.4.6.2).
  if (video !== undefined) list.push('CLOSED-CAPTIONS=NONE');
  return list.join(',');
}
