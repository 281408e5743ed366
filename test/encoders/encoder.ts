// What a test needs from an encoder: it publishes a flash and a beep at the same moment, again and again, and stops on
// request.
import type { GatewayProcess } from '../support/gateway-process.ts';

/** Every encoder sends 640x360 at 30 frames a second and AAC at 48 kHz, a key frame every 2 s. */
export const PICTURE = { width: 640, height: 360, framesPerSecond: 30, keyFrameEveryS: 2 } as const;
/** Enough that the gateway acknowledges received bytes within the short form (a window is 2.5 MB). */
export const VIDEO_KBPS = 1_200;
export const AUDIO_KBPS = 96;
export const AUDIO_RATE = 48_000;

export type Encoder = {
  /** As in the table of docs/measured/encoders.md. */
  readonly name: string;
  readonly version: () => Promise<string>;
  /** Resolves when the encoder has been started; the gateway reports whether it publishes. */
  readonly start: (gateway: GatewayProcess, streamName: string) => Promise<Push>;
};

export type Push = {
  /** Ends the publication as a user would; resolves when the encoder has ended. Throws when it ended badly. */
  readonly stop: () => Promise<void>;
};
