// What holds in one media playlist by itself (RFC 8216bis 4.4.3, 4.4.4, appendix B.1).

import type { Decimal, LineTell } from './attribute-list.ts';
import { type ListedPart, type ListedSegment, type MediaPlaylist, partHint } from './media-playlist.ts';

/** 4.4.4.9. */
const MIN_PART_FILL = 0.85;
/** 4.4.3.8. */
const HOLD_BACK_TARGETS = 3;
const SKIP_TARGETS = 6;
/** Dates have whole milliseconds: each may be half of one off. */
const DATE_ROUNDING_MS = 1;
/** Sums of decimal fractions in binary. */
const FLOAT_ERROR = 1e-9;

export function checkPlaylist(playlist: MediaPlaylist, tell: LineTell): void {
  const { targetDuration, partTarget, segments } = playlist;
  checkServerControl(playlist, tell);
  for (const segment of segments) {
    const { duration, lines, msn } = segment;
    if (!segment.isOpen && targetDuration !== undefined && Math.round(duration.value) > targetDuration)
      tell(
        'extinf_above_target',
        `EXTINF ${duration.value} of segment ${msn}; TARGETDURATION is ${targetDuration}`,
        lines.find(({ text }) => text.startsWith('#EXTINF')),
      );
    if (partTarget !== undefined) checkParts(segment, partTarget, tell);
  }
  checkDates(segments, tell);
  checkHints(playlist, tell);
}

/** Two numbers of a playlist are equal as far as they were written. */
export function isNear(left: number, right: number, tolerance: number): boolean {
  return Math.abs(left - right) <= tolerance + FLOAT_ERROR;
}

function checkServerControl(playlist: MediaPlaylist, tell: LineTell): void {
  const { serverControl, targetDuration = 0, partTarget } = playlist;
  const line = serverControl?.line;
  const { holdBack, canSkipUntil, partHoldBack } = serverControl ?? {};
  const isBelow = (given: Decimal | undefined, least: number): given is Decimal =>
    given !== undefined && given.value + given.resolution + FLOAT_ERROR < least;
  if (isBelow(holdBack, HOLD_BACK_TARGETS * targetDuration))
    tell('hold_back_too_small', `HOLD-BACK=${holdBack.value} and TARGETDURATION ${targetDuration}`, line);
  if (isBelow(canSkipUntil, SKIP_TARGETS * targetDuration))
    tell(
      'skip_boundary_too_small',
      `CAN-SKIP-UNTIL=${canSkipUntil.value} and TARGETDURATION ${targetDuration}`,
      line,
    );
  if (partTarget === undefined) return;
  if (partHoldBack === undefined) {
    const what = serverControl === undefined ? 'no EXT-X-SERVER-CONTROL' : 'no PART-HOLD-BACK';
    tell('attribute_missing', `a playlist with parts has ${what} (4.4.3.8)`, line);
  } else {
    const values = `PART-HOLD-BACK=${partHoldBack.value} and PART-TARGET=${partTarget.value}`;
    if (isBelow(partHoldBack, 2 * partTarget.value)) tell('part_hold_back_below_two', values, line);
    else if (isBelow(partHoldBack, 3 * partTarget.value)) tell('part_hold_back_below_three', values, line);
  }
  if (serverControl?.canBlockReload !== true && !playlist.hasEnded)
    tell('blocking_reload_missing', 'parts are listed and CAN-BLOCK-RELOAD=YES is not', line);
}

function checkParts(segment: ListedSegment, target: Decimal, tell: LineTell): void {
  const { parts, isOpen, msn } = segment;
  for (const [at, part] of parts.entries()) {
    const { duration, line, index } = part;
    const values = `part ${index} of segment ${msn} lasts ${duration.value}; PART-TARGET is ${target.value}`;
    if (duration.value > target.value + FLOAT_ERROR) tell('part_too_long', values, line);
    const endsSegment = at === parts.length - 1;
    const isLong = duration.value + duration.resolution + FLOAT_ERROR >= MIN_PART_FILL * target.value;
    if (isLong || endsSegment || isExempt(part, parts[at + 1])) continue;
    tell(part.isIndependent ? 'part_short_independent' : 'part_too_short', values, line);
  }
  const sum = parts.reduce((seconds, part) => seconds + part.duration.value, 0);
  const resolution = parts.reduce(
    (most, part) => most + part.duration.resolution,
    segment.duration.resolution,
  );
  if (!isOpen && sum > segment.duration.value + resolution + FLOAT_ERROR)
    tell(
      'parts_sum',
      `the parts of segment ${msn} last ${sum.toFixed(5)}, its EXTINF is ${segment.duration.value}`,
      segment.lines.at(-1),
    );
}

function isExempt(part: ListedPart, next: ListedPart | undefined): boolean {
  return part.isGap || next?.isGap === true;
}

function checkDates(segments: readonly ListedSegment[], tell: LineTell): void {
  let expected: { ms: number; tolerance: number } | undefined;
  for (const segment of segments) {
    const { dateMs, duration, hasDiscontinuity, lines, msn } = segment;
    if (hasDiscontinuity) expected = undefined;
    if (dateMs !== undefined) {
      if (expected !== undefined && !isNear(dateMs, expected.ms, expected.tolerance))
        tell(
          'date_step',
          `segment ${msn} is dated ${shown(dateMs)}, ${(dateMs - expected.ms).toFixed(2)} ms off where EXTINF leads`,
          lines.find(({ text }) => text.startsWith('#EXT-X-PROGRAM-DATE-TIME')),
        );
      expected = { ms: dateMs, tolerance: DATE_ROUNDING_MS };
    }
    if (expected === undefined) continue;
    expected.ms += duration.value * 1000;
    expected.tolerance += duration.resolution * 1000;
  }
}

function checkHints(playlist: MediaPlaylist, tell: LineTell): void {
  const { hints, hasEnded, partTarget, segments } = playlist;
  if (hasEnded) {
    for (const hint of hints) tell('hint_after_end', `${hint.uri} is hinted after EXT-X-ENDLIST`, hint.line);
    return;
  }
  for (const type of new Set(hints.map((hint) => hint.type))) {
    const [, second] = hints.filter((hint) => hint.type === type);
    if (second !== undefined)
      tell('hint_repeated', `${second.uri} is a second hint of TYPE=${type}`, second.line);
  }
  if (partTarget === undefined) return;
  if (partHint(playlist) === undefined) tell('hint_missing', 'no EXT-X-PRELOAD-HINT:TYPE=PART');
  if (segments.length > 0 && segments.every((segment) => segment.dateMs === undefined))
    tell('date_missing', 'no segment has an EXT-X-PROGRAM-DATE-TIME');
}

function shown(ms: number): string {
  return new Date(ms).toISOString();
}
