// Media of one rendition in order: each track must continue where it stopped and last as long as the playlist says (ISO
// 14496-12 clause 8.8.12; RFC 8216bis 3.2, 4.4.4.1). A discontinuity resets this.

import type { Decimal } from './attribute-list.ts';
import type { ReadFragment, ReadSample, TrackRun } from './fragment-reader.ts';
import type { InitTrack } from './init-reader.ts';
import { checkNalUnits } from './nal-units.ts';
import { isNear } from './playlist-rules.ts';
import type { RuleCode } from './rules.ts';

/** A part, or a segment without parts. */
export type MediaUnit = {
  /** For messages: `part 3 of segment 12`. */
  readonly name: string;
  readonly duration: Decimal;
  /** Undefined for a segment. */
  readonly part: { readonly isIndependent: boolean; readonly target: number } | undefined;
  readonly startsSegment: boolean;
  readonly mustStartInSync: boolean;
  /** Those of the EXT-X-MAP. */
  readonly tracks: readonly InitTrack[];
};

export type MediaTell = (code: RuleCode, message: string) => void;

/** Rounding error of decimals in playlists and ticks in media. */
const SPAN_TOLERANCE_S = 0.001;
/** A smaller step between two parts is rounding. */
const ROUNDING_S = 0.001;
/** Largest distance of sound and picture in one part. */
const MAX_TRACKS_APART_S = 1;

export class MediaRun {
  readonly #tell: MediaTell;
  /** Next expected time of each track, ticks. */
  readonly #ends = new Map<number, number>();
  #lastSequence = -1;
  /** Expected start of the next unit on the leading track's clock, seconds; undefined until it is known. */
  #start: number | undefined;
  /** The start comes from the media and is not confirmed by a unit's end yet. */
  #isProvisional = true;
  #hadGap = false;
  #videoFrames = 0;
  #videoSeconds = 0;

  constructor(tell: MediaTell) {
    this.#tell = tell;
  }

  /** Frames per second of the video since the last discontinuity; undefined before two seconds of it. */
  get frameRate(): number | undefined {
    return this.#videoSeconds < 2 ? undefined : this.#videoFrames / this.#videoSeconds;
  }

  /** After a discontinuity or unchecked units, tracks may start anywhere. */
  restart(): void {
    this.#ends.clear();
    this.#lastSequence = -1;
    this.#start = undefined;
    this.#isProvisional = true;
    this.#hadGap = false;
    this.#videoFrames = 0;
    this.#videoSeconds = 0;
  }

  /** Media that is declared missing. */
  skipGap(duration: number): void {
    if (this.#start !== undefined) this.#start += duration;
    this.#hadGap = true;
    this.#isProvisional = true;
  }

  add(unit: MediaUnit, fragments: readonly ReadFragment[]): void {
    const lead = leadingTrack(unit.tracks);
    for (const { sequenceNumber, runs } of fragments) {
      if (sequenceNumber <= this.#lastSequence)
        this.#tell('fragment_sequence', `${unit.name}: mfhd ${sequenceNumber} after ${this.#lastSequence}`);
      this.#lastSequence = sequenceNumber;
      for (const run of runs) this.#checkRun(unit, run);
    }
    this.#hadGap = false;
    const samples = lead === undefined ? [] : samplesOf(fragments, lead);
    this.#checkSync(unit, lead, samples);
    if (lead === undefined) return;
    this.#checkSpan(unit, lead, samples);
    this.#checkTracksTogether(unit, lead, fragments);
  }

  #checkRun(unit: MediaUnit, { track, samples }: TrackRun): void {
    const [first] = samples;
    if (first === undefined) return;
    const end = this.#ends.get(track.id);
    if (end !== undefined && first.dts !== end) this.#tellStep(unit, track, first.dts - end);
    for (const sample of samples) this.#checkSample(unit, track, sample);
    const last = samples.at(-1) ?? first;
    this.#ends.set(track.id, last.dts + last.duration);
    if (track.kind !== 'video') return;
    this.#videoFrames += samples.length;
    this.#videoSeconds += (last.dts + last.duration - first.dts) / track.timescale;
  }

  #tellStep(unit: MediaUnit, track: InitTrack, ticks: number): void {
    if (ticks > 0 && this.#hadGap) return;
    const seconds = ticks / track.timescale;
    const what = `${unit.name}: track ${track.id} (${track.kind}) begins ${Math.abs(ticks)} ticks`;
    const where = `${ticks > 0 ? 'after' : 'before'} its end so far (${(seconds * 1000).toFixed(3)} ms)`;
    const isRounding = Math.abs(seconds) < ROUNDING_S;
    this.#tell(isRounding ? 'track_rounding' : ticks > 0 ? 'track_gap' : 'track_overlap', `${what} ${where}`);
  }

  #checkSample(unit: MediaUnit, track: InitTrack, sample: ReadSample): void {
    const where = `${unit.name}: track ${track.id} at ${sample.dts}`;
    if (sample.duration === 0) this.#tell('sample_duration', `${where} has a sample of duration 0`);
    if (sample.dts + sample.compositionOffset < 0)
      this.#tell('negative_time', `${where} is shown at ${sample.dts + sample.compositionOffset} ticks`);
    if (track.nalLengthSize === undefined) return;
    const fault = checkNalUnits(sample.data, track.nalLengthSize, sample.isSync);
    if (fault !== undefined) this.#tell(fault.code, `${where}: ${fault.message}`);
  }

