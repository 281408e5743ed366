// From timestamps and tag bodies to samples: for any encoder clock, decode times increase and no picture has a time below
// 0.

import { GatewayError } from '../../../server/errors.ts';
import { writeAacTag } from '../../../server/flv/audio-tag.ts';
import { parseFlvFile } from '../../../server/flv/flv-file.ts';
import { writeAvcTag } from '../../../server/flv/video-tag.ts';
import { MAX_TRACKS, TrackAssembler } from '../../../server/ingest/track-assembler.ts';
import type { Sample } from '../../../server/media/sample.ts';
import { type SampleTime, Timeline } from '../../../server/media/timeline.ts';
import type { Track, TrackId } from '../../../server/media/track.ts';
import { AAC_CONFIG_CASES } from '../../cases/aac-configs.ts';
import { AVC_CONFIG_CASES } from '../../cases/avc-configs.ts';
import {
  AUDIO_8000,
  AUDIO_22050,
  AUDIO_44100,
  AUDIO_48000,
  type Frame,
  framesOf,
} from '../../cases/media-clocks.ts';
import { bucket, demand, type FuzzTarget, hexWords, tally } from '../fuzz-target.ts';
import { InputFeed } from '../input-feed.ts';
import { TINY_FLV } from './tags-and-codecs.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
/** The largest composition offset, milliseconds. */
const MAX_COMPOSITION_MS = 17 * 12_000;
const CLOCK_WORDS = hexWords(
  'ffffffff',
  '00000000',
  '7fffffff',
  '80000000',
  '00ffffff',
  '01000000',
  'fffff000',
  '0bb8',
  '0bb9',
  'f448',
);
const AUDIO_TRACKS = [AUDIO_44100, AUDIO_48000, AUDIO_22050, AUDIO_8000] as const;

/** One step of a clock: bit 0 audio, bits 1 and 2 the form of the time, bits 3 and 4 a change of the audio track. */
function stepBytes(kind: Frame['kind'], deltaMs: number): Buffer {
  const isAudio = kind === 'audio' ? 1 : 0;
  if (deltaMs >= 0 && deltaMs < 256) return Buffer.from([isAudio, deltaMs]);
  const bytes = Buffer.from([isAudio | 2, 0, 0]);
  bytes.writeInt16BE(Math.max(-0x8000, Math.min(deltaMs, 0x7fff)), 1);
  return bytes;
}

function startBytes(timestamp: number): Buffer {
  const bytes = Buffer.from([4, 0, 0, 0, 0]);
  bytes.writeUInt32BE(timestamp >>> 0, 1);
  return bytes;
}

function clockSeed(start: number, announce: (trueMs: number, kind: Frame['kind']) => number): Buffer {
  const frames = framesOf({ fps: 25, audio: AUDIO_44100, durationMs: 1_500, announce });
  let last = 0;
  const steps = frames.map(({ kind, timestamp }) => {
    const delta = timestamp - last;
    last = timestamp;
    return stepBytes(kind, delta);
  });
  return Buffer.concat([startBytes(start), ...steps]);
}

const clockSeeds = (): Buffer[] => [
  clockSeed(0, (ms) => ms),
  clockSeed(0xffff_fe00, (ms) => ms),
  clockSeed(0x7fff_fe00, (ms) => ms),
  clockSeed(0xff_fe00, (ms) => ms),
  clockSeed(0, (ms) => (ms > 700 ? ms + 20_000 : ms)),
  clockSeed(30_000, (ms) => (ms > 700 ? ms - 20_000 : ms)),
  clockSeed(0, (ms, kind) => (kind === 'audio' ? ms + 9_000 : ms)),
  clockSeed(0, (ms) => ms - (ms % 200)),
];

/** Reads the next timestamp of a script, relative to the last one or absolute. */
class ScriptedClock {
  #last = 0;

  next(feed: InputFeed, mode: number): number {
    if (mode === 0) this.#last += feed.u8();
    else if (mode === 1) this.#last += feed.i16();
    else this.#last = feed.u32();
    this.#last >>>= 0;
    return this.#last;
  }
}

const timeline: FuzzTarget = {
  name: 'timeline',
  seeds: clockSeeds,
  dictionary: CLOCK_WORDS,
  maxInputBytes: 2 * KIB,
  maxAllocatedBytes: 2 * MIB,
  mayRefuse: false,
  run: (input) => {
    const feed = new InputFeed(input);
    const real = new Timeline();
    const clock = new ScriptedClock();
    let audio: (typeof AUDIO_TRACKS)[number] = AUDIO_44100;
    const last = { video: Number.NEGATIVE_INFINITY, audio: Number.NEGATIVE_INFINITY };
    while (!feed.isEmpty) {
      const deed = feed.u8();
      const kind = (deed & 1) === 1 ? 'audio' : 'video';
      if ((deed & 0xf0) === 0xf0) {
        const next = feed.pick(AUDIO_TRACKS);
        real.rescaleAudio(audio.timescale, next.timescale);
        last.audio = Math.round((last.audio * next.timescale) / audio.timescale);
        audio = next;
      }
      const timestamp = clock.next(feed, (deed >> 1) & 3);
      const compositionMs = kind === 'video' && (deed & 0x08) !== 0 ? (feed.u24() << 8) >> 8 : 0;
      const jumps = real.repairs.jumps;
      const time =
        kind === 'video' ? real.videoTime(timestamp, compositionMs) : real.audioTime(timestamp, audio);
      checkTime(time, last[kind], kind);
      demand(!time.afterJump || real.repairs.jumps > jumps, () => 'a jump is not counted');
      last[kind] = time.dts;
    }
    return Object.values(real.repairs)
      .map((count) => Math.min(bucket(count), 2))
      .join(' ');
  },
};

