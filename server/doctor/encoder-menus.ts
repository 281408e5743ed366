// Which encoder pushes, and where OBS has a setting in the version that pushes. Names are those of its English menus.

/** The newest version whose menus are known. */
export const NEWEST_OBS = 32;
/** From this version on, the names of the sample format say what it is. */
const LONG_FORMAT_NAMES_OBS = 28;
/** From this version on, NVENC has its own plugin with other names. */
const NEW_NVENC_OBS = 31;

const LIBOBS = /\blibobs version (\d{1,3})\./;

/** Major version of OBS in the name that an encoder gives itself, such as `obs-output module (libobs version 31.0.0)`. */
export function obsVersion(encoder: string | undefined): number | undefined {
  const found = encoder === undefined ? null : LIBOBS.exec(encoder);
  return found === null ? undefined : Number(found[1]);
}

const STREAMING = 'Settings → Output → Output Mode: Advanced → Streaming';

export const obsMenu = {
  keyFrames: (version: number): string => {
    const unit = version < LONG_FORMAT_NAMES_OBS ? 'seconds, 0=auto' : '0=auto';
    return `${STREAMING} → Keyframe Interval (${unit}): 2${version < LONG_FORMAT_NAMES_OBS ? '' : ' s'}`;
  },
  x264: (options: string): string => `${STREAMING} → x264 Options (separated by space): ${options}`,
  bFrames: (version: number): string => {
    const nvenc = version < NEW_NVENC_OBS ? 'Max B-frames' : 'B-Frames';
    return `${STREAMING} → x264 Options (separated by space): bframes=0; with NVENC → ${nvenc}: 0`;
  },
  cbr: (): string => `${STREAMING} → Rate Control: CBR`,
  bitrate: (): string => `${STREAMING} → Bitrate`,
  colourFormat: (version: number): string => {
    const format = version < LONG_FORMAT_NAMES_OBS ? 'NV12' : 'NV12 (8-bit, 4:2:0, 2 planes)';
    return `Settings → Advanced → Color Format: ${format}`;
  },
  profile: (): string => `${STREAMING} → Profile: high`,
  sampleRate: (): string => 'Settings → Audio → Sample Rate: 48 kHz',
  channels: (): string => 'Settings → Audio → Channels: Stereo',
  syncOffset: (): string => 'Edit → Advanced Audio Properties → Sync Offset: 0 ms',
  preset: (): string => `${STREAMING} → CPU Usage Preset: faster (x264), or Preset: P3 (NVENC)`,
  dynamicBitrate: (): string =>
    'Settings → Advanced → Network → Dynamically change bitrate to manage congestion',
  encoder: (): string => `${STREAMING} → Video Encoder: x264 or a hardware encoder for H.264`,
  frameRate: (): string => 'Settings → Video → Common FPS Values, and Output (Scaled) Resolution',
} as const;
