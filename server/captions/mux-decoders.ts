// The used parts of mux.js's caption decoders, loaded with the first captions: most gateways never need these 0.8 MB. It is
// CommonJS without types. The version is pinned, because its internal state is read and set.

import { memoized } from '../memoized.ts';
import { loadPackage } from '../packages.ts';

export type DisplayRow = { text: string; indent: number; offset: number };

/** One CEA-608 channel's decoder. */
export type Cea608Stream = {
  /** The visible 15 rows; a new array when the whole screen was replaced. Damaged data leaves holes. */
  displayed_: (DisplayRow | undefined)[];
  /** The rows that are loaded in pop-on style. */
  nonDisplayed_: (DisplayRow | undefined)[];
  /** Open styles of the current row. */
  formatting_: string[];
  /** Pop-on captions are written into invisible memory. */
  readonly mode_: 'popOn' | 'rollUp' | 'paintOn';
  /** The current row, 0 to 14. */
  readonly row_: number;
  /** A code that equals it is ignored. */
  lastControlCode_: number | null;
  push(packet: { readonly ccData: number; readonly pts: number }): void;
  reset(): void;
};

/** A CEA-708 window with its last definition; it exists before it is defined. Flags are 0 and 1. */
export type Cea708Window = {
  readonly windowNum: number;
  readonly visible: number;
  readonly relativePositioning: number;
  readonly anchorVertical: number;
  readonly anchorHorizontal: number;
  /** 0 to 8: top left, top, top right, left and so on to bottom right. */
  readonly anchorPoint: number;
  /** 1 to 16. */
  readonly virtualRowCount: number;
  /** One less than there are. */
  readonly columnCount: number;
  /** Predefined style; 0 is none. */
  readonly windowStyle: number;
  readonly penStyle: number;
  /** Text is appended to the row at `rowIdx`, or to a new one when a line break is pending. */
  rows: string[];
  rowIdx: number;
  pendingNewLine: boolean;
  /** Absent until it is set, like the pen's. */
  readonly winAttr: { justify?: number };
  penAttr: { readonly italics?: number; readonly underline?: number };
  /** The pen position of the last command; the decoder ignores it. */
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
  /** Joins all text of a service at window commands, for listeners. */
  flushDisplayed: () => void;
};

type CaptionStreamModule = {
  readonly Cea608Stream: new (field: 0 | 1, dataChannel: 0 | 1) => Cea608Stream;
  readonly Cea708Stream: new () => Cea708Stream;
};

const captionStreams = memoized(() => loadPackage<CaptionStreamModule>('mux.js'));

/** A new decoder. Synchronous: loading takes some 5 ms, once in a process. */
export function createCea608Stream(field: 0 | 1, dataChannel: 0 | 1): Cea608Stream {
  return new (captionStreams().Cea608Stream)(field, dataChannel);
}

/** A new decoder. It makes no captions of its own, because nothing uses them: a full screen has 20 KB. */
export function createCea708Stream(): Cea708Stream {
  const stream = new (captionStreams().Cea708Stream)();
  stream.flushDisplayed = () => undefined;
  return stream;
}
