// The queues on the path of media with clocks that do anything: they stop, go back, run ahead, jump by hours, and the
// tracks arrive in any order. The held media stays within its budget, and is delivered, dropped or released.

import { GatewayError } from '../../../server/errors.ts';
import { HlsOutput } from '../../../server/hls/hls-output.ts';
import { NO_OPENING } from '../../../server/hls/opening-segments.ts';
import { BlockPool } from '../../../server/hls/part-arena.ts';
import type { PartPlan } from '../../../server/hls/part-plan.ts';
import { Segmenter } from '../../../server/hls/segmenter.ts';
import { type GateResult, StartGate } from '../../../server/hls/start-gate.ts';
import { GatewayMemory } from '../../../server/media/media-memory.ts';
import type { Sample } from '../../../server/media/sample.ts';
import { secondsOf, ticksOfSeconds, toTicks } from '../../../server/media/ticks.ts';
import { Timeline } from '../../../server/media/timeline.ts';
import { type TrackKind, trackIdOf } from '../../../server/media/track.ts';
import { MAX_TURN_MESSAGES } from '../../../server/rtmp/limits.ts';
import { clockOf } from '../../support/clock.ts';
import { testAudioTrack, testVideoTrack } from '../../support/samples.ts';
import { bucket, demand, type FuzzTarget, hexWords } from '../fuzz-target.ts';
import { InputFeed } from '../input-feed.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const START_MS = Date.UTC(2026, 0, 1);
const VIDEO = testVideoTrack();
const OTHER_VIDEO = testVideoTrack({ width: 640 });
const AUDIO = testAudioTrack();
/** Small, so that a short input can reach it. */
const GATE_BYTES = 32 * KIB;
const PART_BYTES = 32 * KIB;
const STREAM_BYTES = 256 * KIB;
/** A sample, its object, and a part in blocks slightly larger than it. */
const SLACK = 1.15;
const LARGEST_SAMPLE = 8 * KIB;
const SAMPLE_OVERHEAD = 512;
const TIMING = {
  partTarget: ticksOfSeconds(0.2),
  targetDuration: 4,
  segmentTarget: ticksOfSeconds(2),
};
/** A picture lasts at most ten seconds before its clock counts as set again, and a part at least two thirds of 0.2 s. */
const PARTS_OF_STEP = 80;
/**
 * A sample lasts until the next one of its track, and the last picture as long as there is sound: at most the whole
 * duration.
 */
const MAX_SAMPLE_S = 8;

/** The shortest word of an input that repeats its sample, and how often it can. */
const WORD_BYTES = 3;
const MAX_REPEATS = 48;
const MAX_QUEUE_INPUT = 128;
/** Media made in place of a lost track: twice real time, and a reserve of 24 s. */
const FILL_FACTOR = 2;
const FILL_RESERVE_MS = 24_000;
const STILL_MS = 500;

const STEPS_MS = [0, 0, 1, 21, 23, 40, 40, 200, 1_000, 2_500, 2_999, 3_001, 3_600_000, -1, -40, -2_500];

/** The next request of an input: the track of the samples, their number, and the change of the track's clock. */
class WildSource {
  readonly sent: Record<TrackKind, Buffer[]> = { video: [], audio: [] };
  /** Seconds from the earliest sample to the latest. */
  get spanS(): number {
    return this.#number === 0 ? 0 : this.#latestS - this.#earliestS;
  }

  readonly #timeline = new Timeline();
  #earliestS = Number.POSITIVE_INFINITY;
  #latestS = Number.NEGATIVE_INFINITY;
  readonly #clocksMs: Record<TrackKind, number> = { video: 1_000, audio: 1_000 };
  #number = 0;

  /** The samples for one word of the input. */
  *next(feed: InputFeed): Generator<Sample> {
    const head = feed.u8();
    const kind: TrackKind = (head & 1) === 0 ? 'video' : 'audio';
    const count = (head & 2) === 0 ? 1 : 1 + (feed.u8() % MAX_REPEATS);
    const isSync = kind === 'audio' || (head & 4) !== 0;
    const stepMs = (head & 8) === 0 ? (STEPS_MS[head >> 4] ?? 0) : feed.i16();
    const byteLength = 5 + ((head & 0x40) === 0 ? feed.u8() : (feed.u8() * 32) % LARGEST_SAMPLE);
    for (let at = 0; at < count; at += 1) {
      this.#clocksMs[kind] += stepMs;
      yield this.#sample(kind, isSync, byteLength);
    }
  }

