import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../server/clock.ts';
import { BlockPool } from '../../../server/hls/part-arena.ts';
import type { PartPlan } from '../../../server/hls/part-plan.ts';
import { Rendition, type RenditionOptions } from '../../../server/hls/rendition.ts';
import { ticksOfSeconds } from '../../../server/media/ticks.ts';
import { rethrow } from '../../support/rethrow.ts';

const FIRST_MSN = 100;

function newRendition(
  partTargetS = 0.5,
  maxBytes = 1_000_000,
  reports?: RenditionOptions['reports'],
): Rendition {
  const partTarget = ticksOfSeconds(partTargetS);
  const rendition = new Rendition({
    pool: new BlockPool(),
    ringLimits: { window: ticksOfSeconds(6), maxBytes },
    timing: { partTarget, targetDuration: 2, segmentTarget: ticksOfSeconds(1) },
    partHoldBack: 4 * partTarget,
    firstMsn: FIRST_MSN,
    epoch: 'e',
    clock: systemClock,
    onFault: rethrow,
    ...(reports === undefined ? {} : { reports }),
  });
  rendition.startRun(Buffer.from('init'));
  return rendition;
}

function part(options: { endsSegment?: boolean; isGap?: boolean; bytes?: number } = {}): PartPlan {
  const { endsSegment = false, isGap = false, bytes = 10 } = options;
  const samples = [{ duration: 45_000, compositionOffset: 0, isSync: true, data: Buffer.alloc(bytes) }];
  return {
    tracks: isGap ? [] : [{ trackId: 1, kind: 'video', baseDecodeTime: 0, samples }],
    start: 0,
    duration: ticksOfSeconds(0.5),
    isIndependent: !isGap,
    endsSegment,
  };
}

/** Segment 100 is closed with two parts, 101 is open with one. */
function midway(): Rendition {
  const rendition = newRendition();
  rendition.addPart(part(), 0);
  rendition.addPart(part({ endsSegment: true }), 500);
  rendition.addPart(part(), 1_000);
  return rendition;
}

/** Segments 100 and 101 are closed with two parts each. */
function between(): Rendition {
  const rendition = midway();
  rendition.addPart(part({ endsSegment: true }), 1_500);
  return rendition;
}

describe('what the playlist has reached (6.2.5.2)', () => {
  it.each([
    ['a past segment', 99, undefined, true],
    ['a past part', 99, 7, true],
    ['a closed segment', 100, undefined, true],
    ['its last part', 100, 1, true],
    ['past its final part: part 0 of the next', 100, 2, true],
    ['any part past its final one', 100, 999_999, true],
    ['the open segment as a whole', 101, undefined, false],
    ['its only part', 101, 0, true],
    ['its next part', 101, 1, false],
    ['the segment after it', 102, undefined, false],
    ['a part of the segment after it', 102, 0, false],
  ])('%s', (_what, msn, index, isReached) => {
    expect(midway().hasReached({ msn, part: index })).toBe(isReached);
  });

  it.each([
    ['the last closed segment', 101, undefined, true],
    ['its final part', 101, 1, true],
    ['past its final part, which is a part that is not there', 101, 2, false],
    ['part 0 of the next', 102, 0, false],
    ['past the final part of an earlier one', 100, 2, true],
  ])('%s, between segments', (_what, msn, index, isReached) => {
    expect(between().hasReached({ msn, part: index })).toBe(isReached);
  });

  it('is everything once it has ended', () => {
    const rendition = midway();
    rendition.end();
    expect(rendition.hasReached({ msn: 500, part: 3 })).toBe(true);
  });
});

describe('what is beyond reach (6.2.5.2)', () => {
  it.each([
    ['two segments past the open one', midway, 103, 0, false],
    ['three', midway, 104, undefined, true],
    ['a number that no stream reaches', midway, 999_999_999_999_999, 0, true],
    ['the advance part limit', midway, 101, 6, false],
    ['one past it', midway, 101, 7, true],
    ['two segments past the last closed one', between, 103, undefined, false],
    ['three, between segments', between, 104, undefined, true],
    ['a part of the segment to come that it will not have', midway, 102, 16, true],
    ['one of its first', midway, 102, 4, false],
    ['the past', midway, 3, 99, false],
  ])('%s', (_what, stream, msn, index, isBeyond) => {
    expect(stream().isBeyondReach({ msn, part: index })).toBe(isBeyond);
  });

  it('allows three parts of a second or more', () => {
    const rendition = newRendition(1);
    expect(rendition.isBeyondReach({ msn: FIRST_MSN, part: 2 })).toBe(false);
    expect(rendition.isBeyondReach({ msn: FIRST_MSN, part: 3 })).toBe(true);
  });
});

