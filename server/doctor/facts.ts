// What the rules judge: the last seconds of a source, in numbers. A fact that is not known yet is undefined.

import type { EncoderReport } from '../stats/operator-message.ts';
import type { KeyFrameDistances } from './picture-watch.ts';

export type JudgedPictures = {
  readonly width: number;
  readonly height: number;
  readonly displayWidth: number;
  /** Measured; undefined without a steady frame rate. */
  readonly fps: number | undefined;
  /** What onMetaData says. */
  readonly announced: {
    readonly width?: number | undefined;
    readonly height?: number | undefined;
    readonly frameRate?: number | undefined;
  };
  /** 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  readonly chromaFormat: number;
  readonly bitDepth: number;
  readonly isInterlaced: boolean;
  /** Bits per second of media; undefined in the first seconds. */
  readonly bps: number | undefined;
  /** Standard deviation of the bit rate divided by its mean. */
  readonly bpsVariation: number | undefined;
  readonly keys: KeyFrameDistances;
  /** Media since the last key frame. */
  readonly sinceKeyMs: number | undefined;
  /** Share of pictures that are shown before an earlier one. */
  readonly reorderedShare: number | undefined;
  readonly maxOffsetMs: number;
  /** Share of pictures that a steady frame rate would have had. */
  readonly missingShare: number | undefined;
  /** Key frames that are no IDR pictures, and pictures from which a decoder recovers, lately. */
  readonly openKeyFrames: number;
  readonly recoveryPoints: number;
  readonly sizeChange: { readonly from: string; readonly to: string } | undefined;
};

export type JudgedSound = {
  readonly sampleRate: number;
  readonly channels: number;
  /** Audio object type of the core coder. */
  readonly objectType: number;
};

export type Pace = {
  /** Media time divided by wall time over the last seconds. */
  readonly rate: number;
  /** The error of `rate`: one picture or one frame of sound. */
  readonly tolerance: number;
  /** By how much media is farther ahead of the wall clock than it ever was before. */
  readonly aheadMs: number;
};

/** A source from which media arrives. */
export type SourceFacts = {
  /** Since its first sample. */
  readonly ageMs: number;
  readonly pictures: JudgedPictures | undefined;
  readonly sound: JudgedSound | undefined;
  /** The source said that it has none. */
  readonly isWithoutPictures: boolean;
  readonly isWithoutSound: boolean;
  readonly pace: Pace | undefined;
  readonly avOffsetMs: number | undefined;
  /** Timestamp of the first sound minus that of the first picture. */
  readonly startOffsetMs: number | undefined;
  /** Times that the source's clock jumped or went back, lately. */
  readonly clockJumps: number;
  /** Timestamps that did not advance or were far off, lately. */
  readonly badTimestamps: number;
  /** Tracks that are not played, with the code of the reason. */
  readonly leftOut: readonly (readonly [id: string, code: string])[];
  /** What the encoder reports about itself; undefined if it says nothing. */
  readonly encoderReport: EncoderReport | undefined;
};

export type ViewerFacts = {
  /** Share of the sessions that report a stall in the last minute, from 0 to 1. */
  readonly stallingShare?: number | undefined;
  /** Players of Apple's systems that came without TLS. */
  readonly plainAppleViewers?: number | undefined;
};

export type Facts = {
  /** Undefined while nobody publishes, and until the first sample. */
  readonly source: SourceFacts | undefined;
  /** How often the publisher of this name came back in the last five minutes. */
  readonly reconnects: number;
  readonly viewers: ViewerFacts | undefined;
  /** The longest event-loop delays of this process in the last second. */
  readonly loopP99Ms: number | undefined;
};