  get count(): number {
    return this.#number;
  }

  #sample(kind: TrackKind, isSync: boolean, byteLength: number): Sample {
    this.#number += 1;
    const data = Buffer.alloc(byteLength, kind === 'video' ? 0x41 : 0x21);
    data.writeUInt32BE(this.#number, 0);
    this.sent[kind].push(data);
    const timestamp = this.#clocksMs[kind] >>> 0;
    const time =
      kind === 'video' ? this.#timeline.videoTime(timestamp, 0) : this.#timeline.audioTime(timestamp, AUDIO);
    const seconds = time.dts / (kind === 'video' ? VIDEO : AUDIO).timescale;
    this.#earliestS = Math.min(this.#earliestS, seconds);
    this.#latestS = Math.max(this.#latestS, seconds);
    return { trackId: trackIdOf(kind, 0), kind, ...time, isSync, data };
  }
}

/** Checks the order of numbered samples: each once, and none that was not sent. */
function checkOrder(what: string, data: readonly Uint8Array[]): void {
  let last = 0;
  for (const bytes of data) {
    const number = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).readUInt32BE(0);
    demand(number > last, () => `${what}: sample ${number} after ${last}`);
    last = number;
  }
}

const startGate: FuzzTarget = {
  name: 'start-gate',
  seeds: () => [
    Buffer.from('0e10060010400d10060010', 'hex'),
    Buffer.from('03300203300203300205', 'hex'),
    Buffer.from('0010011001100110011001100610', 'hex'),
    Buffer.from('07ff2003302003ff20', 'hex'),
  ],
  dictionary: hexWords('03ff', '4330ff', '04', '05', '08ffff', '0bff7fff', 'fe'),
  maxInputBytes: 128,
  maxAllocatedBytes: 64 * MIB,
  mayRefuse: false,
  run: runGate,
};

function runGate(input: Buffer): string {
  const feed = new InputFeed(input);
  const setup = feed.u8();
  const hints = {
    ...((setup & 1) === 0 ? {} : { hasVideo: (setup & 2) !== 0 }),
    ...((setup & 4) === 0 ? {} : { hasAudio: (setup & 8) !== 0 }),
  };
  const gate = new StartGate(hints, GATE_BYTES);
  if ((setup & 0x30) !== 0x10) gate.setTrack(VIDEO);
  if ((setup & 0x30) !== 0x20) gate.setTrack(AUDIO);
  const source = new WildSource();
  let nowMs = START_MS;
  let result: GateResult | undefined;
  while (!feed.isEmpty && result === undefined) {
    for (const sample of source.next(feed)) {
      nowMs += setup & 0x0f;
      result = gate.push(sample, nowMs);
      const most = GATE_BYTES + LARGEST_SAMPLE + SAMPLE_OVERHEAD;
      demand(gate.heldBytes <= most, () => `${gate.heldBytes} bytes are held, ${most} may be`);
      if (result !== undefined) break;
    }
    if (source.count % 5 === 4) gate.setTrack(source.count % 2 === 0 ? VIDEO : OTHER_VIDEO);
  }
  const isOpen = result !== undefined;
  result ??= gate.finish();
  if (result === undefined) return 'nothing to play';
  checkGateResult(result, source.spanS);
  demand(gate.heldBytes === 0, () => `${gate.heldBytes} bytes are still held`);
  return `${isOpen} ${result.lead.kind} ${bucket(result.samples.length)}`;
}

function checkGateResult(result: GateResult, spanS: number): void {
  const { samples, lead, tracks, start } = result;
  const frameS = secondsOf(result.frameDuration);
  demand(frameS > 0 && frameS < MAX_SAMPLE_S + spanS, () => `a frame lasts ${frameS} s`);
  const ofLead = samples.filter((sample) => sample.kind === lead.kind);
  demand(ofLead[0]?.isSync === true, () => 'the first sample of the leading track cannot be decoded');
  demand(toTicks(ofLead[0].dts, lead.timescale) === start, () => `it starts at ${start}`);
  for (const { kind } of tracks) {
    const own = samples.filter((sample) => sample.kind === kind);
    demand(own.length > 0, () => `there is no sample of ${kind}`);
    checkOrder(
      kind,
      own.map(({ data }) => data),
    );
    for (const [at, { dts }] of own.entries())
      demand(at === 0 || dts > (own[at - 1]?.dts ?? dts), () => `${kind} goes back to ${dts}`);
  }
}

