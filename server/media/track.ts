// A track: one elementary stream of a source, with the clock that its samples count on. Its id holds from ingest to the sinks,
// and in statistics and log lines.

import type { AudioConfig, VideoConfig } from '../codec/codec-config.ts';

/** Ticks a second of every video track: RTMP's milliseconds × 90 are exact on it. */
export const VIDEO_TIMESCALE = 90_000;

/** The kind and the number that the source gives the track (Enhanced RTMP v2, trackId): 'v0' is its main picture. */
export type VideoTrackId = `v${number}`;
/** 'a0' is the main sound. */
export type AudioTrackId = `a${number}`;
export type TrackId = VideoTrackId | AudioTrackId;

export type VideoTrack = {
  readonly kind: 'video';
  readonly id: VideoTrackId;
  readonly timescale: typeof VIDEO_TIMESCALE;
  readonly config: VideoConfig;
};

export type AudioTrack = {
  readonly kind: 'audio';
  readonly id: AudioTrackId;
  /** The codec's sample rate, so that a frame is a whole number of ticks. */
  readonly timescale: number;
  readonly config: AudioConfig;
};

export type Track = VideoTrack | AudioTrack;
export type TrackKind = Track['kind'];

/** `number` is the source's; 0 is the track of messages that name none. */
export function videoTrack(config: VideoConfig, number = 0): VideoTrack {
  return { kind: 'video', id: `v${number}`, timescale: VIDEO_TIMESCALE, config };
}

export function audioTrack(config: AudioConfig, number = 0): AudioTrack {
  return { kind: 'audio', id: `a${number}`, timescale: config.sampleRate, config };
}

export function trackIdOf(kind: TrackKind, number: number): TrackId {
  return kind === 'video' ? `v${number}` : `a${number}`;
}

export function trackNumberOf(id: TrackId): number {
  return Number(id.slice(1));
}

export function trackKindOf(id: TrackId): TrackKind {
  return id.startsWith('v') ? 'video' : 'audio';
}

/** Name for log lines: "video track v1". */
export function trackName(id: TrackId): string {
  return `${trackKindOf(id)} track ${id}`;
}
