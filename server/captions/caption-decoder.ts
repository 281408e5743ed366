// The captions of one video track. Pairs are found in decode order and read in presentation order, because of B-frames.
// CEA-608 pairs go to the channel of their field's last control code; CEA-708 pairs form packets, whose blocks name their
// service.

import type { VideoConfig } from '../codec/codec-config.ts';
import { CaptionChannel } from './caption-channel.ts';
import type { CueChannel } from './caption-cue.ts';
import {
  type CaptionField,
  type CaptionPairType,
  type CaptionSink,
  DTVCC_START,
  readCaptions,
} from './caption-sei.ts';
import { CaptionService } from './caption-service.ts';
import { DtvccPackets, serviceBlocks } from './dtvcc-packet.ts';

/** The pairs of a picture in order, and their number for each field and for CEA-708. */
type CaptionedPicture = {
  readonly pts: number;
  readonly pairs: Pair[];
  readonly counts: [number, number, number];
};
type Pair = { readonly type: CaptionPairType; readonly pair: number };

/**
 * A whole screen for each field: 15 rows of 32 characters with addresses and commands. Line 21 has one to three pairs per
 * picture, but OBS writes each caption into one picture.
 */
const MAX_FIELD_PAIRS = 320;
/** The most pairs of one message (CEA-708 clause 4.4). */
const MAX_DTVCC_PAIRS = 31;
/** Eight seconds at 60 fps, much more than encoders reorder or parts contain. */
const MAX_PENDING_PICTURES = 512;

/** 4 ms: the screen is read at most 250 times a second, because faster pictures would use too much time. */
const LEAST_LOOK_TICKS = 360;

/** Without parity: bit 11 of a control code is the channel. */
const PARITY_FREE = 0x7f7f;
const CONTROL_MASK = 0x7000;
const CONTROL = 0x1000;
const SECOND_CHANNEL = 0x0800;
/** Field 2's control codes have one bit more. */
const COMMAND_MASK = 0x76ff;
/** Resume caption loading, roll-up of 2 to 4 rows, resume direct captioning, end of caption. */
const CAPTION_COMMANDS: ReadonlySet<number> = new Set([0x1420, 0x1425, 0x1426, 0x1427, 0x1429, 0x142f]);
/** Text restart, resume text display: text follows, not captions, until a caption command. */
const TEXT_COMMANDS: ReadonlySet<number> = new Set([0x142a, 0x142b]);
/** Erase displayed and non-displayed memory: erases captions also while the field carries a text service. */
const ERASURES: ReadonlySet<number> = new Set([0x142c, 0x142e]);
/** Extended data services of field 2 begin with a byte below 0x10 (CEA-608-E clause 9). */
const isExtendedData = (pair: number): boolean => pair >>> 8 > 0 && pair >>> 8 < 0x10;

export class CaptionDecoder {
  readonly #channels: (CaptionChannel | undefined)[] = [undefined, undefined, undefined, undefined];
  /** By service number. */
  readonly #services: (CaptionService | undefined)[] = [];
  /** Those with text; listed again when captions were read, because most streams have none. */
  #withText: readonly CueChannel[] = [];
  readonly #packets = new DtvccPackets((packet) => this.#readPacket(packet));
  /** By presentation time. */
  #pending: CaptionedPicture[] = [];
  /** The current channel of each field; none before its first control code and in text and data services. */
  readonly #active: [number | undefined, number | undefined] = [undefined, undefined];
  readonly #isText: [boolean, boolean] = [false, false];
  #pushedPts = 0;
  #lookedPts = Number.NEGATIVE_INFINITY;
  /** The last pushed picture, if it has captions. */
  #pushed: CaptionedPicture | undefined;
  readonly #sink: CaptionSink = (type, pair) => this.#take(type, pair);

  /** Channels and services with text, from CC1 to S6. */
  get channels(): readonly CueChannel[] {
    return this.#withText;
  }