function checkTime({ dts, pts }: Omit<SampleTime, 'afterJump'>, lastDts: number, kind: string): void {
  demand(Number.isSafeInteger(dts) && dts >= 0, () => `${kind} dts ${dts}`);
  demand(dts > lastDts, () => `${kind} dts ${dts} after ${lastDts}`);
  demand(Number.isSafeInteger(pts) && pts >= 0, () => `${kind} pts ${pts}, dts ${dts}`);
  demand(
    kind === 'audio' ? pts === dts : Math.abs(pts - dts) <= MAX_COMPOSITION_MS * 90,
    () => `${kind} pts ${pts}, dts ${dts}`,
  );
}

/** A tag of a script: kind, time, length, body. */
function tagBytes(isAudio: boolean, deltaMs: number, body: Buffer): Buffer {
  const head = Buffer.from([isAudio ? 1 : 0, Math.max(0, Math.min(deltaMs, 255)), 0, 0]);
  head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, body]);
}

function assemblerSeeds(): Buffer[] {
  const tags = parseFlvFile(TINY_FLV).filter(({ kind, body }) => kind !== 'script' && body.length < 2 * KIB);
  const recorded = (count: number): Buffer => {
    let last = 0;
    return Buffer.concat(
      tags.slice(0, count).map(({ kind, timestamp, body }) => {
        const delta = timestamp - last;
        last = timestamp;
        return tagBytes(kind === 'audio', delta, body);
      }),
    );
  };
  const avc = (record: Buffer) =>
    tagBytes(false, 0, writeAvcTag({ isConfig: true, isKey: true, compositionMs: 0, data: record }));
  const aac = (record: Buffer) => tagBytes(true, 0, writeAacTag({ isConfig: true, data: record }));
  const key = tagBytes(
    false,
    40,
    writeAvcTag({
      isConfig: false,
      isKey: true,
      compositionMs: 40,
      data: Buffer.from('0000000265ab', 'hex'),
    }),
  );
  const sound = tagBytes(true, 23, writeAacTag({ isConfig: false, data: Buffer.from('2100', 'hex') }));
  return [
    recorded(6),
    recorded(30),
    Buffer.concat(AVC_CONFIG_CASES.slice(0, 4).flatMap(({ record }) => [avc(record), key, key])),
    Buffer.concat(AAC_CONFIG_CASES.slice(0, 8).flatMap(({ record }) => [aac(record), sound, sound, sound])),
    Buffer.concat([key, sound, avc(AVC_CONFIG_CASES[0]?.record ?? Buffer.alloc(0)), key, sound]),
    Buffer.concat(Array.from({ length: 502 }, () => sound)),
  ];
}

const assembler: FuzzTarget = {
  name: 'track-assembler',
  seeds: assemblerSeeds,
  dictionary: [
    ...CLOCK_WORDS,
    ...hexWords('1700000000', '1701000000', '2701', 'af00', 'af01', 'af001210', 'af001190', '01640028ffe1'),
  ],
  maxInputBytes: 8 * KIB,
  maxAllocatedBytes: 4 * MIB,
  mayRefuse: false,
  run: (input) => {
    const feed = new InputFeed(input);
    const watched = new WatchedAssembler();
    const clock = new ScriptedClock();
    let code = 'end';
    try {
      while (!feed.isEmpty) {
        const deed = feed.u8();
        const timestamp = clock.next(feed, (deed >> 1) & 3);
        const body = feed.bytes(feed.u16());
        if ((deed & 1) === 1) watched.real.audio(timestamp, body);
        else watched.real.video(timestamp, body);
      }
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      code = error.code;
    }
    return `${code} ${tally(watched.events)} ${Object.values(watched.real.drops)
      .filter((count) => typeof count === 'number')
      .map(bucket)
      .join(' ')}`;
  },
};

class WatchedAssembler {
  readonly events: string[] = [];
  readonly real: TrackAssembler;
  readonly #tracks = new Map<TrackId, { readonly track: Track; last: number }>();
  #starts = 0;

  constructor() {
    this.real = new TrackAssembler({
      onStart: () => {
        this.#starts += 1;
        // Once more when a video track is removed that could never be shown.
        demand(this.#starts <= MAX_TRACKS, () => 'a source starts again and again');
        demand(this.#starts > 1 || this.#tracks.size === 0, () => 'a source starts late');
        this.#tracks.clear();
      },
      onTrack: (track) => this.#takeTrack(track),
      onSample: (sample) => this.#takeSample(sample),
    });
  }

  #takeTrack(track: Track): void {
    demand(this.#starts >= 1, () => 'a track before the start');
    const known = this.#tracks.get(track.id);
    demand(
      known?.track.config.record.equals(track.config.record) !== true,
      () => 'a track that has not changed',
    );
    const last =
      known === undefined ? Number.NEGATIVE_INFINITY : (known.last * track.timescale) / known.track.timescale;
    // Times in another clock's ticks are rounded.
    this.#tracks.set(track.id, {
      track,
      last: known?.track.timescale === track.timescale ? last : last - 1,
    });
    this.events.push(`track ${track.kind}`);
  }

  #takeSample(sample: Sample): void {
    const known = this.#tracks.get(sample.trackId);
    demand(known !== undefined, () => 'a sample without a track');
    demand(sample.data.length > 0, () => 'an empty sample');
    demand(sample.kind === 'video' || sample.isSync, () => 'sound that is no sync sample');
    checkTime(sample, known.last, sample.kind);
    known.last = sample.dts;
    this.events.push(sample.isSync ? sample.kind : `${sample.kind} not sync`);
  }
}

export const TIME_TARGETS: readonly FuzzTarget[] = [assembler, timeline];
