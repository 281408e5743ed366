// A report about a source for operators: what was dropped and repaired, by kind.

import type { Source } from '../live/live-stream.ts';
import type { MediaDrops } from '../media/drops.ts';

/** By kind, without zeros. */
type Counts = Readonly<Record<string, number>>;

export type SourceReport = {
  /** The encoder's name, if it sent one. */
  readonly encoder?: string;
  /** Messages and samples that are not played. */
  readonly dropped: Counts;
  /** Timestamps, pictures and frames that were repaired and are played. */
  readonly repaired: Counts;
  /** Media that is played unchanged and may be a fault of the encoder's settings. */
  readonly noticed: Counts;
  /** The tracks that are not played, each with the code of the reason. */
  readonly leftOutTracks: Readonly<Record<string, string>>;
};

const FATES: Readonly<
  Record<Exclude<keyof MediaDrops, 'leftOutTracks'>, 'dropped' | 'repaired' | 'noticed'>
> = {
  withoutConfig: 'dropped',
  damagedAccessUnits: 'dropped',
  untilSync: 'dropped',
  leftOut: 'dropped',
  empty: 'dropped',
  oddNalUnits: 'repaired',
  reframed: 'repaired',
  joinedPictures: 'repaired',
  wrongKeyFlags: 'repaired',
  recoveryPoints: 'noticed',
  openKeyFrames: 'noticed',
  openReferences: 'repaired',
  silentFrames: 'repaired',
  stillPictures: 'repaired',
  lateSound: 'dropped',
};

/** All repairs of the timeline are repairs; MediaDrops counts drops and repairs. */
export function sourceReport({ encoder, drops, repairs }: Source): SourceReport {
  const { leftOutTracks, ...counts } = drops;
  const of = (wanted: (typeof FATES)[keyof typeof FATES]): Counts =>
    some(Object.entries(counts).filter(([kind]) => FATES[kind as keyof typeof FATES] === wanted));
  return {
    ...(encoder === undefined ? {} : { encoder }),
    dropped: of('dropped'),
    repaired: { ...of('repaired'), ...some(Object.entries(repairs)) },
    noticed: of('noticed'),
    leftOutTracks: { ...leftOutTracks },
  };
}

function some(counts: readonly (readonly [kind: string, count: number])[]): Counts {
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}
