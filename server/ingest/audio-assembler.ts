// One audio track of a source: turns its messages into a track and frames.

import { type AacConfig, parseAacConfig } from '../codec/aac.ts';
import { adtsConfig, adtsFrameEnd, adtsHeaderBytes, hasAdtsHeader, isLoas } from '../codec/adts.ts';
import { frameTicks } from '../codec/codec-config.ts';
import { assertNever, GatewayError } from '../errors.ts';
import type { AudioTag } from '../flv/audio-tag.ts';
import { type AudioTrack, audioTrack } from '../media/track.ts';
import { ConfigWait, isKnown } from './config-wait.ts';
import type { TrackContext } from './track-context.ts';

/** Frames in one message, as for pictures (codec/avc-pictures.ts); the rest is dropped. Encoders put some into a message. */
export const MAX_MESSAGE_FRAMES = 64;

export class AudioAssembler {
  readonly id: AudioTrack['id'];
  readonly configWait: ConfigWait;
  readonly #number: number;
  readonly #context: TrackContext;
  #track: AudioTrack | undefined;
  /** The configuration comes from ADTS headers. */
  #isAdtsConfig = false;
  /** A message could not be played, and no frame has come since. */
  #isInterrupted = false;

  constructor(number: number, context: TrackContext) {
    this.id = `a${number}`;
    this.#number = number;
    this.#context = context;
    this.configWait = new ConfigWait(this.id, context.drops);
  }

  /** The announced track; undefined before its configuration. */
  get track(): AudioTrack | undefined {
    return this.#track;
  }

  /** A message cannot be played. */
  noteLeftOut(): void {
    this.#isInterrupted = true;
  }

  /** Handles a message's data for this track. Throws GatewayError if it cannot be played. */
  take(tag: AudioTag, timestamp: number): void {
    switch (tag.kind) {
      case 'config':
        return this.#readConfig(tag.record);
      case 'frame':
        if (hasAdtsHeader(tag.data)) return this.#readAdts(timestamp, tag.data);
        if (isLoas(tag.data)) throw loasError();
        return this.#push(timestamp, tag.data);
      case 'nothing':
        this.#context.drops.empty += 1;
        return;
      default:
        assertNever(tag);
    }
  }

  #readConfig(record: Buffer): void {
    if (isLoas(record)) throw loasError();
    try {
      this.#setConfig(hasAdtsHeader(record) ? adtsConfig(record) : parseAacConfig(record), false);
    } catch (error) {
      const news = this.configWait.noteDamaged(error, this.#track !== undefined);
      if (news !== undefined) this.#context.onDamagedConfig(this.id, news);
    }
  }

  /** One or more AAC frames with ADTS headers. A separate configuration has priority over the headers. */
  #readAdts(timestamp: number, data: Buffer): void {
    const { drops } = this.#context;
    let frames = 0;
    for (let start = 0; start < data.length; ) {
      const end = frames < MAX_MESSAGE_FRAMES ? adtsFrameEnd(data, start) : undefined;
      if (end === undefined) {
        if (frames === 0 || frames === MAX_MESSAGE_FRAMES) drops.damagedAccessUnits += 1;
        return;
      }
      if (this.#track === undefined || this.#isAdtsConfig)
        this.#setConfig(adtsConfig(data.subarray(start)), true);
      const track = this.#track;
      const elapsedMs =
        track === undefined ? 0 : (frames * frameTicks(track.config) * 1000) / track.timescale;
      drops.reframed += 1;
      this.#push(timestamp + Math.round(elapsedMs), data.subarray(start + adtsHeaderBytes(data, start), end));
      frames += 1;
      start = end;
    }
  }

  #push(timestamp: number, data: Buffer): void {
    const track = this.#track;
    if (track === undefined) return this.configWait.count();
    if (this.#isInterrupted) {
      this.#isInterrupted = false;
      this.#context.onPassed(this.id);
    }
    const time = this.#context.timeline.audioTime(timestamp, track);
    this.#context.onSample({ trackId: this.id, kind: 'audio', ...time, isSync: true, data });
  }

  #setConfig(config: AacConfig, isAdts: boolean): void {
    this.#isAdtsConfig = isAdts;
    if (isKnown(this.#track?.config, config)) return;
    const track = audioTrack(config, this.#number);
    if (this.#track !== undefined)
      this.#context.timeline.rescaleAudio(this.#track.timescale, track.timescale, this.id);
    this.#track = track;
    this.configWait.finish();
    this.#context.onPlayable(this.id);
    this.#context.onTrack(track);
  }
}

function loasError(): GatewayError {
  return new GatewayError(
    'unsupported',
    'unsupported_audio_payload',
    'AAC in LATM/LOAS is not supported; set the encoder to raw AAC, as in FLV',
  );
}
