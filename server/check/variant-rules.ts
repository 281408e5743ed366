// Compares the attributes of a variant with the segments of its renditions (RFC 8216bis 4.4.6.2, 6.2.4).

import type { LineTell } from './attribute-list.ts';
import type { InitTrack } from './init-reader.ts';
import { peakBitrate } from './measurements.ts';
import type { MeasuredSegment } from './media-checker.ts';
import type { ListedSegment } from './media-playlist.ts';
import type { Variant } from './multivariant-playlist.ts';

/** Loaded media of one rendition of a variant. */
export type RenditionMedia = {
  /** Listed before and after the multivariant playlist was fetched. */
  readonly segments: readonly MeasuredSegment[];
  readonly targetDuration: number;
  readonly frameRate: number | undefined;
};

/** Rounding error of a bitrate. */
const BANDWIDTH_TOLERANCE = 0.001;
/** Tolerance of a frame rate that is counted from milliseconds. */
const FRAME_RATE_TOLERANCE = 0.05;

/**
 * The segments whose media a multivariant playlist must describe: those that were loaded before it was fetched, and that are listed
 * afterwards. None while the tracks change, also in the open segment: a server may describe the old ones or the new ones.
 */
export function comparableSegments(
  before: readonly MeasuredSegment[],
  listed: readonly Pick<ListedSegment, 'msn' | 'map'>[],
): readonly MeasuredSegment[] {
  const first = Math.max(listed[0]?.msn ?? 0, before[0]?.msn ?? 0);
  const maps = new Set(
    listed.filter(({ msn }) => msn >= first).map(({ map }) => `${map?.url} ${map?.range?.offset ?? ''}`),
  );
  return maps.size > 1 ? [] : before.filter(({ msn }) => msn >= first);
}

/** @param isWhole every rendition that the variant plays was inspected */
export function checkVariant(
  variant: Variant,
  media: readonly RenditionMedia[],
  isWhole: boolean,
  tell: LineTell,
): void {
  const tracks = media.flatMap(({ segments }) => segments.at(-1)?.tracks ?? []);
  const { line } = variant;
  if (variant.codecs !== undefined) checkCodecs(variant, variant.codecs, { tracks, isWhole }, tell);
  const video = tracks.find((track) => track.kind === 'video');
  const { resolution } = variant;
  if (video !== undefined && video.width > 0 && resolution !== undefined)
    checkResolution(resolution, video, (message) => tell('resolution_wrong', message, line));
  for (const { frameRate } of media)
    if (frameRate !== undefined && variant.frameRate !== undefined)
      if (frameRate > variant.frameRate * (1 + FRAME_RATE_TOLERANCE))
        tell(
          'frame_rate_wrong',
          `FRAME-RATE=${variant.frameRate}, ${frameRate.toFixed(3)} were counted`,
          line,
        );
  const peak = media.reduce((sum, one) => sum + peakBitrate(one.segments, one.targetDuration), 0);
  if (peak * (1 - BANDWIDTH_TOLERANCE) > variant.bandwidth)
    tell(
      'bandwidth_too_low',
      `BANDWIDTH=${variant.bandwidth}, segments have up to ${Math.ceil(peak)} bit/s`,
      line,
    );
}

/** The size at which the video is shown; many servers write the coded size. */
function checkResolution(
  { width, height }: NonNullable<Variant['resolution']>,
  video: InitTrack,
  tell: (message: string) => void,
): void {
  const isKnown = width === video.width || width === video.shownWidth;
  if (isKnown && height === video.height) return;
  const shown =
    video.shownWidth === video.width ? '' : `, and are shown as ${video.shownWidth}x${video.height}`;
  tell(`RESOLUTION=${width}x${height}, the pictures have ${video.width}x${video.height}${shown}`);
}

function checkCodecs(
  variant: Variant,
  declared: readonly string[],
  found: { tracks: readonly InitTrack[]; isWhole: boolean },
  tell: LineTell,
): void {
  for (const { kind, codec } of found.tracks)
    if (kind !== 'other' && !declared.some((name) => isSameCodec(name, codec)))
      tell('codecs_wrong', `CODECS="${declared.join(',')}" does not name ${codec}`, variant.line);
  if (!found.isWhole || found.tracks.length === 0) return;
  for (const name of declared)
    if (!found.tracks.some(({ codec }) => isSameCodec(name, codec)))
      tell('codecs_wrong', `CODECS names ${name}, which no track has`, variant.line);
}

/** Hexadecimal digits have no case; for codecs that are not parsed only the sample entry is compared (RFC 6381 3.3). */
function isSameCodec(declared: string, actual: string): boolean {
  const [left, right] = [declared.toLowerCase(), actual.toLowerCase()];
  return left === right || (!right.includes('.') && left.split('.')[0] === right);
}
