// A synthetic stream: the contents of each part, written by the gateway's own fragment writer.
import { parseAacConfig } from '../../../server/codec/aac.ts';
import { parseAvcConfig } from '../../../server/codec/avc.ts';
import { audioTrack, videoTrack } from '../../../server/media/track.ts';
import type { FragmentSample, FragmentTrack } from '../../../server/mp4/fragment.ts';
import { writeInitSegment } from '../../../server/mp4/init-segment.ts';
import { mp4TrackId } from '../../../server/mp4/track-id.ts';
import { fragmentBytes } from '../../support/fragment-bytes.ts';
import { tinyTags } from '../gateway-fixture.ts';

/** Configurations of real encoders: 96x54 baseline, 44.1 kHz mono. */
const video = videoTrack(parseAvcConfig(configOf('video', 5)));
const audio = audioTrack(parseAacConfig(configOf('audio', 2)));
export const CODECS = [video.config.codecString, audio.config.codecString];
export const INIT = writeInitSegment([video, audio]);

const FRAME_TICKS = 3_600;
const FRAME_RATE = 25;

/** How a script differs from a plain stream: a fault in the media. */
export type MediaScript = {
  /** Frames in each part of a segment; five if absent. */
  readonly frames?: readonly number[];
  /** Frame of a segment that is a key frame. */
  readonly keyFrame?: number;
  /** Changes a sample; `frame` is its number in the part. */
  readonly videoSample?: (sample: FragmentSample, frame: number, part: number) => FragmentSample;
  readonly audioSample?: (sample: FragmentSample, frame: number, part: number) => FragmentSample;
  /** Added to the audio's decode times, ticks. */
  readonly audioShift?: (part: number) => number;
  readonly sequenceNumber?: (part: number) => number;
  /** Changes the bytes of a part before it is added to its segment. */
  readonly bytes?: (bytes: Buffer, part: number) => Buffer;
};

export type ScriptedPart = {
  readonly bytes: Buffer;
  readonly seconds: number;
  readonly isIndependent: boolean;
};

/** The consecutive parts of one run; a new run restarts its clocks. */
export class ScriptedRun {
  readonly #script: MediaScript;
  #videoTime: number;
  #audioTime: number;
  readonly #start: number;

  /** @param startS start of its clocks, seconds */
  constructor(script: MediaScript, startS: number) {
    this.#script = script;
    this.#start = startS;
    this.#videoTime = startS * video.timescale;
    this.#audioTime = startS * audio.timescale;
  }

  /** The part with running number `part`, `index` in its segment. */
  next(part: number, index: number): ScriptedPart {
    const {
      frames = [],
      keyFrame = 0,
      bytes = (same) => same,
      sequenceNumber = () => part + 1,
    } = this.#script;
    const count = frames[index] ?? 5;
    const before = Array.from({ length: index }, (_, at) => frames[at] ?? 5).reduce(
      (sum, one) => sum + one,
      0,
    );
    const isKey = (frame: number): boolean => before + frame === keyFrame;
    const tracks = [this.#video(part, count, isKey), this.#audio(part)];
    const written = fragmentBytes(sequenceNumber(part), tracks);
    return {
      bytes: bytes(written, part),
      seconds: count / FRAME_RATE,
      isIndependent: Array.from({ length: count }, (_, frame) => isKey(frame)).includes(true),
    };
  }

  #video(part: number, count: number, isKey: (frame: number) => boolean): FragmentTrack {
    const { videoSample = (same) => same } = this.#script;
    const baseDecodeTime = this.#videoTime;
    const samples = Array.from({ length: count }, (_, frame) => {
      const isSync = isKey(frame);
      const data = nalUnit(isSync ? 0x65 : 0x41, isSync ? 400 : 60, part);
      return videoSample({ duration: FRAME_TICKS, compositionOffset: 0, isSync, data }, frame, part);
    });
    this.#videoTime += count * FRAME_TICKS;
    return { trackId: mp4TrackId(video.id), kind: 'video', baseDecodeTime, samples };
  }

  #audio(part: number): FragmentTrack {
    const { audioSample = (same) => same, audioShift = () => 0 } = this.#script;
    const { frameSamples } = audio.config;
    const baseDecodeTime = this.#audioTime + audioShift(part);
    const samples: FragmentSample[] = [];
    const until = (this.#videoTime / video.timescale - this.#start) * audio.timescale;
    while (this.#audioTime - this.#start * audio.timescale < until) {
      const sample = {
        duration: frameSamples,
        compositionOffset: 0,
        isSync: true,
        data: Buffer.alloc(40, part),
      };
      samples.push(audioSample(sample, samples.length, part));
      this.#audioTime += frameSamples;
    }
    return { trackId: mp4TrackId(audio.id), kind: 'audio', baseDecodeTime, samples };
  }
}

/** A length of four bytes, then the unit (ISO 14496-15 clause 5.3.4.2). */
function nalUnit(header: number, byteLength: number, seed: number): Buffer {
  const unit = Buffer.alloc(4 + byteLength, seed & 0x7f || 1);
  unit.writeUInt32BE(byteLength, 0);
  unit[4] = header;
  return unit;
}

function configOf(kind: 'video' | 'audio', headerBytes: number): Buffer {
  const tag = tinyTags.find((candidate) => candidate.kind === kind && candidate.body[1] === 0);
  if (tag === undefined) throw new Error(`the clip has no ${kind} configuration`);
  return tag.body.subarray(headerBytes);
}
