// One video track of a source: turns its messages into a track and pictures.

import { parseAvcConfig } from '../codec/avc.ts';
import { type AvcPicture, AvcPictures } from '../codec/avc-pictures.ts';
import type { VideoConfig } from '../codec/codec-config.ts';
import { assertNever, type GatewayError } from '../errors.ts';
import type { VideoTag } from '../flv/video-tag.ts';
import type { Sample } from '../media/sample.ts';
import { type VideoTrack, videoTrack } from '../media/track.ts';
import { ConfigWait, isKnown } from './config-wait.ts';
import type { KeyFrameWatch } from './first-key-frame.ts';
import { isGivenUp } from './left-out-tracks.ts';
import type { TrackContext } from './track-context.ts';

/** Received bytes of a picture, including its tag's header. */
const TAG_HEADER_BYTES = 5;
/**
 * Pictures after a damaged one are dropped until one that needs no earlier picture, because hardware decoders stop at a missing
 * reference. After this time, milliseconds, they are passed on, because the track would count as lost.
 */
const MAX_WAIT_FOR_SYNC_MS = 3_000;
/**
 * A decoder that starts at an IDR picture loses no picture. Open key frames are sync samples if the last IDR picture is longer ago,
 * milliseconds: x264 with open GOPs sends a single IDR picture.
 */
const MAX_WAIT_FOR_IDR_MS = 3_000;

export class VideoAssembler {
  readonly id: VideoTrack['id'];
  readonly configWait: ConfigWait;
  readonly #number: number;
  readonly #context: TrackContext;
  readonly #keyFrames: KeyFrameWatch;
  readonly #pictures: AvcPictures;
  #track: VideoTrack | undefined;
  /** The latest sequence header; encoders repeat it without a change. */
  #header: VideoConfig | undefined;
  #hasShown = false;
  /** A message could not be played, and no picture has come since. */
  #isInterrupted = false;
  #pictureCount = 0;
  /** Timestamp of the damaged picture without which the next ones cannot be decoded. */
  #damagedAt: number | undefined;
  #idrAt: number | undefined;
  /** Presentation time of the latest key frame if it is open. Later pictures with an earlier time refer past it. */
  #openKeyPts: number | undefined;
  /** The latest key frame follows damage: pictures that refer past it cannot be decoded. */
  #isAfterDamage = false;
  /** The clock jumped before a picture that was dropped: the next one is the first after the jump. */
  #isAfterJump = false;

