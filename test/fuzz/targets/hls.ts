// From samples to playlists and parts (RFC 8216bis, CMAF): any source must produce playlists that players accept.

import { parse } from 'hls-parser';
import { writeAacTag } from '../../../server/flv/audio-tag.ts';
import { writeAvcTag } from '../../../server/flv/video-tag.ts';
import type { PartPlan } from '../../../server/hls/part-plan.ts';
import { choosePartTiming, frameDuration } from '../../../server/hls/part-timing.ts';
import { Segmenter } from '../../../server/hls/segmenter.ts';
import { TrackAssembler } from '../../../server/ingest/track-assembler.ts';
import { ticksOfSeconds, toTicks } from '../../../server/media/ticks.ts';
import type { Track } from '../../../server/media/track.ts';
import { AAC_44100, AAC_48000 } from '../../cases/aac-configs.ts';
import { AVC_720P, AVC_CONFIG_CASES } from '../../cases/avc-configs.ts';
import { mp4boxFile } from '../../cases/mp4box-fragment.ts';
import { HlsScript } from '../../support/hls-script.ts';
import { readPlaylist } from '../../support/playlist-rules.ts';
import {
  audioSamples,
  interleave,
  testAudioTrack,
  testVideoTrack,
  videoSamples,
} from '../../support/samples.ts';
import { checkPlans, checkSampleFlow } from '../../support/segmenter-rules.ts';
import { bucket, demand, type FuzzTarget, hexWords } from '../fuzz-target.ts';
import { InputFeed } from '../input-feed.ts';

const MIB = 1024 * 1024;
const AUDIO_RATES = [0, 8_000, 22_050, 44_100, 48_000, 96_000] as const;

/** An input of this target: frame distances, key frame distances, jitter, sound. */
const segmenter: FuzzTarget = {
  name: 'segmenter',
  seeds: () => [
    Buffer.from([1, 40, 1, 50, 1, 0, 3, 1, 0, 0]),
    Buffer.from([1, 33, 2, 60, 250, 3, 250, 5, 1, 4, 1, 100, 50]),
    Buffer.from([4, 8, 255, 90, 3, 3, 1, 2, 3, 0, 3, 0, 200, 9]),
    Buffer.from([1, 255, 1, 1, 0, 0, 1, 90, 1]),
  ],
  dictionary: hexWords('ff', '00', '01', '28', '21'),
  maxInputBytes: 64,
  maxAllocatedBytes: 32 * MIB,
  maxRunMs: 1_000,
  mayRefuse: false,
  run: (input) => {
    const feed = new InputFeed(input);
    const several = (most: number, next: () => number) =>
      Array.from({ length: 1 + (feed.u8() % most) }, next);
    const stepsMs = several(12, () => 8 + feed.u8() * 3);
    const gopFrames = several(4, () => 1 + feed.u8() * 2);
    // Encoders' clocks jitter around a constant rate; irregular frame distances need no additional jitter.
    const jitterMs = stepsMs.length > 1 ? [0] : several(6, () => (feed.u8() % 25) - 12);
    const rate = feed.pick(AUDIO_RATES);
    const audio = rate === 0 ? undefined : testAudioTrack(rate);
    const seconds = 8;
    const video = videoSamples({
      stepsMs,
      gopFrames,
      jitterMs,
      seconds,
      startsInSync: feed.u8() % 4 !== 1,
      startMs: feed.u8() * 4,
    });
    const aheadS = (feed.u8() - 128) / 128;
    const samples =
      audio === undefined ? video : interleave(video, audioSamples({ seconds, track: audio }), audio, aheadS);
    const tracks: Track[] = audio === undefined ? [testVideoTrack()] : [testVideoTrack(), audio];
    const times = video.slice(0, 5).map((sample) => toTicks(sample.dts, 90_000));
    const step = frameDuration(
      times.slice(1).map((time, at) => time - (times[at] ?? 0)),
      [],
    );
    const timing = choosePartTiming({
      frameDuration: step,
      wantedPart: ticksOfSeconds(0.2),
      wantedSegment: ticksOfSeconds(2),
      isExact: false,
    });
    const plans: PartPlan[] = [];
    const cutter = new Segmenter({ tracks, timing, frameDuration: step, onPart: (plan) => plans.push(plan) });
    for (const sample of samples) cutter.push(sample);
    cutter.flush();
    checkPlans(plans, timing, testVideoTrack());
    checkSampleFlow(plans, samples, tracks);
    return `${bucket(plans.length)} ${bucket(plans.filter(({ endsSegment }) => endsSegment).length)} ${audio === undefined}`;
  },
};

