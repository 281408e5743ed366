// Types of the parts of mux.js that tests use as an oracle.

declare module 'mux.js' {
  export type InspectedBox = {
    readonly type: string;
    readonly size: number;
    readonly boxes?: readonly InspectedBox[];
    readonly [field: string]: unknown;
  };
  export type NalEvent = {
    readonly nalUnitType?: string;
    readonly config?: {
      readonly width: number;
      readonly height: number;
      readonly profileIdc: number;
      readonly levelIdc: number;
    };
  };
  /** Annex B in, one event per NAL unit out. */
  export class H264Stream {
    on(event: 'data', listener: (nal: NalEvent) => void): void;
    push(packet: { type: 'video'; trackId: number; pts: number; dts: number; data: Uint8Array }): void;
    flush(): void;
  }
  const muxjs: {
    readonly mp4: { readonly tools: { readonly inspect: (bytes: Uint8Array) => InspectedBox[] } };
    readonly codecs: { readonly h264: { readonly H264Stream: typeof H264Stream } };
  };
  export default muxjs;
}
