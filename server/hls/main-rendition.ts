// Creates a stream's media playlist: durations, first media sequence number, and unique names.

import { randomBytes } from 'node:crypto';
import { GatewayError } from '../errors.ts';
import type { StreamMemory } from '../media/media-memory.ts';
import { TICKS_PER_SECOND, ticksOfMs, ticksOfSeconds } from '../media/ticks.ts';
import type { HlsOutputOptions } from './hls-output-options.ts';
import type { OpeningParts } from './opening-segments.ts';
import { choosePartTiming } from './part-timing.ts';
import { Rendition, type RenditionOptions } from './rendition.ts';
import { MIN_PART_FILL } from './segmenter.ts';
import type { GateResult } from './start-gate.ts';

/**
 * A media sequence starts at the number of half seconds since this day. Segments last longer, so a restart never goes back. The
 * number stays below 2^31, the limit of some players, until 2059.
 */
const MSN_ORIGIN_MS = Date.UTC(2025, 0, 1);
const MSN_CLOCK_MS = 500;
const MSN_CLOCK = ticksOfMs(MSN_CLOCK_MS);
/** Two processes that start in the same millisecond, or a clock that was set back, still differ. */
const EPOCH_RANDOM_BYTES = 3;
/**
 * What a stream needs to be playable. They are a complete segment, because hls.js and players without low latency need one. The
 * next part is there before a player has loaded these: with two parts of 200 ms it has its usual distance from live.
 */
const PLAYABLE_PARTS = 2;
/** Least length of them: shorter parts are loaded no faster. */
const LEAST_PLAYABLE = ticksOfMs(300);
/** Parts of each opening segment after the first one: as many as a player keeps between itself and live. */
const LEAST_FOLLOWING_PARTS = 3;
/** Each part of a slow picture is a segment; three seconds of media are enough. */
const PLAYABLE = ticksOfSeconds(3);

/** Creates the rendition when the start gate of the first source has opened. */
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
  const countedMs = (options.numberClock ?? options.clock).epochMs() - MSN_ORIGIN_MS;
  const clockMsn = Math.max(Math.floor(countedMs / MSN_CLOCK_MS), 0);
  return new Rendition({
    pool: options.pool,
    ringLimits: {
      window: Math.max(windowOf(options), 3 * timing.targetDuration * TICKS_PER_SECOND),
      get maxBytes() {
        return memory.maxStoredBytes;
      },
      onFull: options.onMemoryFull,
    },
    memory: memory.openStored(),
    timing,
    partHoldBack: options.holdBackParts * timing.partTarget,
    firstMsn: Math.max(clockMsn, options.minMsn?.() ?? 0),
    epoch: options.newEpoch?.() ?? randomEpoch(startedAtMs),
    clock: options.clock,
    onFault: options.onFault,
    onSegment: options.onSegment,
    ...events,
  });
}

/** How much media to keep. */
function windowOf({ window, dvr }: HlsOutputOptions): number {
  return ticksOfSeconds(Math.max(window, dvr ?? 0));
}

/**
 * The first segment is playable. The others have more parts than half a second needs, so that with the first one they last as long as
 * the media sequence counts.
 */
export function openingOf(partTarget: number): OpeningParts {
  const following = Math.ceil(MSN_CLOCK / (MIN_PART_FILL * partTarget));
  return { first: playablePartsOf(partTarget), following: Math.max(following, LEAST_FOLLOWING_PARTS) };
}

function playablePartsOf(partTarget: number): number {
  return Math.max(PLAYABLE_PARTS, Math.ceil(LEAST_PLAYABLE / partTarget));
}

/** Players need one closed segment, and enough media to avoid a stall. */
export function hasEnoughToStart({ partCount, ring, timing }: Rendition): boolean {
  if (partCount >= playablePartsOf(timing.partTarget)) return true;
  return ring.segments[0]?.isOpen === false && ring.media >= PLAYABLE;
}

/** A single segment is larger than the stream's memory. */
export function overfullError({ isSharedOut, maxBytes }: StreamMemory): GatewayError {
  const limit = isSharedOut ? 'its share of media.max-memory' : `hls.max-memory (${maxBytes} bytes)`;
  return new GatewayError(
    'limit',
    'stream_memory',
    `a single segment holds more media than the stream may keep, which is ${limit}; lower the bitrate or raise the limit`,
  );
}

function randomEpoch(startedAtMs: number): string {
  const random = randomBytes(EPOCH_RANDOM_BYTES).readUIntBE(0, EPOCH_RANDOM_BYTES);
  return `${startedAtMs.toString(36)}${random.toString(36).padStart(5, '0')}`;
}
