// Numbers as readable text. Each function has the unit of its argument in its name and returns text with a unit.

import { numberFormat } from '../words/language.ts';
import { bitRateText, frameRateText, kilohertzText, sizeText } from '../words/measures.ts';
import { words } from '../words/stream.ts';

const DASH = '–';

const oneDigit = numberFormat({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
const twoDigits = numberFormat({ minimumFractionDigits: 2, maximumFractionDigits: 2, useGrouping: false });
const whole = numberFormat({ maximumFractionDigits: 0 });

/** `4.2 Mbit/s`, `128 kbit/s`, `640 bit/s`. */
export function formatBitrate(bitsPerSecond: number | undefined): string {
  return isCount(bitsPerSecond) ? bitRateText(bitsPerSecond) : DASH;
}

/** `30 fps`, `29.97 fps`. */
export function formatFrameRate(framesPerSecond: number | undefined): string {
  return isCount(framesPerSecond) ? frameRateText(framesPerSecond) : DASH;
}

/** `1920 × 1080`. */
export function formatResolution(width: number | undefined, height: number | undefined): string {
  return isCount(width) && isCount(height) && width > 0 && height > 0 ? sizeText(width, height) : DASH;
}

/** `0.8 s`, `12 s`: one decimal place for small values. */
export function formatLatency(latencyMs: number | undefined): string {
  if (latencyMs === undefined || !Number.isFinite(latencyMs)) return DASH;
  const seconds = Math.max(0, latencyMs) / 1000;
  return words.units.seconds((seconds < 9.95 ? oneDigit : whole)(seconds));
}

/** `0.83 s`, `12.4 s`: more exact than `formatLatency`, for statistics. */
export function formatSeconds(durationMs: number | undefined): string {
  if (durationMs === undefined || !Number.isFinite(durationMs)) return DASH;
  const seconds = durationMs / 1000;
  return words.units.seconds((seconds < 10 ? twoDigits : oneDigit)(seconds));
}

/** `512 B`, `48 kB`, `1.2 MB`, `182 MB`, `1.4 GB`: powers of 1000. */
export function formatBytes(bytes: number | null | undefined): string {
  if (!isCount(bytes)) return DASH;
  if (bytes >= 999.5e6) return `${oneDigit(bytes / 1e9)} GB`;
  if (bytes >= 999.5e3) return `${(bytes < 9.95e6 ? oneDigit : whole)(bytes / 1e6)} MB`;
  return bytes >= 1000 ? `${whole(bytes / 1000)} kB` : `${whole(bytes)} B`;
}

/** `45 s`, `3 m 05 s`, `1 h 12 m`, `2 d 4 h`. */
export function formatDuration(durationMs: number | undefined): string {
  if (!isCount(durationMs)) return DASH;
  const seconds = Math.floor(durationMs / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const { units } = words;
  if (minutes === 0) return units.seconds(String(seconds));
  if (hours === 0) return units.minutes(String(minutes), String(seconds % 60).padStart(2, '0'));
  if (hours < 24) return units.hours(String(hours), String(minutes % 60).padStart(2, '0'));
  return units.days(String(Math.floor(hours / 24)), String(hours % 24));
}

/** `2.0 s`: the distance between two key frames. */
export function formatInterval(intervalMs: number | undefined): string {
  return isCount(intervalMs) && intervalMs > 0 ? words.units.seconds(oneDigit(intervalMs / 1000)) : DASH;
}

/** `1,204`. */
export function formatCount(count: number | undefined): string {
  return isCount(count) ? whole(count) : DASH;
}

/** `48 kHz stereo`, or the part of it that is known; empty when nothing is. */
export function formatAudioShape(sampleRate: number | undefined, channels: number | undefined): string {
  const rate = isCount(sampleRate) && sampleRate > 0 ? kilohertzText(sampleRate) : '';
  const layout = isCount(channels) && channels > 0 ? channelLayout(channels) : '';
  return [rate, layout].filter((part) => part !== '').join(' ');
}

function channelLayout(channels: number): string {
  const { mono, stereo, several } = words.channels;
  if (channels === 1) return mono;
  if (channels === 2) return stereo;
  return channels === 6 ? '5.1' : several(String(channels));
}

function isCount(value: number | null | undefined): value is number {
  return value !== undefined && value !== null && Number.isFinite(value) && value >= 0;
}
