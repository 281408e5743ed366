// The events of a publication while a page watches it: ways to leave and return, and changes in between.
import type { Ending } from './clip-encoder.ts';
import type { ClipName } from './clips.ts';

export type Step =
  /** Published (again) with this clip, and watched for this long. */
  | { readonly kind: 'play'; readonly clip: ClipName; readonly watchMs: number }
  /** The publisher leaves, and stays away for this long. */
  | { readonly kind: 'leave'; readonly how: Ending; readonly awayMs: number }
  /** The same publication continues with another clip: new sequence headers in mid-stream. */
  | { readonly kind: 'change'; readonly clip: ClipName; readonly watchMs: number }
  /** A track begins or stops within the publication. */
  | {
      readonly kind: 'track';
      readonly track: 'audio' | 'video';
      readonly isSent: boolean;
      readonly watchMs: number;
    };

export type Scene = {
  readonly name: string;
  /** Tracks sent from the start; all by default. */
  readonly begins?: { readonly hasVideo: boolean; readonly hasAudio: boolean };
  /** Tracks announced in onMetaData; without it nothing is announced. */
  readonly announces?: { readonly hasVideo: boolean; readonly hasAudio: boolean };
  readonly steps: readonly Step[];
  readonly discontinuities: number;
  /** How often the player must take a new media source: only for tracks that begin or stop. */
  readonly trackSwitches?: number;
  /** How long the network delays the initialization segment of each run after the first, milliseconds. */
  readonly initDelayMs?: number;
  /** Part of the gate. */
  readonly isInGate?: boolean;
};

/** Long enough for the player to find its distance from the live edge. */
const BEFORE_MS = 4_000;
/** Two segments: a player that fails on the new media has failed by then. */
const AFTER_MS = 6_000;
/** A stopped track would be dropped after 3.5 s; what follows is watched like any other media. */
const AFTER_LOSS_MS = 10_000;

const PLAIN: Step = { kind: 'play', clip: 'plain', watchMs: BEFORE_MS };

function returning(how: Ending, awayS: number, clip: ClipName = 'plain', isInGate = false): Scene {
  const what = clip === 'plain' ? '' : `, ${clip}`;
  return {
    name: `${how}, back after ${awayS} s${what}`,
    steps: [PLAIN, { kind: 'leave', how, awayMs: awayS * 1000 }, { kind: 'play', clip, watchMs: AFTER_MS }],
    discontinuities: 1,
    isInGate,
  };
}

function changing(clip: ClipName, isInGate = false): Scene {
  return {
    name: `${clip} in mid-stream`,
    steps: [PLAIN, { kind: 'change', clip, watchMs: AFTER_MS }],
    discontinuities: 1,
    isInGate,
  };
}

/** The number of pages for which two cores can decode at the same time. */
const TOGETHER = 4;

/** Scenes in groups that are played at the same time. */
export function grouped(scenes: readonly Scene[]): readonly (readonly Scene[])[] {
  return Array.from({ length: Math.ceil(scenes.length / TOGETHER) }, (_, at) =>
    scenes.slice(at * TOGETHER, (at + 1) * TOGETHER),
  );
}

/** Trust rows 11 (REC-2) and 64 (SH-2), 65 (AV-1). */
export const SCENES: readonly Scene[] = [
  ...(['goodbye', 'FIN', 'RST', 'stall'] as const).flatMap((how) =>
    [1, 5, 14].map((awayS) => returning(how, awayS, 'plain', awayS === 5 && how !== 'goodbye')),
  ),
  returning('FIN', 5, 'other resolution', true),
  returning('RST', 1, 'other resolution'),
  returning('FIN', 5, 'other frame rate'),
  returning('FIN', 5, 'other sample rate'),
  returning('FIN', 5, 'other configuration'),
  changing('other resolution'),
  changing('other frame rate'),
  changing('other sample rate', true),
  changing('other configuration'),
  {
    ...changing('other resolution', true),
    name: 'other resolution in mid-stream, over a network that pauses',
    initDelayMs: 3_500,
  },
  {
    name: 'audio begins 6 s late',
    begins: { hasVideo: true, hasAudio: false },
    steps: [
      { ...PLAIN, watchMs: 6_000 },
      { kind: 'track', track: 'audio', isSent: true, watchMs: AFTER_MS },
    ],
    discontinuities: 1,
    trackSwitches: 1,
    isInGate: true,
  },
  {
    name: 'audio announced, never sent',
    begins: { hasVideo: true, hasAudio: false },
    announces: { hasVideo: true, hasAudio: true },
    steps: [{ ...PLAIN, watchMs: AFTER_LOSS_MS }],
    discontinuities: 0,
  },
  {
    // Silence replaces the sound, so the player keeps its media source.
    name: 'audio stops',
    steps: [PLAIN, { kind: 'track', track: 'audio', isSent: false, watchMs: AFTER_LOSS_MS }],
    discontinuities: 0,
    isInGate: true,
  },
  {
    // The page checks a new source, and decides about it, before any of its media has arrived.
    name: 'audio begins 6 s late, over a network that pauses',
    begins: { hasVideo: true, hasAudio: false },
    steps: [
      { ...PLAIN, watchMs: 6_000 },
      { kind: 'track', track: 'audio', isSent: true, watchMs: AFTER_MS },
    ],
    discontinuities: 1,
    trackSwitches: 1,
    initDelayMs: 500,
  },
  {
    name: 'audio stops and comes back after 8 s',
    steps: [
      PLAIN,
      { kind: 'track', track: 'audio', isSent: false, watchMs: 8_000 },
      { kind: 'track', track: 'audio', isSent: true, watchMs: AFTER_MS },
    ],
    discontinuities: 0,
  },
  {
    // The last key frame replaces it.
    name: 'video stops and comes back after 8 s',
    steps: [
      PLAIN,
      { kind: 'track', track: 'video', isSent: false, watchMs: 8_000 },
      { kind: 'track', track: 'video', isSent: true, watchMs: AFTER_MS },
    ],
    discontinuities: 0,
  },
  {
    name: 'video begins 10 s late',
    begins: { hasVideo: false, hasAudio: true },
    steps: [
      { ...PLAIN, watchMs: 10_000 },
      { kind: 'track', track: 'video', isSent: true, watchMs: AFTER_MS },
    ],
    discontinuities: 1,
    trackSwitches: 1,
  },
  {
    name: 'gone and back three times in a row',
    steps: [
      PLAIN,
      ...[1, 2, 3].flatMap((): readonly Step[] => [
        { kind: 'leave', how: 'RST', awayMs: 1_000 },
        { kind: 'play', clip: 'plain', watchMs: BEFORE_MS },
      ]),
    ],
    discontinuities: 3,
  },
];
