// The result of one player's run, and its faults: one list, empty when everything is right.
import {
  type FaultKind,
  FRAMES_PER_SECOND,
  LARGE,
  type Limits,
  type PhaseKind,
  type Size,
  SMALL,
} from './player.ts';

/** All observations, as stored for the table. */
export type PlayerRun = {
  readonly player: string;
  readonly version: string;
  /** ISO 8601 day. */
  readonly date: string;
  /** From its start to its first picture. */
  readonly startMs: number;
  /** Its requests to the gateway in the steady phase. */
  readonly asked: Asked;
  readonly steady: {
    readonly seconds: number;
    readonly frames: number;
    /** By its own count, otherwise the times without a new picture; undefined for one that takes a segment at a time. */
    readonly stalls: number | undefined;
    /** Longest time without a new picture. */
    readonly longestPauseMs: number;
    readonly latencyMs: number | undefined;
    /** Longest time between two messages of the publisher: it runs on the same machine. */
    readonly publisherSilentMs: number;
  };
  readonly changes: readonly Change[];
  /** Its error messages, each once. */
  readonly complaints: readonly string[];
  /** Lines of the gateway's log that the loss of a publisher does not explain. */
  readonly gatewayComplaints: readonly string[];
  readonly limits: Limits;
};

export type Asked = {
  readonly playlists: number;
  /** Playlists with `_HLS_msn`: the gateway holds them until there is something new. */
  readonly heldPlaylists: number;
  readonly parts: number;
  readonly segments: number;
};

/** A publisher's return, or its change of clip. */
export type Change = {
  readonly kind: Exclude<PhaseKind, 'steady'>;
  /** Longest time without a new picture. */
  readonly pauseMs: number;
  /** In the last seconds of the phase. */
  readonly endFrames: number;
  readonly endSeconds: number;
  /** At its end. */
  readonly size: Size;
  /** Whether it played only after a restart. */
  readonly isReloaded: boolean;
};

export type Fault = { readonly phase: PhaseKind; readonly kind: FaultKind; readonly text: string };

/** The least share of a watched second's pictures: a busy machine drops a few. */
const MIN_PICTURE_SHARE = 0.9;
/** Two target durations of the gateway's default settings: viewers do not wait longer. */
const MAX_PAUSE_MS = 8_000;

/** Every fault as a sentence, including those of known limits. */
export function faultsOf(run: PlayerRun): Fault[] {
  return [...steadyFaults(run), ...run.changes.flatMap(changeFaults)];
}

/** The faults that no limit of the player explains. */
export function unexplained(run: PlayerRun): Fault[] {
  return faultsOf(run).filter(({ phase, kind }) => {
    const limit = run.limits[phase];
    return limit === undefined || limit.faults?.includes(kind) === false;
  });
}

function steadyFaults({ steady, gatewayComplaints }: PlayerRun): Fault[] {
  const faults = gatewayComplaints.map(
    (line): Fault => ({ phase: 'steady', kind: 'log', text: `log: ${line}` }),
  );
  const note = (kind: FaultKind, text: string): unknown => faults.push({ phase: 'steady', kind, text });
  const wanted = Math.round(steady.seconds * FRAMES_PER_SECOND * MIN_PICTURE_SHARE);
  if (steady.frames < wanted) note('pictures', `${steady.frames} pictures, not ${wanted}`);
  if (steady.stalls !== undefined && steady.stalls > 0) note('stalls', `${steady.stalls} stalls`);
  return faults;
}

function changeFaults(change: Change): Fault[] {
  const { kind: phase, pauseMs, endFrames, endSeconds, size, isReloaded } = change;
  const faults: Fault[] = [];
  const note = (kind: FaultKind, text: string): unknown =>
    faults.push({ phase, kind, text: `${phase}: ${text}` });
  if (isReloaded) note('restart', 'went on only when started anew');
  if (pauseMs > MAX_PAUSE_MS) note('pause', `${(pauseMs / 1000).toFixed(1)} s without a picture`);
  const wanted = Math.round(endSeconds * FRAMES_PER_SECOND * MIN_PICTURE_SHARE);
  if (endFrames < wanted)
    note('pictures', `${endFrames} pictures in the last ${endSeconds} s, not ${wanted}`);
  const { width, height } = wantedSize(phase);
  if (size.width !== width || size.height !== height)
    note('size', `${size.width}x${size.height}, not ${width}x${height}`);
  return faults;
}

function wantedSize(kind: Change['kind']): Size {
  return kind === 'resize-on-reconnect' ? LARGE : SMALL;
}