  #checkSync(unit: MediaUnit, lead: InitTrack | undefined, samples: readonly ReadSample[]): void {
    const hasSync = samples.some((sample) => sample.isSync);
    if (unit.mustStartInSync && unit.startsSegment && lead?.kind === 'video' && samples[0]?.isSync !== true)
      this.#tell('segment_not_independent', `${unit.name} does not begin with a sync sample`);
    if (unit.part === undefined) return;
    if (unit.part.isIndependent && !hasSync)
      this.#tell('independent_without_sync', `${unit.name} is INDEPENDENT=YES and has no sync sample`);
    if (!unit.part.isIndependent && hasSync && lead?.kind === 'video')
      this.#tell('independent_unmarked', `${unit.name} has a sync sample and is not INDEPENDENT=YES`);
  }

  /**
   * The leading track fills the unit. A picture that is longer than PART-TARGET may extend past its end; the next unit then
   * begins with the next picture.
   */
  #checkSpan(unit: MediaUnit, lead: InitTrack, samples: readonly ReadSample[]): void {
    const [first, last] = [samples[0], samples.at(-1)];
    const { value, resolution } = unit.duration;
    if (first === undefined || last === undefined) return this.#checkEmpty(unit, lead);
    const mediaStart = first.dts / lead.timescale;
    const mediaEnd = (last.dts + last.duration) / lead.timescale;
    const start = this.#start ?? mediaStart;
    const end = start + value;
    const tolerance = SPAN_TOLERANCE_S + resolution;
    const isFull = unit.part !== undefined && value + resolution + tolerance >= unit.part.target;
    const overhangs = mediaEnd > end + tolerance && isFull && last.dts / lead.timescale < end - tolerance;
    if (isNear(mediaEnd, end, tolerance)) {
      this.#start = mediaEnd;
      this.#isProvisional = false;
    } else if (overhangs && !this.#isProvisional) {
      this.#start = end;
    } else {
      if (!this.#isProvisional) this.#tellSpan(unit, lead, { start, mediaStart, mediaEnd });
      this.#start = mediaEnd;
      this.#isProvisional = true;
    }
  }

  /** A unit without a sample is inside the previous picture. */
  #checkEmpty(unit: MediaUnit, lead: InitTrack): void {
    const lastEnd = this.#ends.get(lead.id);
    if (this.#start === undefined || lastEnd === undefined) return;
    const [start, mediaEnd] = [this.#start, lastEnd / lead.timescale];
    this.#start += unit.duration.value;
    if (this.#isProvisional || mediaEnd > this.#start - SPAN_TOLERANCE_S) return;
    this.#tellSpan(unit, lead, { start, mediaStart: mediaEnd, mediaEnd });
    this.#isProvisional = true;
  }

  #tellSpan(
    unit: MediaUnit,
    lead: InitTrack,
    span: { start: number; mediaStart: number; mediaEnd: number },
  ): void {
    const off = (span.mediaEnd - span.start - unit.duration.value) * 1000;
    this.#tell(
      'media_span',
      `${unit.name} lasts ${unit.duration.value} by the playlist; its ${lead.kind} runs from ${span.mediaStart.toFixed(5)} to ${span.mediaEnd.toFixed(5)}, ${off.toFixed(3)} ms off`,
    );
  }

  #checkTracksTogether(unit: MediaUnit, lead: InitTrack, fragments: readonly ReadFragment[]): void {
    const startOf = (track: InitTrack): number | undefined => {
      const first = samplesOf(fragments, track)[0];
      return first === undefined ? undefined : first.dts / track.timescale;
    };
    const leadStart = startOf(lead);
    for (const track of tracksOf(fragments)) {
      const start = startOf(track);
      if (start === undefined || leadStart === undefined) continue;
      if (Math.abs(start - leadStart) > MAX_TRACKS_APART_S + unit.duration.value)
        this.#tell(
          'tracks_apart',
          `${unit.name}: track ${track.id} begins at ${start.toFixed(3)} s, track ${lead.id} at ${leadStart.toFixed(3)} s`,
        );
    }
  }
}

/** Video, if there is any: parts are cut at its pictures. */
function leadingTrack(tracks: readonly InitTrack[]): InitTrack | undefined {
  return tracks.find((track) => track.kind === 'video') ?? tracks[0];
}

function tracksOf(fragments: readonly ReadFragment[]): readonly InitTrack[] {
  return [...new Set(fragments.flatMap(({ runs }) => runs.map((run) => run.track)))];
}

function samplesOf(fragments: readonly ReadFragment[], track: InitTrack): readonly ReadSample[] {
  return fragments.flatMap(({ runs }) =>
    runs.filter((run) => run.track === track).flatMap((run) => run.samples),
  );
}