const segmenterClocks: FuzzTarget = {
  name: 'segmenter-clocks',
  seeds: () => [
    Buffer.from('0006102630010210263001021006102630', 'hex'),
    Buffer.from('000610033000033000500610', 'hex'),
    Buffer.from('01061002302010023020300610', 'hex'),
    Buffer.from('000610c610c61006100bff7fff10', 'hex'),
  ],
  dictionary: hexWords('03ff', '02ff', '4230ff', '06', 'a6', 'b6', 'c6', 'd6', 'e6', 'f6', '0eff7f'),
  maxInputBytes: 128,
  maxAllocatedBytes: 64 * MIB,
  mayRefuse: false,
  // Each of 2,048 samples may be 80 parts long.
  maxRunMs: 1_000,
  run: runSegmenter,
};

/** Checks each plan against the previous one. */
class PlanJudge {
  readonly written: Record<TrackKind, Uint8Array[]> = { video: [], audio: [] };
  count = 0;
  readonly #source: WildSource;
  #end: number | undefined;
  readonly #ends: Partial<Record<TrackKind, number>> = {};

  constructor(source: WildSource) {
    this.#source = source;
  }

  take(plan: PartPlan): void {
    this.count += 1;
    const { start, duration, tracks } = plan;
    demand(duration > 0 && duration <= TIMING.partTarget, () => `a part lasts ${secondsOf(duration)} s`);
    const end = this.#end;
    demand(end === undefined || start === end, () => `a part starts at ${start}, not ${end}`);
    this.#end = start + duration;
    for (const { kind, baseDecodeTime, samples } of tracks) {
      const timescale = kind === 'video' ? VIDEO.timescale : AUDIO.timescale;
      const before = this.#ends[kind];
      demand(
        before === undefined || baseDecodeTime >= before,
        () => `${kind} is decoded at ${baseDecodeTime}, behind ${before}`,
      );
      let time = baseDecodeTime;
      for (const sample of samples) {
        const seconds = sample.duration / timescale;
        demand(
          sample.duration > 0 && Number.isInteger(sample.duration),
          () => `${kind} lasts ${sample.duration} ticks`,
        );
        demand(seconds < MAX_SAMPLE_S + this.#source.spanS, () => `a sample of ${kind} lasts ${seconds} s`);
        time += sample.duration;
        this.written[kind].push(sample.data);
      }
      this.#ends[kind] = time;
    }
  }
}

function runSegmenter(input: Buffer): string {
  const feed = new InputFeed(input);
  const setup = feed.u8();
  const tracks = [[VIDEO, AUDIO], [VIDEO], [AUDIO]][setup % 3] ?? [VIDEO];
  const source = new WildSource();
  const judge = new PlanJudge(source);
  const segmenter = new Segmenter({
    tracks,
    timing: TIMING,
    frameDuration: ticksOfSeconds(0.04),
    opening: setup & 0x40 ? { first: 2, following: 3 } : NO_OPENING,
    followsDiscontinuity: (setup & 0x80) !== 0,
    maxPartBytes: PART_BYTES,
    onPart: (plan) => judge.take(plan),
  });
  const pushed: Record<TrackKind, Buffer[]> = { video: [], audio: [] };
  let refusal: string | undefined;
  try {
    while (!feed.isEmpty) {
      for (const sample of source.next(feed)) {
        if (!tracks.some(({ kind }) => kind === sample.kind)) continue;
        segmenter.push(sample);
        pushed[sample.kind].push(sample.data);
        const most = PART_BYTES + LARGEST_SAMPLE + SAMPLE_OVERHEAD;
        demand(segmenter.heldBytes <= most, () => `${segmenter.heldBytes} bytes are held, ${most} may be`);
      }
    }
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'part_too_large') throw error;
    refusal = error.code;
  }
  segmenter.flush();
  checkDelivered(judge, pushed, tracks[0]?.kind ?? 'video');
  const most = source.count * PARTS_OF_STEP + PARTS_OF_STEP;
  demand(judge.count <= most, () => `${judge.count} parts of ${source.count} samples`);
  return `${refusal} ${bucket(judge.count)} ${bucket(source.count)}`;
}

