// Rules between successive media playlists of one stream (RFC 8216bis 4.4.3, 4.4.4, 6.2.1, 6.2.2).
import { parse, setOptions } from 'hls-parser';

setOptions({ strictMode: true });

export type ListedPart = { readonly uri: string; readonly duration: number; readonly isGap: boolean };
export type ListedSegment = {
  readonly msn: number;
  readonly discontinuity: number;
  readonly map: string;
  readonly dateMs: number;
  readonly parts: readonly ListedPart[];
  /** Absent while the segment is open. */
  readonly uri: string | undefined;
  readonly duration: number | undefined;
};
export type ReadPlaylist = {
  readonly targetDuration: number;
  readonly partTarget: number;
  readonly mediaSequence: number;
  readonly segments: readonly ListedSegment[];
  readonly hint: string | undefined;
  readonly hasEnded: boolean;
};

/** Five decimals of the text, summed over a segment's parts. */
const TEXT_ROUNDING_S = 0.0005;

/** Reads a playlist line by line, independently of hls-parser. */
export function readPlaylist(text: string): ReadPlaylist {
  const value = (tag: string): string | undefined => new RegExp(`^#${tag}:(.*)$`, 'm').exec(text)?.[1];
  const mediaSequence = Number(value('EXT-X-MEDIA-SEQUENCE'));
  const segments: ListedSegment[] = [];
  let discontinuity = Number(value('EXT-X-DISCONTINUITY-SEQUENCE') ?? 0);
  let map = '';
  let open: { dateMs: number; parts: ListedPart[]; duration: number | undefined } | undefined;
  const opened = (): { dateMs: number; parts: ListedPart[]; duration: number | undefined } => {
    open ??= { dateMs: Number.NaN, parts: [], duration: undefined };
    return open;
  };
  const close = (uri: string | undefined): void => {
    if (open === undefined) return;
    segments.push({ msn: mediaSequence + segments.length, discontinuity, map, uri, ...open });
    open = undefined;
  };
  for (const line of text.split('\n')) {
    if (line === '#EXT-X-DISCONTINUITY') discontinuity += 1;
    else if (line.startsWith('#EXT-X-MAP:')) map = attribute(line, 'URI');
    else if (line.startsWith('#EXT-X-PROGRAM-DATE-TIME:'))
      opened().dateMs = Date.parse(line.slice(line.indexOf(':') + 1));
    else if (line.startsWith('#EXT-X-PART:'))
      opened().parts.push({
        uri: attribute(line, 'URI'),
        duration: Number(/DURATION=([^,]+)/.exec(line)?.[1]),
        isGap: line.includes('GAP=YES'),
      });
    else if (line.startsWith('#EXTINF:')) opened().duration = Number.parseFloat(line.slice(8));
    else if (line !== '' && !line.startsWith('#')) close(line);
  }
  close(undefined);
  const hint = value('EXT-X-PRELOAD-HINT');
  return {
    targetDuration: Number(value('EXT-X-TARGETDURATION')),
    partTarget: Number(/PART-TARGET=([\d.]+)/.exec(text)?.[1]),
    mediaSequence,
    segments,
    hint: hint === undefined ? undefined : attribute(hint, 'URI'),
    hasEnded: text.includes('#EXT-X-ENDLIST'),
  };
}

/** 4.4.3.8: the Skip Boundary is this many target durations from the end. */
const SKIP_TARGET_DURATIONS = 6;
const SKIP_LINE = /^#EXT-X-SKIP:SKIPPED-SEGMENTS=(\d+)\n/m;

