// What an engine knows of its loading, for the statistics that viewers can open.

export type LastLoad = {
  readonly kind: 'segment' | 'part';
  readonly bytes: number;
  readonly durationMs: number;
  /** From the request to the first byte; a blocking request waits for the part. */
  readonly firstByteMs: number;
  /** From the first byte to the last. */
  readonly loadMs: number;
};

export type EngineFacts = {
  /** Name and version of the engine. */
  readonly engine: string;
  readonly sessionId?: string;
  readonly codecs?: string;
  /** Bits per second that the source declares. */
  readonly bitrate?: number;
  readonly frameRate?: number;
  readonly bandwidth?: number;
  readonly bufferMs?: number;
  readonly latencyTargetMs?: number;
  /** The largest distance that the present mode allows by itself. */
  readonly latencyMaxMs?: number;
  readonly lastLoad?: LastLoad;
  /** Whether the playlist lists parts, and whether requests for it may be held; undefined while unknown. */
  readonly hasParts?: boolean;
  readonly canBlock?: boolean;
  /** ALPN id of the last media request, such as `h2`. */
  readonly protocol?: string;
};

/** A choice of quality of the source. */
export type Quality = {
  readonly id: number;
  readonly height?: number;
  readonly bitrate?: number;
};

export type Qualities = {
  readonly all: readonly Quality[];
  /** The one that plays. */
  readonly current?: number;
  /** The one that the viewer chose; undefined while the player chooses. */
  readonly chosen?: number;
};

export const NO_QUALITIES: Qualities = { all: [] };
