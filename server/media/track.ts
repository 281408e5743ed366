// A track: one elementary stream of a source, with the clock its samples count on.

import type { AudioConfig, VideoConfig } from '../codec/codec-config.ts';

/** MP4 track ids; one video and one audio track per source. */
export const VIDEO_TRACK_ID = 1;
export const AUDIO_TRACK_ID = 2;
/** Ticks a second of every video track: RTMP's milliseconds × 90 are exact on it. */
export const VIDEO_TIMESCALE = 90_000;

export type VideoTrack = {
  readonly kind: 'video';
  readonly id: typeof VIDEO_TRACK_ID;
  readonly timescale: typeof VIDEO_TIMESCALE;
  readonly config: VideoConfig;
};

export type AudioTrack = {
  readonly kind: 'audio';
  readonly id: typeof AUDIO_TRACK_ID;
  /** The codec's sample rate, so that a frame is a whole number of ticks. */
  readonly timescale: number;
  readonly config: AudioConfig;
};

export type Track = VideoTrack | AudioTrack;
export type TrackKind = Track['kind'];

export function videoTrack(config: VideoConfig): VideoTrack {
  return { kind: 'video', id: VIDEO_TRACK_ID, timescale: VIDEO_TIMESCALE, config };
}

export function audioTrack(config: AudioConfig): AudioTrack {
  return { kind: 'audio', id: AUDIO_TRACK_ID, timescale: config.sampleRate, config };
}
