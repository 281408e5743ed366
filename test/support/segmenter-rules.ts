// Checks the rules for parts and segments (RFC 8216bis 4.4.3.1, 4.4.3.7, 4.4.4.9).

import type { PartPlan } from '../../server/hls/part-plan.ts';
import type { PartTiming } from '../../server/hls/part-timing.ts';
import type { Sample } from '../../server/media/sample.ts';
import { secondsOf, ticksOfSeconds, toTicks } from '../../server/media/ticks.ts';
import type { Track } from '../../server/media/track.ts';
import type { FragmentTrack } from '../../server/mp4/fragment.ts';
import { mp4TrackId } from '../../server/mp4/track-id.ts';

const MIN_PART_FILL = 0.85;
/** A millisecond, in ticks of video. */
const TICKS_PER_RTMP_MS = 90;
/** Times are ticks of the common scale. */
export type PlannedSegment = {
  readonly start: number;
  readonly duration: number;
  readonly plans: readonly PartPlan[];
};

/** Parts grouped into segments. The last segment is open if it ended with a part that was written early. */
export function segmentsOf(plans: readonly PartPlan[]): PlannedSegment[] {
  const segments: PlannedSegment[] = [];
  let open: PartPlan[] = [];
  for (const plan of plans) {
    open.push(plan);
    if (!plan.endsSegment && plan !== plans.at(-1)) continue;
    const duration = open.reduce((sum, part) => sum + part.duration, 0);
    segments.push({ start: open[0]?.start ?? 0, duration, plans: open });
    open = [];
  }
  return segments;
}

/** Checks lengths, positions and sync samples of one run's parts and segments. */
export function checkPlans(plans: readonly PartPlan[], timing: PartTiming, lead: Track): void {
  let end = plans[0]?.start ?? 0;
  for (const [at, plan] of plans.entries()) {
    rule(plan.duration > 0 && Number.isInteger(plan.duration), `part ${at} has no length`);
    rule(plan.duration <= timing.partTarget, `part ${at} lasts ${plan.duration} of ${timing.partTarget}`);
    rule(
      plan.endsSegment || plan.duration >= MIN_PART_FILL * timing.partTarget,
      `part ${at} is short: ${plan.duration}`,
    );
    rule(plan.start === end, `part ${at} starts at ${plan.start}, not ${end}`);
    end = plan.start + plan.duration;
    const hasSync = plan.tracks.some(
      (track) => track.kind === lead.kind && track.samples.some((sample) => sample.isSync),
    );
    // A GAP is a complete slot without media.
    const isFull = plan.duration >= MIN_PART_FILL * timing.partTarget;
    rule(plan.tracks.length > 0 || isFull, `part ${at} is a gap of ${plan.duration} s`);
    rule(plan.isIndependent === hasSync, `part ${at} is wrongly independent or not`);
  }
  checkSegments(segmentsOf(plans), timing, lead);
}

function checkSegments(segments: readonly PlannedSegment[], timing: PartTiming, lead: Track): void {
  for (const [at, segment] of segments.entries()) {
    const next = segments[at + 1];
    rule(
      Math.round(secondsOf(segment.duration)) <= timing.targetDuration,
      `EXTINF ${segment.duration} rounds too high`,
    );
    if (next === undefined) break;
    rule(
      next.start - segment.start === segment.duration,
      `EXTINF ${segment.duration} is not the distance ${next.start - segment.start}`,
    );
    // A segment without a sync sample at its start is full, and has no sync sample inside.
    const startsInSync = leadSamples(next.plans, lead)[0]?.isSync === true;
    const isFull = segment.duration + timing.partTarget > ticksOfSeconds(timing.targetDuration);
    const isTooLarge = segment.plans.some((plan) => byteLength(plan) > 1_000_000);
    rule(
      startsInSync || isFull || isTooLarge,
      `segment ${at + 1} starts without a sync sample after ${secondsOf(segment.duration)} s`,
    );
    const target = timing.segmentTarget + timing.partTarget;
    const passedBy = leadSamplesAt(segment.plans, lead).filter(
      ({ isSync, time }) => isSync && time > segment.start + target && time > segment.start,
    );
    rule(passedBy.length === 0, `segment ${at} goes on past a sync sample at ${passedBy[0]?.time}`);
  }
}

/** Every sample once, in order, with continuous decode times; the last sound may be repeated to fill a run. */
export function checkSampleFlow(
  plans: readonly PartPlan[],
  samples: readonly Sample[],
  tracks: readonly Track[],
): void {
  for (const track of tracks) {
    const written = plans.flatMap((plan) =>
      plan.tracks.filter((candidate) => candidate.trackId === mp4TrackId(track.id)),
    );
    const sent = samples.filter((sample) => sample.kind === track.kind);
    const data = written.flatMap((fragment) => fragment.samples.map((sample) => sample.data));
    const standsIn =
      track.kind === 'audio' && data.length === sent.length + 1 && areSame(data.at(-1), data.at(-2));
    if (standsIn) data.pop();
    rule(data.length === sent.length, `${data.length} of ${sent.length} ${track.kind} samples were written`);
    for (const [at, sample] of sent.entries()) {
      rule(areSame(data[at], sample.data), `${track.kind} sample ${at} is not where it belongs`);
    }
    checkDecodeTimes(written, sent);
  }
}

function checkDecodeTimes(written: readonly FragmentTrack[], sent: readonly Sample[]): void {
  let at = 0;
  let end: number | undefined;
  let lastDuration = 0;
  for (const fragment of written) {
    rule(fragment.samples.length > 0, 'a track fragment without samples');
    let time = fragment.baseDecodeTime;
    rule(end === undefined || time === end, `tfdt ${time} after ${end}`);
    for (const sample of fragment.samples) {
      const source = sent[at++];
      if (source === undefined) break; // the repeated last sound
      // After a part that has ended early, where a constant rate is rounded to another millisecond than before.
      const isRounded = source.kind === 'video' && sample === fragment.samples[0];
      // A picture of the same millisecond follows such a one a tick later.
      const roomTicks = isRounded ? TICKS_PER_RTMP_MS : lastDuration === 1 ? 1 : 0;
      rule(Math.abs(source.dts - time) <= roomTicks, `sample at ${time}, sent for ${source.dts}`);
      rule(sample.duration > 0 && Number.isInteger(sample.duration), `duration ${sample.duration}`);
      const pts = time + sample.compositionOffset;
      rule(Math.abs(pts - source.pts) <= roomTicks, `pts ${pts}`);
      time += sample.duration;
      lastDuration = sample.duration;
    }
    end = time;
  }
}

function leadSamples(plans: readonly PartPlan[], lead: Track): { isSync: boolean }[] {
  return leadSamplesAt(plans, lead);
}

function leadSamplesAt(plans: readonly PartPlan[], lead: Track): { isSync: boolean; time: number }[] {
  return plans.flatMap((plan) =>
    plan.tracks
      .filter((track) => track.kind === lead.kind)
      .flatMap((track) => {
        let ticks = track.baseDecodeTime;
        return track.samples.map((sample) => {
          const time = toTicks(ticks, lead.timescale);
          ticks += sample.duration;
          return { isSync: sample.isSync, time };
        });
      }),
  );
}

function byteLength(plan: PartPlan): number {
  return plan.tracks.flatMap((track) => track.samples).reduce((sum, sample) => sum + sample.data.length, 0);
}

function rule(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}

function areSame(left: Uint8Array | undefined, right: Uint8Array | undefined): boolean {
  return left !== undefined && right !== undefined && Buffer.compare(left, right) === 0;
}
