// mux.js's CEA-608 decoder, the parts that are used, loaded when the first captions come: 0.8 MB that most gateways
// never need. It is CommonJS without types; the version is pinned, and its state is read as it is.

import { createRequire } from 'node:module';

export type DisplayRow = { text: string; indent: number; offset: number };

/** One channel's decoder. */
export type Cea608Stream = {
  /** What viewers see: 15 rows; another array whenever the whole screen was exchanged. Damage leaves holes in it. */
  displayed_: (DisplayRow | undefined)[];
  /** What is being loaded in pop-on style. */
  nonDisplayed_: (DisplayRow | undefined)[];
  /** Styles that are open in the present row. */
  formatting_: string[];
  push(packet: { readonly ccData: number; readonly pts: number }): void;
  reset(): void;
};

type CaptionStreamModule = {
  readonly Cea608Stream: new (field: 0 | 1, dataChannel: 0 | 1) => Cea608Stream;
};

let loaded: CaptionStreamModule | undefined;

/** A new decoder. Synchronous: loading takes some 5 ms, once in a process. */
export function createCea608Stream(field: 0 | 1, dataChannel: 0 | 1): Cea608Stream {
  loaded ??= createRequire(import.meta.url)('mux.js/cjs/m2ts/caption-stream.js') as CaptionStreamModule;
  return new loaded.Cea608Stream(field, dataChannel);
}