/** In order and once each. At the end of a run, missing sound is filled by repetition, but not without a picture. */
function checkDelivered(judge: PlanJudge, pushed: Record<TrackKind, Buffer[]>, lead: TrackKind): void {
  for (const kind of ['video', 'audio'] as const) {
    // The frame that is repeated may have been moved to other memory.
    const written = judge.written[kind].filter((data, at, all) => at === 0 || !isCopy(data, all[at - 1]));
    checkOrder(kind, written);
    demand(written.length <= pushed[kind].length, () => `more ${kind} was written than sent`);
    const isHeard = pushed[lead].length > 0;
    const missing = pushed[kind].length - written.length;
    demand(
      !isHeard || missing === 0,
      () => `${missing} of ${pushed[kind].length} samples of ${kind} are lost`,
    );
  }
}

function isCopy(data: Uint8Array, other: Uint8Array | undefined): boolean {
  return other !== undefined && Buffer.compare(data, other) === 0;
}

const followerQueue: FuzzTarget = {
  name: 'follower-queue',
  seeds: () => [
    Buffer.from('000610263001021026300102100610263001', 'hex'),
    Buffer.from('0006300230010230023001023003ff2003ff20', 'hex'),
    Buffer.from('00063002300102300230c610c610c61003ff20', 'hex'),
    Buffer.from('010330023001063003ff2003ff200630', 'hex'),
  ],
  dictionary: hexWords('03ff', '02ff', '4330ff', '4230ff', '06', 'c6', 'd6', 'f7', '0fff00'),
  maxInputBytes: MAX_QUEUE_INPUT,
  maxAllocatedBytes: 96 * MIB,
  // A sample can be fifty parts. A connection has a turn after MAX_TURN_MESSAGES, and a turn may take 100 ms.
  maxRunMs: Math.ceil(((MAX_QUEUE_INPUT / WORD_BYTES) * MAX_REPEATS) / MAX_TURN_MESSAGES) * 100,
  mayRefuse: true,
  run: runOutput,
};

/** The whole output with its own account, which must include every byte that is kept anywhere. */
function runOutput(input: Buffer): string {
  const feed = new InputFeed(input);
  const setup = feed.u8();
  const gateway = new GatewayMemory();
  const memory = gateway.open(STREAM_BYTES);
  let nowMs = START_MS;
  let silentTicks = 0;
  let stillMs = 0;
  const output = new HlsOutput({
    pool: new BlockPool(),
    part: 0.2,
    segment: 2,
    window: 12,
    maxBytes: STREAM_BYTES,
    memory,
    holdBackParts: 4,
    clock: clockOf(() => nowMs),
    onFault: (error) => {
      throw error;
    },
    onPlayable: () => {},
    onSilence: (event) => {
      if (event.kind === 'made') silentTicks += event.frames * AUDIO.config.frameSamples;
    },
    onStill: (event) => {
      if (event.kind === 'made') stillMs += event.pictures * STILL_MS;
    },
    newEpoch: () => 'e',
  });
  const source = new WildSource();
  output.onSourceStart({});
  output.onTrack(VIDEO);
  if ((setup & 1) === 0) output.onTrack(AUDIO);
  let refusal = '';
  try {
    while (!feed.isEmpty) {
      for (const sample of source.next(feed)) {
        nowMs += setup;
        output.onSample(sample);
        memory.checkWaiting();
        const most = STREAM_BYTES * SLACK + MIB;
        demand(memory.usedBytes <= most, () => `${memory.usedBytes} bytes are kept, ${most} may be`);
        const mostMs = FILL_RESERVE_MS + FILL_FACTOR * (nowMs - START_MS);
        demand(
          silentTicks * 1_000 <= mostMs * AUDIO.timescale && stillMs <= mostMs,
          () => `${silentTicks} ticks of silence and ${stillMs} ms of stills, ${mostMs} ms may be`,
        );
        if (source.count === 20) output.onTrack(AUDIO);
        if (source.count % 200 === 0) output.onTrack(source.count % 400 === 0 ? VIDEO : OTHER_VIDEO);
      }
    }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    refusal = error.code;
  }
  output.onSourceEnd();
  demand(memory.waitingBytes === 0, () => `${memory.waitingBytes} bytes still wait when the source has gone`);
  output.onEnd();
  const parts = output.rendition?.partCount ?? 0;
  demand(parts <= (source.count + 1) * PARTS_OF_STEP, () => `${parts} parts of ${source.count} samples`);
  output.close();
  demand(memory.usedBytes === 0, () => `${memory.usedBytes} bytes are kept behind the end`);
  return `${refusal} ${bucket(parts)} ${bucket(source.count)}`;
}

export const WILD_CLOCK_TARGETS: readonly FuzzTarget[] = [startGate, segmenterClocks, followerQueue];
