// mux.js's caption decoders, the parts that are used, loaded when the first captions come: 0.8 MB that most gateways
// never need. It is CommonJS without types; the version is pinned, and its state is read and set as it is.

import { createRequire } from 'node:module';

export type DisplayRow = { text: string; indent: number; offset: number };

/** One CEA-608 channel's decoder. */
export type Cea608Stream = {
  /** What viewers see: 15 rows; another array whenever the whole screen was exchanged. Damage leaves holes in it. */
  displayed_: (DisplayRow | undefined)[];
  /** What is being loaded in pop-on style. */
  nonDisplayed_: (DisplayRow | undefined)[];
  /** Styles that are open in the present row. */
  formatting_: string[];
  /** Pop-on captions are written out of sight. */
  readonly mode_: 'popOn' | 'rollUp' | 'paintOn';
  /** The row that is written to, 0 to 14. */
  readonly row_: number;
  /** A code that equals it is not obeyed. */
  lastControlCode_: number | null;
  push(packet: { readonly ccData: number; readonly pts: number }): void;
  reset(): void;
};

/** A CEA-708 window, as its last definition has it; it is there before it is defined. Flags are 0 and 1. */
export type Cea708Window = {
  readonly windowNum: number;
  readonly visible: number;
  readonly relativePositioning: number;
  readonly anchorVertical: number;
  readonly anchorHorizontal: number;
  /** 0 to 8: top left, top, top right, left and so on to bottom right; more is not defined. */
  readonly anchorPoint: number;
  /** 1 to 16. */
  readonly virtualRowCount: number;
  /** One less than there are. */
  readonly columnCount: number;
  /** What the definition chose of the predefined styles; 0 is none. */
  readonly windowStyle: number;
  readonly penStyle: number;
  /** Text is appended to the row at `rowIdx`, or to a new one when a line break is pending. */
  rows: string[];
  rowIdx: number;
  pendingNewLine: boolean;
  /** Absent until it is set; so are the pen's. */
  readonly winAttr: { justify?: number };
  penAttr: { readonly italics?: number; readonly underline?: number };
  /** Where a command put the pen; the decoder itself does not ask. */
  readonly penLoc: { row?: number; column?: number };
};

/** Decoder of CEA-708, of all services in it. */
export type Cea708Stream = {
  /** What `pushServiceBlock` reads from. */
  current708Packet: { readonly data: Uint8Array; readonly ptsVals: readonly number[] } | null;
  readonly services: Readonly<
    Record<number, { readonly windows: readonly Cea708Window[]; readonly currentWindow: Cea708Window }>
  >;
  pushServiceBlock(service: number, start: number, size: number): void;
  /** Puts all text of a service together at commands on windows, for listeners. */
  flushDisplayed: () => void;
};

type CaptionStreamModule = {
  readonly Cea608Stream: new (field: 0 | 1, dataChannel: 0 | 1) => Cea608Stream;
  readonly Cea708Stream: new () => Cea708Stream;
};

let loaded: CaptionStreamModule | undefined;

/** A new decoder. Synchronous: loading takes some 5 ms, once in a process. */
export function createCea608Stream(field: 0 | 1, dataChannel: 0 | 1): Cea608Stream {
  return new (captionStreams().Cea608Stream)(field, dataChannel);
}

/** A new decoder; loading as above. Nobody listens to its captions, so it makes none: a full screen is 20 KB. */
export function createCea708Stream(): Cea708Stream {
  const stream = new (captionStreams().Cea708Stream)();
  stream.flushDisplayed = () => undefined;
  return stream;
}

function captionStreams(): CaptionStreamModule {
  loaded ??= createRequire(import.meta.url)('mux.js/cjs/m2ts/caption-stream.js') as CaptionStreamModule;
  return loaded;
}
