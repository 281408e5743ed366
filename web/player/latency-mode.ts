// How far behind live the viewer wants to be: as near as the line allows, or farther, so that late media stalls less.

export type LatencyMode = 'low' | 'balanced' | 'stable';

/** From the nearest to the farthest. */
export const LATENCY_MODES: readonly LatencyMode[] = ['low', 'balanced', 'stable'];

/** Segments behind live in addition to the playlist's distance: a whole late segment does not stall playback. */
const BALANCED_SEGMENTS = 1;
/** Segments behind live: two late segments in a row do not stall playback. */
const STABLE_SEGMENTS = 3;

export function isLatencyMode(value: unknown): value is LatencyMode {
  return LATENCY_MODES.some((mode) => mode === value);
}

/** The mode that stalls less; undefined after the last one. */
export function nextLatencyMode(mode: LatencyMode): LatencyMode | undefined {
  return LATENCY_MODES[LATENCY_MODES.indexOf(mode) + 1];
}

/** The wanted distance in seconds. `lowS` is the one for low latency, which follows the viewer's line. */
export function modeTargetS(
  mode: LatencyMode,
  distances: { readonly lowS: number; readonly holdBackS: number; readonly segmentS: number },
): number {
  const { lowS, holdBackS, segmentS } = distances;
  if (mode === 'low') return lowS;
  if (mode === 'balanced') return Math.max(lowS, holdBackS + BALANCED_SEGMENTS * segmentS);
  return Math.max(holdBackS, STABLE_SEGMENTS * segmentS);
}
