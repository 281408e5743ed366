// The name of a quality, as viewers know it: the height of the picture, else the bitrate.
import { formatBitrate } from '../page/format.ts';
import type { Quality } from '../player/engine-facts.ts';

/** Several qualities with one height are told apart by their bitrate. */
export function qualityName(quality: Quality, all: readonly Quality[], videoHeight?: number): string {
  const height = quality.height ?? videoHeight;
  if (height === undefined || height === 0) return formatBitrate(quality.bitrate);
  const isShared = all.filter((one) => one.height === quality.height).length > 1;
  return isShared ? `${height}p, ${formatBitrate(quality.bitrate)}` : `${height}p`;
}