/** A delta update is the full playlist without the segments beyond the Skip Boundary (6.2.5.1). */
export function checkDelta(full: string, delta: string): void {
  const skip = SKIP_LINE.exec(delta);
  rule(skip !== null, 'nothing is skipped', delta);
  rule(/^#EXT-X-VERSION:(9|\d\d)$/m.test(delta), 'EXT-X-SKIP needs version 9', delta);
  const head = delta.slice(0, skip.index).replace(/VERSION:\d+/, full.match(/VERSION:\d+/)?.[0] ?? '');
  const rest = delta.slice(skip.index + skip[0].length);
  rule(full.startsWith(head), 'the head is another', delta);
  rule(full.endsWith(rest), 'what is not skipped is another', delta);
  const skipped = full.slice(head.length, full.length - rest.length);
  rule(
    skipped.split('#EXTINF:').length - 1 === Number(skip[1]),
    `${skip[1]} segments are not what was skipped`,
    skipped,
  );
  const { segments, targetDuration } = readPlaylist(full);
  const kept = segments.slice(Number(skip[1]));
  const seconds = kept.reduce(
    (sum, { duration, parts }) => sum + (duration ?? parts.reduce((all, part) => all + part.duration, 0)),
    0,
  );
  const boundary = SKIP_TARGET_DURATIONS * targetDuration;
  rule(seconds > boundary - TEXT_ROUNDING_S, `only ${seconds} s are left, not ${boundary}`, delta);
}

/** Takes every playlist of one name in order; throws at the first that violates a rule. */
export class PlaylistHistory {
  #last: ReadPlaylist | undefined;
  readonly #segmentUris = new Map<number, string>();
  readonly #discontinuities = new Map<number, number>();
  readonly #dates = new Map<number, number>();
  readonly #partPlaces = new Map<string, string>();

  get last(): ReadPlaylist | undefined {
    return this.#last;
  }

  check(text: string): ReadPlaylist {
    parse(text);
    const playlist = readPlaylist(text);
    const last = this.#last;
    this.#last = playlist;
    if (last !== undefined) this.#checkStep(last, playlist);
    for (const [at, segment] of playlist.segments.entries()) {
      this.#checkSegment(segment, playlist, at === playlist.segments.length - 1);
      const next = playlist.segments[at + 1];
      if (next === undefined || segment.duration === undefined) continue;
      if (next.discontinuity === segment.discontinuity) {
        const distance = next.dateMs - segment.dateMs - segment.duration * 1000;
        rule(Math.abs(distance) <= 1.01, `dates are ${distance} ms off EXTINF at ${next.msn}`, text);
      }
    }
    return playlist;
  }

  #checkStep(last: ReadPlaylist, playlist: ReadPlaylist): void {
    const isNewStream = last.hasEnded;
    rule(playlist.mediaSequence >= last.mediaSequence, 'MEDIA-SEQUENCE went back');
    if (isNewStream) {
      rule(
        playlist.mediaSequence > (last.segments.at(-1)?.msn ?? 0),
        'an ended stream came back below its end',
      );
      return;
    }
    rule(playlist.targetDuration === last.targetDuration, 'TARGETDURATION changed');
    rule(playlist.partTarget === last.partTarget, 'PART-TARGET changed');
    for (const { msn, uri, parts } of last.segments) {
      const now = playlist.segments.find((segment) => segment.msn === msn);
      const hasReturned = uri !== undefined && parts.length === 0 && (now?.parts.length ?? 0) > 0;
      rule(!hasReturned, `the parts of segment ${msn} came back after they had been removed`);
    }
    const known = new Set(last.segments.flatMap((segment) => segment.parts.map((part) => part.uri)));
    const fresh = playlist.segments.filter((segment) => segment.msn >= (last.segments.at(-1)?.msn ?? 0));
    const added = fresh.flatMap(({ parts }) => parts.map(({ uri }) => uri)).filter((uri) => !known.has(uri));
    // If several segments were closed at once, the hinted part may be in one that is listed without parts.
    const areAllListed = fresh.every(({ parts }) => parts.length > 0);
    const [first] = added;
    const run = playlist.segments.find(({ parts }) => parts.some(({ uri }) => uri === first))?.discontinuity;
    // A player would append a hinted part to the previous run, so a new run must begin with a part that was not hinted.
    const isSameRun = run === last.segments.at(-1)?.discontinuity;
    if (first !== undefined && areAllListed)
      rule((first === last.hint) === isSameRun, `${first} came, ${last.hint} was hinted`);
    rule((playlist.hint === undefined) === playlist.hasEnded, 'the hint is missing, or there after the end');
  }

  #checkSegment(segment: ListedSegment, playlist: ReadPlaylist, isLast: boolean): void {
    const { msn, uri, duration, parts } = segment;
    rule(segment.map !== '', `segment ${msn} has no map`);
    rule(duration !== undefined || isLast, `segment ${msn} is open in the middle`);
    constant(this.#discontinuities, msn, segment.discontinuity);
    constant(this.#dates, msn, segment.dateMs);
    if (uri !== undefined) constant(this.#segmentUris, msn, uri);
    for (const [at, part] of parts.entries()) {
      constant(this.#partPlaces, part.uri, `${msn}/${at}`);
      rule(part.duration <= playlist.partTarget, `part ${part.uri} lasts ${part.duration}`);
      const endsSegment = at === parts.length - 1 && duration !== undefined;
      const isLong = part.duration >= 0.85 * playlist.partTarget - TEXT_ROUNDING_S;
      rule(isLong || endsSegment, `part ${part.uri} is short: ${part.duration}`);
    }
    if (duration === undefined) return;
    rule(Math.round(duration) <= playlist.targetDuration, `EXTINF ${duration} of segment ${msn}`);
    const sum = parts.reduce((seconds, part) => seconds + part.duration, 0);
    if (parts.length > 0)
      rule(Math.abs(sum - duration) < TEXT_ROUNDING_S, `parts of ${msn}: ${sum}, not ${duration}`);
  }
}

function constant<Key, Value>(seen: Map<Key, Value>, key: Key, value: Value): void {
  const known = seen.get(key);
  rule(known === undefined || known === value, `${key} was ${known}, is ${value}`);
  seen.set(key, value);
}

function attribute(line: string, name: string): string {
  return new RegExp(`${name}="([^"]*)"`).exec(line)?.[1] ?? '';
}

function rule(holds: boolean, otherwise: string, text = ''): asserts holds {
  if (!holds) throw new Error(text === '' ? otherwise : `${otherwise}\n${text}`);
}
