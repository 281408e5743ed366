// The interface of one measurement: what it runs on which systems, and how its figures are shown and compared.

import type { Figures } from './samples.ts';
import type { SystemName } from './system-names.ts';

export type Figure = {
  readonly name: string;
  /** Head of the column, with the unit. */
  readonly title: string;
  readonly decimals: number;
  /** Of several rounds: the median unless given. Compared figures have median, least and most. */
  readonly shows?: 'max';
  /** Not shown of rounds in which the load was late. */
  readonly needsPunctualLoad?: boolean;
};

export type Comparison = {
  readonly figure: string;
  readonly of: SystemName;
  readonly to: SystemName;
  /** Whether more is better. */
  readonly isHigherBetter: boolean;
};

/** What one run of one system gives; a run can have several phases with a load each. */
export type Taken = {
  readonly load: string;
  readonly figures: Figures;
  readonly disturbed: readonly string[];
};

/** One setting of a measurement that all systems run within a round. */
export type Job = {
  readonly title: string;
  readonly systems: readonly SystemName[];
  readonly run: (system: SystemName) => Promise<readonly Taken[]>;
};

export type Measurement = {
  /** Name of its section on the page, and for `--only`. */
  readonly name: string;
  readonly figures: readonly Figure[];
  readonly comparisons: readonly Comparison[];
  /** The load is not pinned: a browser, or a process that starts and has no processor yet. */
  readonly usesAllProcessors?: boolean;
  /** About how long one run of one system takes. */
  readonly secondsOf: (scene: Scene) => number;
  readonly jobs: (scene: Scene) => readonly Job[];
};

/** Milliseconds until what is measured is stable. */
export type WarmUp = {
  /** Many streams: rings are full, memory does not grow. */
  readonly streamsMs: number;
  /** A few streams: also the code is compiled, which takes as many messages as many streams send in less time. */
  readonly fewStreamsMs: number;
  /** One stream: the window of its playlist is full. */
  readonly playlistMs: number;
  /** All viewers are connected and play. */
  readonly viewersMs: number;
  readonly requestsMs: number;
};

/** The usual times, shortened to `seconds` where they are longer. */
export function warmUpOf(seconds: number): WarmUp {
  const upTo = (ms: number): number => Math.min(ms, seconds * 1000);
  return {
    streamsMs: upTo(35_000),
    fewStreamsMs: upTo(60_000),
    playlistMs: upTo(16_000),
    viewersMs: upTo(8_000),
    requestsMs: upTo(2_000),
  };
}

/** What all measurements of a run share. */
export type Scene = {
  readonly streams: readonly number[];
  readonly viewers: readonly number[];
  /** Length of a measured window. */
  readonly seconds: number;
  readonly warmUp: WarmUp;
  readonly peersFolder: string | undefined;
  /** Moves a server to its processor. */
  readonly place: (pids: readonly number[]) => Promise<void>;
};
