// The line about codecs with names that people know in place of RFC 6381 strings.
import { codecName } from './codec-name.ts';

const CODEC = /\b(?:avc[13]|hvc1|hev1|av01|vp0[89]|mp4a|opus|flac|ac-3|ec-3)(?:\.[\w-]+)*/gi;

/** `avc1.640028 1920×1080 30 fps` becomes `H.264 High 4.0 1920×1080 30 fps`. */
export function readableMedia(media: string): string {
  return media.replace(CODEC, (codec) => codecName(codec));
}
