// A stream's media playlist as it begins: its durations, its first media sequence number, and names that no process has used.

import { randomBytes } from 'node:crypto';
import type { StreamMemory } from '../media/media-memory.ts';
import { TICKS_PER_SECOND, ticksOfMs, ticksOfSeconds } from '../media/ticks.ts';
import type { HlsOutputOptions } from './hls-output-options.ts';
import { choosePartTiming } from './part-timing.ts';
import { Rendition, type RenditionOptions } from './rendition.ts';
import { MIN_PART_FILL } from './segmenter.ts';
import type { GateResult } from './start-gate.ts';

/**
 * A media sequence starts at the half seconds since this day: segments last longer, so a restart never goes back, and
 * the number stays below 2^31, where some players' integers end, until 2059.
 */
const MSN_ORIGIN_MS = Date.UTC(2025, 0, 1);
const MSN_CLOCK_MS = 500;
const MSN_CLOCK = ticksOfMs(MSN_CLOCK_MS);
/** Two processes that start in the same millisecond, or a clock that was set back, still differ. */
const EPOCH_RANDOM_BYTES = 3;
/**
 * Parts that must be there before players are let in: with fewer they start with a stall. They are a whole segment, for
 * hls.js refuses a playlist without one, and so does every player that knows no parts.
 */
const PLAYABLE_PARTS = 3;
/** Parts of slow pictures are segments of their own: three seconds of media are enough. */
const PLAYABLE = ticksOfSeconds(3);

/** The rendition of a stream whose first source the start gate has understood. */
export function createRendition(
  options: HlsOutputOptions,
  memory: StreamMemory,
  result: GateResult,
  events: Pick<RenditionOptions, 'reports' | 'onCut'>,
): Rendition {
  const timing = choosePartTiming({
    frameDuration: result.frameDuration,
    wantedPart: ticksOfSeconds(options.part),
    wantedSegment: ticksOfSeconds(options.segment),
    isExact: result.lead.kind === 'audio',
  });
  const startedAtMs = options.clock.epochMs();
  const clockMsn = Math.max(Math.floor((startedAtMs - MSN_ORIGIN_MS) / MSN_CLOCK_MS), 0);
  return new Rendition({
    pool: options.pool,
    ringLimits: {
      window: Math.max(windowOf(options), 3 * timing.targetDuration * TICKS_PER_SECOND),
      get maxBytes() {
        return memory.maxStoredBytes;
      },
    },
    memory: memory.openStored(),
    timing,
    partHoldBack: options.holdBackParts * timing.partTarget,
    firstMsn: Math.max(clockMsn, options.minMsn?.() ?? 0),
    epoch: options.newEpoch?.() ?? randomEpoch(startedAtMs),
    clock: options.clock,
    onFault: options.onFault,
    ...events,
  });
}

/** How much of the past is to be kept. */
function windowOf({ window, dvr }: HlsOutputOptions): number {
  return ticksOfSeconds(Math.max(window, dvr ?? 0));
}

/** Parts of each opening segment, which is to be playable, and no shorter than the media sequence's clock has room for. */
export function openingPartsOf(partTarget: number): number {
  return Math.max(PLAYABLE_PARTS, Math.ceil(MSN_CLOCK / (MIN_PART_FILL * partTarget)));
}

/** Players start with one closed segment, and with so much media that they do not stall at once. */
export function hasEnoughToStart({ partCount, ring }: Rendition): boolean {
  if (partCount >= PLAYABLE_PARTS) return true;
  return ring.segments[0]?.isOpen === false && ring.media >= PLAYABLE;
}

function randomEpoch(startedAtMs: number): string {
  const random = randomBytes(EPOCH_RANDOM_BYTES).readUIntBE(0, EPOCH_RANDOM_BYTES);
  return `${startedAtMs.toString(36)}${random.toString(36).padStart(5, '0')}`;
}
