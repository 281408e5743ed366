// Measured values as the chosen language writes them. Each function has the unit of its argument in its name.
import { numberFormat } from './language.ts';
import { words } from './stream.ts';

const oneDigit = numberFormat({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
const twoDigits = numberFormat({ minimumFractionDigits: 2, maximumFractionDigits: 2 });
const upToTwoDigits = numberFormat({ maximumFractionDigits: 2 });
const whole = numberFormat({ maximumFractionDigits: 0 });
const wholePercent = numberFormat({ style: 'percent', maximumFractionDigits: 0 });
const finePercent = numberFormat({
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

/** Below this, a share has a decimal place. */
const FINE_SHARE = 0.1;
const MEGABIT_FROM = 999_500;

/** `4.2 Mbit/s`, `128 kbit/s`, `640 bit/s`. */
export function bitRateText(bitsPerSecond: number): string {
  if (bitsPerSecond >= MEGABIT_FROM) return `${oneDigit(bitsPerSecond / 1e6)} Mbit/s`;
  if (bitsPerSecond >= 1000) return `${whole(bitsPerSecond / 1000)} kbit/s`;
  return `${whole(bitsPerSecond)} bit/s`;
}

/** `8.3 s`, `12 s`. */
export function secondsText(ms: number): string {
  const format = ms < 10_000 ? oneDigit : whole;
  return words.units.seconds(format(ms / 1000));
}

/** `120 ms`. */
export function millisecondsText(ms: number): string {
  return `${whole(ms)} ms`;
}

/** `3.0 %` of 0.03, `55 %` of 0.55. */
export function percentText(share: number): string {
  return (share < FINE_SHARE ? finePercent : wholePercent)(share);
}

/** `48 kHz`, `44.1 kHz`. */
export function kilohertzText(hertz: number): string {
  return `${upToTwoDigits(hertz / 1000)} kHz`;
}

/** `30 fps`, `29.97 fps`. */
export function frameRateText(framesPerSecond: number): string {
  return `${upToTwoDigits(framesPerSecond)} fps`;
}

/** Seconds of media in each second: `0.83 s`, `2.00 s`. */
export function paceText(rate: number): string {
  return words.units.seconds(twoDigits(rate));
}

/** `1280 × 720`. */
export function sizeText(width: number, height: number): string {
  return `${width} × ${height}`;
}

/** The flag of ffmpeg; undefined without a bit rate. */
export function bitRateFlag(bitsPerSecond: number | undefined): string | undefined {
  if (bitsPerSecond === undefined) return undefined;
  return `-b:v ${Math.max(Math.round(bitsPerSecond / 1000), 1)}k`;
}
