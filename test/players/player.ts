// What a test wants of a player: to follow a live stream, to count the pictures it decodes, and to say what it is waiting for.

/** Every clip has 30 frames a second; the first is what a stream begins with, the second what it changes to. */
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
  /** Pictures decoded (shown, where a player tells only that); may begin anew when the player does. */
  readonly frames: number;
  /** Of the picture decoded last; 0x0 before the first. */
  readonly size: Size;
  /** How often it ran dry after it had begun; undefined where a player does not tell. */
  readonly stalls: number | undefined;
  /** From the gateway's receiving a picture to the player's showing it; undefined where that cannot be measured. */
  readonly latencyMs: number | undefined;
};

export type Playing = {
  readonly facts: () => Promise<PlayFacts>;
  /** What it said of errors so far. */
  readonly complaints: () => readonly string[];
  readonly stop: () => Promise<void>;
};

/** Parts of the scenario, in order. */
export type PhaseKind = 'steady' | 'reconnect' | 'resize-on-reconnect' | 'resize-in-connection';

/** What can be wrong in a phase. */
export type FaultKind = 'log' | 'pictures' | 'stalls' | 'restart' | 'pause' | 'size';

/** Faults that a player has whatever a server sends. */
export type Limit = {
  readonly why: string;
  /** Those that it explains; all by default. */
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
  /** Resolves when it has been started; whether it plays is for its facts to say. */
  readonly start: (targets: Targets) => Promise<Playing>;
};