  constructor(number: number, context: TrackContext, keyFrames: KeyFrameWatch) {
    this.id = `v${number}`;
    this.#number = number;
    this.#context = context;
    this.#keyFrames = keyFrames;
    this.configWait = new ConfigWait(this.id, context.drops);
    const { drops } = context;
    this.#pictures = new AvcPictures({
      onPicture: (picture) => this.#push(picture),
      onConfig: (config) => this.#setConfig(config),
      onDamage: (timestamp, isReference) => this.#noteDamage(timestamp, isReference),
      onRepaired: (how) => {
        if (how === 'start-codes') drops.reframed += 1;
        else if (how === 'joined') drops.joinedPictures += 1;
        else if (how === 'left-over') drops.empty += 1;
        else if (how === 'open-gop') drops.openReferences += 1;
        else drops.oddNalUnits += 1;
      },
    });
  }

  /** The announced track; undefined before its configuration. */
  get track(): VideoTrack | undefined {
    return this.#track;
  }

  /** Whether a picture at which decoding can start was passed on. */
  get hasShown(): boolean {
    return this.#hasShown;
  }

  /** Bytes of the incomplete picture. */
  get heldBytes(): number {
    return this.#pictures.heldBytes;
  }

  /** Handles the data of a message of `byteLength` bytes. Throws GatewayError if it cannot be played. */
  take(tag: VideoTag, timestamp: number, byteLength: number): void {
    switch (tag.kind) {
      case 'config':
        return this.#readConfig(tag.record);
      case 'frame': {
        const { drops } = this.#context;
        const { damagedAccessUnits } = drops;
        const before = this.#pictureCount;
        this.#pictures.push(tag.data, timestamp, tag.compositionMs, tag.isKey);
        const isDamaged = drops.damagedAccessUnits > damagedAccessUnits;
        if (this.#pictureCount === before && !this.#pictures.isWaiting)
          this.#noteNoPicture(isDamaged ? 'damaged' : 'no-picture', byteLength);
        return;
      }
      case 'end-of-sequence':
        return this.#pictures.flush();
      case 'nothing':
        this.#context.drops.empty += 1;
        return;
      default:
        assertNever(tag);
    }
  }

  /** Another track is at `timestamp`, milliseconds. Throws as `take` does. */
  passOn(timestamp: number): void {
    this.#pictures.passOn(timestamp);
  }

  /** The source has ended: passes on an incomplete picture. */
  finish(): void {
    this.#pictures.flush();
  }

  /** A message cannot be played. A new key frame is needed unless pictures are shown: they may go on after a single odd message. */
  noteLeftOut(error: GatewayError): void {
    this.#isInterrupted = true;
    if (!this.#hasShown || isGivenUp(error)) this.#keyFrames.restart();
  }

  #readConfig(record: Buffer): void {
    let config: VideoConfig;
    try {
      config = parseAvcConfig(record);
    } catch (error) {
      const news = this.configWait.noteDamaged(error, this.#track !== undefined);
      if (news !== undefined) this.#context.onDamagedConfig(this.id, news);
      return;
    }
    if (isKnown(this.#header, config)) return;
    this.#header = config;
    if (isKnown(this.#track?.config, config)) return;
    this.#pictures.configure(config);
    this.#setConfig(config);
  }

  #setConfig(config: VideoConfig): void {
    if (isKnown(this.#track?.config, config)) return;
    this.#track = videoTrack(config, this.#number);
    this.configWait.finish();
    this.#context.onPlayable(this.id);
    this.#keyFrames.restart();
    this.#context.onTrack(this.#track);
  }

  #noteNoPicture(what: 'damaged' | 'no-picture', byteCount: number): void {
    if (this.#track === undefined) this.configWait.count();
    this.#keyFrames.note(false, byteCount, what);
  }

  #push(picture: AvcPicture): void {
    this.#pictureCount += 1;
    const { timestamp, compositionMs, isFlaggedKey, data } = picture;
    const { drops, timeline } = this.#context;
    if (this.#track === undefined) return this.configWait.count();
    const isSync = this.#canStartAt(picture);
    if (isFlaggedKey !== (picture.isIdr || picture.isOpenKey)) drops.wrongKeyFlags += 1;
    if (picture.isOpenKey) drops.openKeyFrames += 1;
    else if (picture.hasRecoveryPoint && !picture.isIdr) drops.recoveryPoints += 1;
    this.#keyFrames.note(isSync, data.length + TAG_HEADER_BYTES, isFlaggedKey ? 'flagged-key' : 'picture');
    if (isSync) this.#context.onPlayable(this.id);
    if (this.#mustWaitForSync(picture)) {
      drops.untilSync += 1;
      return;
    }
    this.#hasShown ||= isSync;
    const time = timeline.videoTime(timestamp, compositionMs, this.id);
    if (picture.isIdr || isSync || (picture.isOpenKey && this.#isAfterDamage))
      this.#openKeyPts = picture.isIdr ? undefined : time.pts;
    const isLeading = this.#openKeyPts !== undefined && time.pts < this.#openKeyPts;
    this.#isAfterJump ||= time.afterJump;
    if (isLeading && this.#isAfterDamage) {
      drops.untilSync += 1;
      return;
    }
    if (this.#isInterrupted && this.#hasShown) {
      this.#isInterrupted = false;
      this.#context.onPassed(this.id);
    }
    const afterJump = this.#isAfterJump;
    this.#isAfterJump = false;
    const sample: Sample = { trackId: this.id, kind: 'video', ...time, afterJump, isSync, data };
    this.#context.onSample(isLeading ? { ...sample, isLeading } : sample);
  }

  #canStartAt({ isIdr, isOpenKey, timestamp }: AvcPicture): boolean {
    if (isIdr) this.#idrAt = timestamp;
    if (isIdr || !isOpenKey) return isIdr;
    return this.#idrAt === undefined || (timestamp - this.#idrAt) >>> 0 > MAX_WAIT_FOR_IDR_MS;
  }

  #noteDamage(timestamp: number, isReference: boolean): void {
    this.#context.drops.damagedAccessUnits += 1;
    if (isReference) this.#damagedAt ??= timestamp;
  }

  #mustWaitForSync({ isIdr, isOpenKey, hasRecoveryPoint, timestamp }: AvcPicture): boolean {
    if (isIdr || isOpenKey) this.#isAfterDamage = isOpenKey && this.#damagedAt !== undefined;
    if (this.#damagedAt === undefined) return false;
    const waitedMs = (timestamp - this.#damagedAt) >>> 0;
    if (!isIdr && !hasRecoveryPoint && waitedMs <= MAX_WAIT_FOR_SYNC_MS) return true;
    this.#damagedAt = undefined;
    return false;
  }
}
