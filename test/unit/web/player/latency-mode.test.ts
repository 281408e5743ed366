// The distances of the three modes.
import { describe, expect, it } from 'vitest';
import { isLatencyMode, modeTargetS, nextLatencyMode } from '../../../../web/player/latency-mode.ts';

const usual = { lowS: 0.8, holdBackS: 0.8, segmentS: 2 };

describe('the distance from live', () => {
  it.each([
    ['low', usual, 0.8],
    ['balanced', usual, 2.8],
    ['stable', usual, 6],
    // An unsteady line is already far from live in low latency.
    ['low', { ...usual, lowS: 2 }, 2],
    ['balanced', { ...usual, lowS: 3 }, 3],
    // Very short segments: never nearer than the playlist asks for.
    ['stable', { ...usual, segmentS: 0.1 }, 0.8],
  ] as const)('%s with %j is %s s', (mode, distances, expected) => {
    expect(modeTargetS(mode, distances)).toBeCloseTo(expected);
  });

  it('grows from mode to mode', () => {
    expect([nextLatencyMode('low'), nextLatencyMode('balanced'), nextLatencyMode('stable')]).toEqual([
      'balanced',
      'stable',
      undefined,
    ]);
  });

  it('is one of three modes', () => {
    expect(['low', 'steady', '', undefined, 3].filter(isLatencyMode)).toEqual(['low']);
  });
});
