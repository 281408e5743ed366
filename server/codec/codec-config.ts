// The union of what a track can be coded in. A new codec is one file here, one tag case, one sample entry.

import type { AacConfig } from './aac.ts';
import type { AvcConfig } from './avc.ts';

export type VideoConfig = AvcConfig;
export type AudioConfig = AacConfig;
export type CodecConfig = VideoConfig | AudioConfig;

/** Whether two configurations would give a decoder the same thing to start from. */
export function isSameConfig(left: CodecConfig, right: CodecConfig): boolean {
  return left.kind === right.kind && left.record.equals(right.record);
}
