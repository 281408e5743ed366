// The union of codec configurations, and the functions that work on any of them. CONTRIBUTING.md says how to add a codec.

import type { AacConfig } from './aac.ts';
import type { AvcConfig } from './avc.ts';

export type VideoConfig = AvcConfig;
export type AudioConfig = AacConfig;
export type CodecConfig = VideoConfig | AudioConfig;

/** Size and shape of a picture. */
export type PictureFacts = {
  /** Samples, after cropping. */
  readonly width: number;
  readonly height: number;
  /** Display size in square pixels: the coded height, and a width that follows the shape of samples. */
  readonly displayWidth: number;
  readonly displayHeight: number;
  /** Shape of one sample; 1 and 1 for square ones. */
  readonly pixelWidth: number;
  readonly pixelHeight: number;
};

/** Whether a decoder starts equally from both configurations. */
export function isSameConfig(left: CodecConfig, right: CodecConfig): boolean {
  return left.kind === right.kind && left.record.equals(right.record);
}

export function pictureOf(config: VideoConfig): PictureFacts {
  const { width, height, pixelAspect } = config.sps;
  const { horizontal: pixelWidth, vertical: pixelHeight } = pixelAspect ?? { horizontal: 1, vertical: 1 };
  const displayWidth = Math.max(Math.round((width * pixelWidth) / pixelHeight), 1);
  return { width, height, displayWidth, displayHeight: height, pixelWidth, pixelHeight };
}

/** Frames per second in the configuration; undefined if it has none. */
export function promisedFrameRate(config: VideoConfig): number | undefined {
  return config.sps.frameRate;
}

/** Ticks of one frame of sound on its track's clock. */
export function frameTicks(config: AudioConfig): number {
  return config.frameSamples;
}