describe('waiting', () => {
  it('answers ten thousand at one cut from the same bytes', async () => {
    const rendition = midway();
    const { msn, part: index } = rendition.nextPosition;
    const answers: Buffer[] = [];
    for (let viewer = 0; viewer < 10_000; viewer += 1)
      rendition.waiters.wait({ msn, part: index }, 7_500, () =>
        answers.push(rendition.playlist.bytes('gzip')),
      );
    rendition.addPart(part(), 1_500);
    while (rendition.waiters.size > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(answers).toHaveLength(10_000);
    expect(new Set(answers).size).toBe(1);
    expect(rendition.renderCount).toBe(1);
  });

  it('holds for a whole segment, and for part 0 of the next past a final part', () => {
    const rendition = midway();
    const reached: string[] = [];
    rendition.waiters.wait({ msn: 101, part: undefined }, 7_500, () => reached.push('segment'));
    rendition.waiters.wait({ msn: 101, part: 2 }, 7_500, () => reached.push('part'));
    rendition.addPart(part({ endsSegment: true }), 1_500);
    expect(reached).toEqual(['segment']);
    rendition.addPart(part(), 2_000);
    expect(reached).toEqual(['segment', 'part']);
  });

  it('ends with the stream, and when it is forgotten', () => {
    for (const finish of ['end', 'close'] as const) {
      const rendition = midway();
      const outcomes: string[] = [];
      rendition.waiters.wait({ msn: 102, part: 0 }, 7_500, (outcome) => outcomes.push(outcome));
      rendition[finish]();
      expect(outcomes).toEqual(['ended']);
    }
  });
});

describe('rendition reports (4.4.5.4)', () => {
  it('tell how far the others are, until the end', () => {
    const other = midway();
    const silent = newRendition();
    const rendition = newRendition(0.5, 1_000_000, () =>
      [
        other.reportAs('other.m3u8'),
        silent.reportAs('silent.m3u8'),
        { uri: 'text.m3u8', lastMsn: 7, lastPart: undefined },
      ].filter((report) => report !== undefined),
    );
    rendition.addPart(part(), 0);
    expect(rendition.playlist.bytes('identity').toString()).toMatch(
      /#EXT-X-PRELOAD-HINT:[^\n]*\n#EXT-X-RENDITION-REPORT:URI="other\.m3u8",LAST-MSN=101,LAST-PART=0\n#EXT-X-RENDITION-REPORT:URI="text\.m3u8",LAST-MSN=7\n$/,
    );
    other.addPart(part({ endsSegment: true }), 1_500);
    rendition.addPart(part(), 500);
    expect(rendition.playlist.bytes('identity').toString()).toContain('LAST-MSN=101,LAST-PART=1\n');
    rendition.end();
    expect(rendition.playlist.bytes('identity').toString()).not.toContain('RENDITION-REPORT');
  });
});

describe('resources', () => {
  it('hints the part that comes next, whatever happens between in one run', () => {
    const rendition = newRendition();
    const hints: string[] = [];
    for (const [at, plan] of [part(), part({ endsSegment: true }), part({ isGap: true }), part()].entries()) {
      hints.push(rendition.nextPartUri);
      rendition.addPart(plan, at * 500);
    }
    expect(hints).toEqual([0, 1, 2, 3].map((number) => `part-e-${number}.m4s`));
    expect(hints.map((uri) => rendition.find(uri)?.kind)).toEqual(['part', 'part', undefined, 'part']);
    expect(rendition.playlist.bytes('identity').toString()).toContain(`URI="${hints[2]}",GAP=YES`);
  });

  it('never gives the part that one run hinted to the next: a player would append it to the wrong one', () => {
    const rendition = midway();
    const hinted = rendition.nextPartUri;
    rendition.startRun(Buffer.from('other init'));
    const closed = rendition.playlist.bytes('identity').toString();
    expect(closed).toContain(`PRELOAD-HINT:TYPE=PART,URI="${hinted}"`);
    expect(closed).not.toContain(rendition.nextPartUri);
    rendition.addPart(part(), 1_500);
    expect(rendition.find(hinted)).toBeUndefined();
    expect(rendition.playlist.bytes('identity').toString()).not.toContain(hinted);
  });

  it('shows no discontinuity before the first part, and gives every init segment its own name', () => {
    const rendition = newRendition();
    rendition.startRun(Buffer.from('other init'));
    rendition.addPart(part(), 0);
    const text = rendition.playlist.bytes('identity').toString();
    expect(text).not.toContain('#EXT-X-DISCONTINUITY\n');
    expect(text).toContain('#EXT-X-MAP:URI="init-e-1.mp4"');
  });

  it('never goes on with a segment of the run before', () => {
    const rendition = midway();
    rendition.startRun(Buffer.from('init'));
    rendition.addPart(part(), 9_000);
    expect(rendition.playlist.bytes('identity').toString().split('#EXT-X-DISCONTINUITY\n')).toHaveLength(2);
    expect(rendition.nextMsn).toBe(FIRST_MSN + 3);
  });

  it('gives nothing back once it is closed', () => {
    const rendition = between();
    rendition.close();
    for (const uri of ['part-e-0.m4s', 'seg-e-100.m4s', 'init-e-0.mp4'])
      expect(rendition.find(uri)).toBeUndefined();
  });
});
