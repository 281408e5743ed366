// The line about codecs as people read it: names that they know in place of RFC 6381 strings, and numbers as the page writes them.
import { frameRateText, kilohertzText } from '../words/measures.ts';
import { codecName } from './codec-name.ts';

const CODEC = /\b(?:avc[13]|hvc1|hev1|av01|vp0[89]|mp4a|opus|flac|ac-3|ec-3)(?:\.[\w-]+)*/gi;
const RATE = /\b(\d+(?:\.\d+)?) (fps|kHz)\b/g;

/** `avc1.640028 1920×1080 30 fps` becomes `H.264 High 4.0 1920×1080 30 fps`. */
export function readableMedia(media: string): string {
  return media
    .replace(CODEC, (codec) => codecName(codec))
    .replace(RATE, (_text, rate: string, unit: string) =>
      unit === 'fps' ? frameRateText(Number(rate)) : kilohertzText(Number(rate) * 1000),
    );
}
