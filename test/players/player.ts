// What a test needs from a player: it follows a live stream, counts the pictures that it decodes, and reports when it
// waits.

/** Every clip has 30 frames a second. A stream begins with the first size and changes to the second. */
export const FRAMES_PER_SECOND = 30;
export const SMALL = { width: 640, height: 360 } as const;
export const LARGE = { width: 1280, height: 720 } as const;

export type Size = { readonly width: number; readonly height: number };

export type Targets = {
  /** Multivariant playlist. */
  readonly playlistUrl: string;
  /** The gateway's own page. */
  readonly watchUrl: string;
};

export type PlayFacts = {
  /** Pictures decoded (or shown, if a player reports only that); may restart at zero with the player. */
  readonly frames: number;
  /** The size of the picture decoded last; 0x0 before the first. */
  readonly size: Size;
  /** How often its buffer was empty after the start; undefined if a player does not report it. */
  readonly stalls: number | undefined;
  /** From the arrival of a picture at the gateway to its display; undefined if that cannot be measured. */
  readonly latencyMs: number | undefined;
};

export type Playing = {
  readonly facts: () => Promise<PlayFacts>;
  /** Its error messages so far. */
  readonly complaints: () => readonly string[];
  readonly stop: () => Promise<void>;
};

/** Parts of the scenario, in order. */
export type PhaseKind = 'steady' | 'reconnect' | 'resize-on-reconnect' | 'resize-in-connection';

/** The kinds of faults in a phase. */
export type FaultKind = 'log' | 'pictures' | 'stalls' | 'restart' | 'pause' | 'size';

/** Faults of a player that no server can prevent. */
export type Limit = {
  readonly why: string;
  /** The faults that it explains; all by default. */
  readonly faults?: readonly FaultKind[];
};

/** By phase. */
export type Limits = Partial<Readonly<Record<PhaseKind, Limit>>>;

export type Player = {
  /** As in the table of docs/measured/players.md. */
  readonly name: string;
  readonly version: () => Promise<string>;
  /** Whether it takes media as it arrives, a segment at a time, and not at the clock's pace. */
  readonly isUnpaced?: boolean;
  readonly limits?: Limits;
  /** Resolves when it has been started; its facts report whether it plays. */
  readonly start: (targets: Targets) => Promise<Playing>;
};