  /** Finds captions in an access unit with presentation time `pts`, ticks. Units arrive in decode order. */
  push(accessUnit: Uint8Array, { lengthSize }: Pick<VideoConfig, 'lengthSize'>, pts: number): void {
    this.#pushedPts = pts;
    this.#pushed = undefined;
    readCaptions(accessUnit, lengthSize, this.#sink);
  }

  /** Reads everything before `until`. No later picture is shown before it. */
  advance(until: number): void {
    if (this.#pending.length === 0) return;
    const firstLater = this.#pending.findIndex(({ pts }) => pts >= until);
    const ready = firstLater === -1 ? this.#pending : this.#pending.slice(0, firstLater);
    this.#pending = firstLater === -1 ? [] : this.#pending.slice(firstLater);
    const last = ready.at(-1);
    for (const picture of ready) {
      const { pairs, pts } = picture;
      for (const { type, pair } of pairs) {
        if (type === 0 || type === 1) this.#dispatch(type, pair);
        else this.#packets.push(type === DTVCC_START, pair);
      }
      if (pts - this.#lookedPts < LEAST_LOOK_TICKS && picture !== last) continue;
      this.#lookedPts = pts;
      for (const channel of this.#channels) channel?.look(pts);
      for (const service of this.#services) service?.look(pts);
    }
    const all = [...this.#channels, ...this.#services];
    this.#withText = all.flatMap((channel) => (channel?.hasText ? [channel] : []));
  }

  /** A new source begins. Known channels and services stay. */
  reset(): void {
    this.#pending = [];
    this.#lookedPts = Number.NEGATIVE_INFINITY;
    this.#active.fill(undefined);
    this.#isText.fill(false);
    this.#packets.reset();
    for (const channel of [...this.#channels, ...this.#services]) channel?.reset();
  }

  #take(type: CaptionPairType, pair: number): void {
    this.#pushed ??= this.#insert(this.#pushedPts);
    const picture = this.#pushed;
    if (picture === undefined) return;
    const isField = type === 0 || type === 1;
    const kind = isField ? type : 2;
    const { pairs, counts } = picture;
    if (counts[kind] === (isField ? MAX_FIELD_PAIRS : MAX_DTVCC_PAIRS)) return;
    counts[kind] += 1;
    pairs.push({ type, pair });
  }

  #insert(pts: number): CaptionedPicture | undefined {
    if (this.#pending.length === MAX_PENDING_PICTURES) return undefined;
    let at = this.#pending.length;
    while (at > 0 && (this.#pending[at - 1]?.pts ?? 0) > pts) at -= 1;
    const picture: CaptionedPicture = { pts, pairs: [], counts: [0, 0, 0] };
    this.#pending.splice(at, 0, picture);
    return picture;
  }

  #dispatch(field: CaptionField, pair: number): void {
    const code = pair & PARITY_FREE;
    let to = this.#active[field];
    if ((code & CONTROL_MASK) === CONTROL) to = this.#switch(field, code);
    else if (field === 1 && isExtendedData(code)) to = this.#active[field] = undefined;
    if (to !== undefined) this.#channels[to]?.push(pair);
  }

  /** Selects the channel of a control code. @returns the channel */
  #switch(field: CaptionField, code: number): number | undefined {
    const dataChannel = (code & SECOND_CHANNEL) === 0 ? 0 : 1;
    const command = code & COMMAND_MASK;
    const index = field * 2 + dataChannel;
    if (TEXT_COMMANDS.has(command)) this.#isText[field] = true;
    if (CAPTION_COMMANDS.has(command)) {
      this.#isText[field] = false;
      this.#channels[index] ??= new CaptionChannel(field, dataChannel);
    }
    this.#active[field] = this.#isText[field] ? undefined : index;
    return ERASURES.has(command) ? index : this.#active[field];
  }

  /** Sequence numbers are ignored, because nothing is lost between encoder and gateway. */
  #readPacket(packet: Uint8Array): void {
    for (const { service, data } of serviceBlocks(packet)) {
      if (this.#services[service] === undefined && !CaptionService.isBegunBy(data)) continue;
      this.#services[service] ??= new CaptionService(service);
      this.#services[service]?.push(data);
    }
  }
}