const AVC_RECORDS = [AVC_720P, ...AVC_CONFIG_CASES.slice(0, 3)].map(({ record }) => record);
const AAC_RECORDS = [AAC_44100, AAC_48000].map(({ record }) => record);

/** The actions of a publisher in an input of the next target; the numbers are the first byte's low four bits. */
const DEED = {
  key: 0,
  frame: 1,
  sound: 2,
  avc: 3,
  aac: 4,
  reordered: 5,
  back: 6,
  anywhere: 7,
  leave: 8,
  wait: 9,
  soundJump: 10,
} as const;

/** One publication, tag by tag, through the assembler and the output, connected as in the gateway. */
class PublishedLife {
  readonly script = new HlsScript();
  #assembler = this.#newAssembler();
  #timestamp = 0;
  #partsSeen = 0;
  #hasMedia = false;
  #deeds = 0;

  act(feed: InputFeed): void {
    const deed = feed.u8() & 15;
    this.#deeds += 1;
    switch (deed) {
      case DEED.key:
      case DEED.frame:
        return this.#video(feed.u8(), deed === DEED.key, 0);
      case DEED.reordered:
        return this.#video(feed.u8(), false, feed.i16());
      case DEED.avc:
        return this.#assembler.video(
          this.#timestamp,
          writeAvcTag({ isConfig: true, isKey: true, compositionMs: 0, data: feed.pick(AVC_RECORDS) }),
        );
      case DEED.aac:
        return this.#assembler.audio(
          this.#timestamp,
          writeAacTag({ isConfig: true, data: feed.pick(AAC_RECORDS) }),
        );
      case DEED.back:
        return this.#video(-feed.u8(), true, 0);
      case DEED.anywhere:
        this.#timestamp = feed.u32();
        return this.#video(0, true, 0);
      case DEED.soundJump:
        return this.#sound(feed.i16());
      case DEED.leave:
        return this.#leave(feed.u8() * 100);
      case DEED.wait:
        this.script.nowMs += feed.u8() * 10;
        return;
      default:
        return this.#sound(deed === DEED.sound ? feed.u8() : 23);
    }
  }

  /** The end, and the checks of everything that was written. */
  finish(): string {
    this.#flush();
    this.script.end();
    this.script.checkDecodeTimes();
    const { output, history } = this.script;
    if (output.rendition === undefined) return `nothing ${this.#hasMedia}`;
    const multivariant = this.script.multivariant;
    demand(parse(multivariant).isMasterPlaylist, () => `no multivariant playlist:\n${multivariant}`);
    this.#checkFile();
    const segments = history.last?.segments ?? [];
    return `${bucket(output.rendition.partCount)} ${bucket(segments.length)} ${bucket(segments.at(-1)?.discontinuity ?? 0)}`;
  }

  /** mp4box reads the last segment after its init segment, only sometimes, because it is slow. */
  #checkFile(): void {
    const segment = this.script.history.last?.segments.at(-1);
    const init = this.script.output.rendition?.find(segment?.map ?? '');
    if (segment === undefined || init?.kind !== 'init' || this.#deeds % 8 !== 0) return;
    const parts = segment.parts.flatMap(({ uri }) => this.script.parts.get(uri)?.bytes ?? []);
    const file = mp4boxFile(Buffer.concat([init.init.bytes, ...parts]));
    demand(
      file.moov !== undefined && file.moofs.length === parts.length,
      () => `${file.moofs.length} fragments of ${parts.length} read`,
    );
  }

  #video(deltaMs: number, isKey: boolean, compositionMs: number): void {
    this.#timestamp = (this.#timestamp + deltaMs) >>> 0;
    const data = Buffer.from([0, 0, 0, 2, isKey ? 0x65 : 0x41, this.#deeds & 0xff]);
    this.#assembler.video(this.#timestamp, writeAvcTag({ isConfig: false, isKey, compositionMs, data }));
  }

  #sound(deltaMs: number): void {
    this.#timestamp = (this.#timestamp + deltaMs) >>> 0;
    this.#assembler.audio(
      this.#timestamp,
      writeAacTag({ isConfig: false, data: Buffer.from([0x21, this.#deeds & 0xff]) }),
    );
  }

  #leave(afterMs: number): void {
    this.#flush();
    this.script.nowMs += afterMs;
    this.#assembler = this.#newAssembler();
    this.#timestamp = 0;
  }

  #flush(): void {
    if (this.#hasMedia) this.script.stop();
    this.#hasMedia = false;
  }

  #newAssembler(): TrackAssembler {
    return new TrackAssembler({
      onStart: (hints) => {
        this.#hasMedia = true;
        this.script.start([], hints);
      },
      onTrack: (track) => this.script.track(track),
      onSample: (sample) => {
        this.script.nowMs += 5;
        this.script.output.onSample(sample);
        const parts = this.script.output.rendition?.partCount ?? 0;
        if (parts === this.#partsSeen) return;
        this.#partsSeen = parts;
        this.script.look();
      },
    });
  }
}

/** hls-parser multiplies binary fractions: for it, 0.238 s is less than 85 % of 0.28 s. */
function isRoundedByParser(error: unknown, text: string): boolean {
  if (!(error instanceof Error) || !error.message.includes('at least 85% of PART-TARGET')) return false;
  const { partTarget, segments } = readPlaylist(text);
  const inner = segments.flatMap(({ parts, uri }) => (uri === undefined ? parts : parts.slice(0, -1)));
  return inner.every(({ duration }) => Math.round(duration * 1e5) * 100 >= Math.round(partTarget * 1e5) * 85);
}

const lifeSeeds = (): Buffer[] => {
  const configs = [DEED.avc, 0, DEED.aac, 0];
  const gop = (frames: number, stepMs: number) => [
    DEED.key,
    stepMs,
    ...Array.from({ length: frames }, (_, at) =>
      at % 2 === 0 ? [DEED.sound, 0] : [DEED.frame, stepMs],
    ).flat(),
  ];
  return [
    [...configs, ...gop(60, 40), ...gop(60, 40)],
    [DEED.avc, 0, ...gop(30, 100), DEED.leave, 20, DEED.avc, 1, ...gop(30, 100)],
    [DEED.aac, 0, ...Array.from({ length: 90 }, () => [DEED.sound, 23]).flat()],
    [
      ...configs,
      ...gop(20, 40),
      DEED.anywhere,
      0xff,
      0xff,
      0xff,
      0x00,
      ...gop(20, 40),
      DEED.aac,
      1,
      ...gop(20, 40),
    ],
    [...configs, ...gop(20, 40), DEED.avc, 2, ...gop(20, 40), DEED.back, 200, ...gop(20, 40)],
    [DEED.avc, 0, ...gop(20, 40), DEED.aac, 0, ...gop(20, 200), DEED.soundJump, 0x20, 0, ...gop(20, 40)],
  ].map((bytes) => Buffer.from(bytes));
};

const hlsOutput: FuzzTarget = {
  name: 'hls-output',
  seeds: lifeSeeds,
  dictionary: hexWords(
    '0028',
    '0128',
    '0217',
    '0300',
    '0301',
    '0400',
    '0401',
    '0800',
    '0810',
    '07ffffff00',
    '0700000000',
    '0a2000',
    '01ff',
    '02ff',
  ),
  maxInputBytes: 512,
  maxAllocatedBytes: 64 * MIB,
  maxRunMs: 1_000,
  mayRefuse: true,
  run: (input) => {
    const feed = new InputFeed(input);
    const life = new PublishedLife();
    try {
      while (!feed.isEmpty) life.act(feed);
      return life.finish();
    } catch (error) {
      if (!isRoundedByParser(error, life.script.text)) throw error;
      return 'a part of 85 %, to the tick';
    }
  },
};

export const HLS_TARGETS: readonly FuzzTarget[] = [segmenter, hlsOutput];
