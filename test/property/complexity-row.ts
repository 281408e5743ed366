// One queue or list on the path of media, and the media that fills it.

import type { Sample } from '../../server/media/sample.ts';
import { testAudioTrack, testVideoTrack } from '../support/samples.ts';

export type ComplexityRow = {
  readonly what: string;
  /** The smaller of the two sizes; the other is four times as large. */
  readonly n: number;
  /** Prepares the measured part; the returned function is the work. */
  readonly prepare: (n: number) => () => void;
};

export const START_MS = Date.UTC(2026, 0, 1);
export const NAL = Buffer.from([0, 0, 0, 1, 0x41]);
export const video = testVideoTrack();
export const audio = testAudioTrack();
const TINY = Buffer.of(0x21);

export const picture = (ms: number, isSync = false): Sample => ({
  trackId: 'v0',
  kind: 'video',
  dts: ms * 90,
  pts: ms * 90,
  isSync,
  afterJump: false,
  data: NAL,
});
export const soundAt = (ms: number): Sample => ({
  trackId: 'a0',
  kind: 'audio',
  dts: ms * 48,
  pts: ms * 48,
  isSync: true,
  afterJump: false,
  data: TINY,
});

export const each = (n: number, act: (at: number) => void): void => {
  for (let at = 0; at < n; at += 1) act(at);
};

/** The work up to the moment when a limit refuses more. */
export function untilRefused(work: () => void): () => void {
  return () => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
    }
  };
}
