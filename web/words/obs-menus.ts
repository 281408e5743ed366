// Menu paths of OBS in one language, out of the names that OBS itself has in it. OBS shows names that are not translated in English.

/** The newest versions; names differ little between versions. */
export type ObsNames = {
  readonly settings: string;
  readonly output: string;
  readonly outputMode: string;
  readonly advanced: string;
  readonly streaming: string;
  readonly keyFrames: string;
  readonly x264Options: string;
  readonly rateControl: string;
  readonly bitrate: string;
  readonly cpuPreset: string;
  readonly preset: string;
  readonly videoEncoder: string;
  readonly audioTrack: string;
  readonly bFrames: string;
  /** Before version 31. */
  readonly maxBFrames: string;
  readonly video: string;
  readonly fpsValues: string;
  readonly scaledSize: string;
  readonly audio: string;
  readonly sampleRate: string;
  readonly channels: string;
  readonly stereo: string;
  readonly advancedPage: string;
  readonly colourFormat: string;
  readonly nv12: string;
  readonly network: string;
  readonly dynamicBitrate: string;
  readonly edit: string;
  readonly audioProperties: string;
  readonly syncOffset: string;
};

/** From this version on, NVENC has its own plugin with other names. */
const NEW_NVENC_OBS = 31;
/** From this version on, the names of the sample format say what it is. */
const LONG_FORMAT_NAMES_OBS = 28;

const path = (...names: readonly string[]): string => names.join(' → ');

export function obsMenus(names: ObsNames) {
  const { settings, output, outputMode, advanced } = names;
  const streaming = path(settings, output, `${outputMode}: ${advanced}`, names.streaming);
  const video = path(settings, names.video);
  const audio = path(settings, names.audio);
  return {
    keyFrames: `${path(streaming, names.keyFrames)}: 2 s`,
    x264: (options: string) => `${path(streaming, names.x264Options)}: ${options}`,
    nvencBFrames: (version: number) =>
      `NVENC → ${version < NEW_NVENC_OBS ? names.maxBFrames : names.bFrames}: 0`,
    cbr: `${path(streaming, names.rateControl)}: CBR`,
    bitrate: path(streaming, names.bitrate),
    cpuPreset: path(streaming, names.cpuPreset),
    nvencPreset: `${names.preset}: P3`,
    videoEncoder: path(streaming, names.videoEncoder),
    audioTrack: path(streaming, names.audioTrack),
    fpsValues: path(video, names.fpsValues),
    scaledSize: path(video, names.scaledSize),
    sampleRate: `${path(audio, names.sampleRate)}: 48 kHz`,
    stereo: `${path(audio, names.channels)}: ${names.stereo}`,
    colourFormat: (version: number) =>
      `${path(settings, names.advancedPage, names.colourFormat)}: ${version < LONG_FORMAT_NAMES_OBS ? 'NV12' : names.nv12}`,
    dynamicBitrate: path(settings, names.advancedPage, names.network, names.dynamicBitrate),
    syncOffset: `${path(names.edit, names.audioProperties, names.syncOffset)}: 0 ms`,
  } as const;
}
